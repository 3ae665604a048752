import type { SimulatorFault } from '../../shared/simulator/fault-names.ts';
import type { Faults } from './faults.ts';
import type { MarketSymbol } from './market-symbol.ts';
import type { BlockMessage, MessageBlock } from './message-block.ts';
import type { SimulatedConnection } from './simulated-connection.ts';
import type { VenueWire } from './venue-wire.ts';

/** The same bytes twice: one copy is given new numbers while the kernel still reads the other. */
interface Copy {
  readonly bytes: Buffer;
  writesInFlight: number;
  /** The first times written in the pass before this one and in this one. */
  stampBefore: Buffer;
  stampFirst: Buffer;
}

const TRADE_ID_DIGITS = 9;

/**
 * Sends one connection its block of messages again and again, as many messages as are due and as fast as
 * the connection takes them. Trade ids go on counting and times are the times of sending.
 */
export class BlockSender {
  /** Messages that may be sent; Infinity in a flood. */
  due = 0;
  /** True when the streams changed, so that a new block is needed before the next pass. */
  outdated = true;
  readonly #connection: SimulatedConnection;
  readonly #wire: VenueWire;
  readonly #faults: Faults;
  readonly #now: (() => number) | undefined;
  readonly #betweenPasses: () => void;
  readonly #build: () => MessageBlock;
  #block: MessageBlock | undefined;
  #copies: readonly [Copy, Copy] | undefined;
  #current = 0;
  // Messages, stamps and trade ids of this pass that are sent already.
  #sent = 0;
  #stamped = 0;
  #numbered = 0;
  #pumping = false;
  // Each connection counts its own trades, so that none sees a hole when another is sent more.
  readonly #nextTradeIds = new Map<MarketSymbol, number>();

  /**
   * @param now Clock for the times of sending, µs; undefined leaves the block's own.
   * @param betweenPasses Called before each pass: the moment the client's books are as the market's.
   */
  constructor(
    connection: SimulatedConnection,
    wire: VenueWire,
    faults: Faults,
    now: (() => number) | undefined,
    betweenPasses: () => void,
    build: () => MessageBlock,
  ) {
    this.#connection = connection;
    this.#wire = wire;
    this.#faults = faults;
    this.#now = now;
    this.#betweenPasses = betweenPasses;
    this.#build = build;
  }

  /** True while the client's books differ from the market's, because a pass is under way. */
  get isMidPass(): boolean {
    return this.#sent > 0;
  }

  /** Sends what is due, until the connection has two blocks on their way. */
  pump(): void {
    // What is sent between passes may lead here again.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.due >= 1 && this.#connection.isOpen && !this.#connection.silent && this.#turn());
    this.#pumping = false;
  }

  /** Sends the rest of a pass at once, so that the client's books are as the market's again. */
  finish(): void {
    if (this.#sent > 0 && this.#block !== undefined && this.#connection.isOpen)
      this.#sendUpTo(this.#block.messages.length);
    this.due = 0;
  }

  /** @returns false when nothing more can be sent now. */
  #turn(): boolean {
    if (this.#sent === 0 && !this.#beginPass()) return false;
    const { messages } = this.#block!;
    const end = Math.min(messages.length, this.#sent + Math.floor(this.due));
    this.due -= end - this.#sent;
    this.#sendUpTo(end);
    return true;
  }

  #beginPass(): boolean {
    this.#betweenPasses();
    if (!this.#connection.isOpen) return false;
    if (this.outdated) {
      this.outdated = false;
      this.#block = this.#build();
      const { bytes, timeUs, stampOf } = this.#block;
      const stamp = Buffer.from(stampOf(timeUs), 'latin1');
      const copy = (): Copy => ({
        bytes: Buffer.from(bytes),
        writesInFlight: 0,
        stampBefore: stamp,
        stampFirst: stamp,
      });
      this.#copies = [copy(), copy()];
      this.#current = 0;
      for (const symbol of this.#block.tradeCounts.keys())
        this.#nextTradeIds.set(symbol, this.#nextTradeId(symbol));
    }
    const block = this.#block!;
    if (block.messages.length === 0 || this.#copies![this.#current]!.writesInFlight > 0) return false;
    if (this.#faults.isAnyWaiting) {
      for (const message of block.messages) {
        const { symbol, channel } = message.topic;
        if (channel !== 'book' && channel !== 'trade') continue;
        const fault = this.#faults.take(symbol.pair.symbol, channel, message.touchesTop);
        if (fault === undefined) continue;
        this.#sendSpoilt(message, fault);
        return false;
      }
    }
    return true;
  }

  #sendUpTo(end: number): void {
    const block = this.#block!;
    const copy = this.#copies![this.#current]!;
    const from = block.messages[this.#sent]!.start;
    const to = block.messages[end - 1]!.end;
    this.#renew(copy, to);
    copy.writesInFlight++;
    const count = end - this.#sent;
    this.#sent = end;
    if (end === block.messages.length) this.#endPass();
    this.#connection.write(copy.bytes.subarray(from, to), count, () => {
      copy.writesInFlight--;
      this.pump();
    });
  }

  /** One whole pass with one thing wrong in it, in memory of its own. */
  #sendSpoilt(message: BlockMessage, fault: SimulatorFault): void {
    const block = this.#block!;
    const copy = this.#copies![this.#current]!;
    const { bytes } = copy;
    this.#renew(copy, bytes.length);
    const frame = ({ start, end }: BlockMessage): Buffer => bytes.subarray(start, end);
    const following = block.messages.find(
      ({ start, topic }) => start > message.start && topic === message.topic,
    );
    const spoilt = Buffer.concat(
      block.messages.flatMap((other) => {
        if (fault.name === 'reorder' && following !== undefined) {
          if (other === message) return [frame(following)];
          if (other === following) return [frame(message)];
        }
        if (other !== message) return [frame(other)];
        if (fault.name === 'skip-update') return [];
        if (fault.name === 'repeat') return [frame(message), frame(message)];
        // A wrong checksum has as many digits as the right one, so the frame keeps its header.
        const latin1 = frame(message).toString('latin1');
        return [Buffer.from(this.#wire.corrupted(latin1), 'latin1')];
      }),
    );
    const changed = fault.name === 'skip-update' ? -1 : fault.name === 'repeat' ? 1 : 0;
    const count = block.messages.length + changed;
    this.due -= Math.min(this.due, count);
    this.#endPass();
    this.#connection.write(spoilt, count, () => this.pump());
  }

  #endPass(): void {
    for (const [symbol, count] of this.#block!.tradeCounts) {
      const next = this.#nextTradeId(symbol) + count;
      this.#nextTradeIds.set(symbol, next);
      symbol.nextTradeId = Math.max(symbol.nextTradeId, next);
    }
    this.#sent = 0;
    this.#stamped = 0;
    this.#numbered = 0;
    this.#current = 1 - this.#current;
  }

  #nextTradeId(symbol: MarketSymbol): number {
    return this.#nextTradeIds.get(symbol) ?? symbol.nextTradeId;
  }

  /** Writes times and trade ids up to this place of the block. */
  #renew(copy: Copy, to: number): void {
    const { bytes } = copy;
    const { stamps, tradeIds } = this.#block!;
    if (this.#now !== undefined) {
      const stamp = Buffer.from(this.#block!.stampOf(this.#now()), 'latin1');
      if (this.#sent === 0) {
        copy.stampBefore = copy.stampFirst;
        copy.stampFirst = stamp;
      }
      // Times go up, so every time in this copy begins as its oldest and its newest both do.
      const from = commonLength(copy.stampBefore, stamp);
      const length = stamp.length;
      let n = this.#stamped;
      for (; n < stamps.length && stamps[n]! < to; n++) {
        const at = stamps[n]!;
        for (let i = from; i < length; i++) bytes[at + i] = stamp[i]!;
      }
      this.#stamped = n;
    }
    let n = this.#numbered;
    for (; n < tradeIds.length && tradeIds[n]!.at < to; n++) {
      const { at, symbol, nth } = tradeIds[n]!;
      writeTradeId(bytes, at, this.#nextTradeId(symbol) + nth);
    }
    this.#numbered = n;
  }
}

function commonLength(a: Buffer, b: Buffer): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length++;
  return length;
}

function writeTradeId(bytes: Buffer, at: number, tradeId: number): void {
  let id = tradeId;
  for (let place = at + TRADE_ID_DIGITS - 1; place >= at; place--) {
    bytes[place] = 48 + (id % 10);
    id = Math.floor(id / 10);
  }
}
