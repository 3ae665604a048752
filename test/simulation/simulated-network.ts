import { FAULTS, type FaultCode, type FaultName } from '../../src/shared/faults/fault-catalogue.ts';
import { durationMs, later, type MonotonicNs } from '../../src/shared/units.ts';
import type { Connection, ConnectionEnd, ConnectionEvents } from '../../src/workers/feed-events.ts';
import type { Random } from '../support/random.ts';
import { type ModelExchange, VenueLine } from './model-exchange.ts';
import type { Schedule } from './schedule.ts';

const LOSSES: readonly FaultName[] = [
  'CONNECTION_RESET',
  'CONNECTION_ENDED',
  'SERVER_CLOSED',
  'PROTOCOL_ERROR',
  'MESSAGE_TOO_LONG',
];
const CLOSE_CODES = [1000, 1001, 1006, 1008, 1011, 1012, 1013];
const REFUSALS = ['CONNECT_FAILED', 'HANDSHAKE_REFUSED', 'TLS_FAILED'] as const;

type Arrival =
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  | { readonly kind: 'pong' }
  | { readonly kind: 'end'; readonly end: ConnectionEnd };

export interface NetworkOptions {
  readonly schedule: Schedule;
  readonly chance: Random;
  readonly exchange: ModelExchange;
  readonly mishap: (part: number) => boolean;
  readonly require: (holds: boolean, rule: string) => void;
}

/** What lies between the feed and the exchange: connections, and what becomes of the messages on them. */
export class SimulatedNetwork {
  /** Every attempt, in order: the n-th belongs to the n-th epoch. */
  readonly links: Link[] = [];
  readonly options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  get last(): Link | undefined {
    return this.links.at(-1);
  }

  connect(events: ConnectionEvents): Connection {
    const link = new Link(this.options, events);
    this.links.push(link);
    return link;
  }
}

/**
 * One connection, from its attempt to its end. Keeps the promises of the socket stage: messages in order, a
 * chunk's messages with one receive time, nothing after the end or after it was cut, one `closed` in any case
 * and never from within a call.
 */
export class Link implements Connection {
  readonly line: VenueLine;
  /** Messages that no exchange sends. */
  garbled = 0;
  readonly #options: NetworkOptions;
  readonly #events: ConnectionEvents;
  #state: 'connecting' | 'open' | 'closing' | 'cut' | 'ended' = 'connecting';
  /** Nothing passes in either direction any more, and nobody is told. */
  #silent = false;
  /** Its end is on its way. */
  #isDoomed = false;
  /** Not read from the socket yet. */
  readonly #arrived: { readonly at: MonotonicNs; readonly what: Arrival }[] = [];
  /** Read, and not handed over because the feed said stop. */
  #chunk: Arrival[] = [];
  #chunkAt = 0 as MonotonicNs;
  #stopped = false;
  /** When the last of what is on its way arrives, in either direction. */
  #lastAt: MonotonicNs;
  #requestAt = 0;

  constructor(options: NetworkOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    const { schedule, exchange, chance, mishap } = options;
    this.#lastAt = schedule.now;
    this.line = new VenueLine((text, delayMs) => this.#fromVenue(text, delayMs));
    if (mishap(8)) return;
    if (mishap(15)) {
      schedule.in(chance.below(1_000), () => this.#closed(this.#refusal()));
      return;
    }
    schedule.in(mishap(10) ? chance.below(4_000) : 1 + chance.below(50), () => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      events.opened();
      exchange.connect(this.line);
      if (mishap(10)) this.lose(chance.below(3_000));
    });
  }

  /** Open, and nothing that happened to it so far will change that or hold messages up. */
  get isWell(): boolean {
    return (
      this.#state === 'open' &&
      !this.#silent &&
      !this.#isDoomed &&
      this.#lastAt <= later(this.#options.schedule.now, durationMs(100))
    );
  }

  /** Messages may come. */
  get #isUp(): boolean {
    return this.#state === 'open' || this.#state === 'closing';
  }

  /** Its end was not told yet, nor was it cut. */
  get isInUse(): boolean {
    return this.#state !== 'ended' && this.#state !== 'cut';
  }

  // --- what the feed does ---------------------------------------------------------------------------------

  send(text: string | Uint8Array): void {
    if (typeof text !== 'string') throw new Error('a feed asks in text');
    this.#requireInUse();
    const { schedule, exchange, chance, mishap } = this.#options;
    exchange.asked(this.line, text);
    if (this.#state !== 'open' || this.#silent) return;
    const delay = durationMs(mishap(3) ? chance.below(2_000) : 1 + chance.below(30));
    this.#requestAt = Math.max(this.#requestAt, later(schedule.now, delay));
    schedule.at(this.#requestAt, () => {
      if (exchange.lines.has(this.line)) exchange.receive(this.line, text);
    });
  }

  readonly unsentBytes = 0;

  ping(): void {
    this.#requireInUse();
    if (this.#options.mishap(10)) return;
    this.#arrive({ kind: 'pong' });
  }

  close(_code: number, reason: string, timeoutMs: number): void {
    this.#requireInUse();
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#options.exchange.disconnect(this.line);
    const end: ConnectionEnd = { fault: FAULTS.NONE.id, code: 1000, detail: reason, ours: true };
    if (!this.#options.mishap(30)) this.#arrive({ kind: 'end', end });
    this.#options.schedule.in(timeoutMs, () => this.#closed({ ...end, code: 1006 }));
  }

  terminate(fault: FaultCode, detail: string): void {
    this.#requireInUse();
    if (this.#state === 'cut' || this.#state === 'ended') return;
    this.#state = 'cut';
    this.#options.exchange.disconnect(this.line);
    const { schedule, chance, mishap } = this.#options;
    const end: ConnectionEnd = { fault, code: 1006, detail, ours: true };
    schedule.in(mishap(5) ? chance.below(5_000) : chance.below(20), () => this.#closed(end));
  }

  resume(): void {
    this.#requireInUse();
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#handOver();
    this.#readSoon();
  }

  // --- what the world does --------------------------------------------------------------------------------

  /** The connection ends in `ms`, behind everything sent before. */
  lose(ms: number): void {
    const { chance } = this.#options;
    if (!this.#isUp) return;
    const fault = FAULTS[chance.pick(LOSSES)].id;
    const end: ConnectionEnd = { fault, code: chance.pick(CLOSE_CODES), detail: 'lost', ours: false };
    this.#arrive({ kind: 'end', end }, ms);
    this.#isDoomed = true;
  }

  fallSilent(): void {
    this.#silent = true;
  }

  /** Everything that arrives from here on is late by this much. */
  lag(ms: number): void {
    this.#lastAt = Math.max(this.#lastAt, later(this.#options.schedule.now, durationMs(ms))) as MonotonicNs;
  }

  garbage(): void {
    this.garbled++;
    const { chance } = this.#options;
    const noise = Buffer.from(Array.from({ length: chance.below(100) }, () => chance.below(256)));
    const draw = chance.below(10);
    if (draw < 6) this.#fromVenue(chance.pick(GARBAGE));
    else this.#arrive(draw < 8 ? { kind: 'text', bytes: noise } : { kind: 'binary', bytes: noise });
  }

  // --- the way to the feed --------------------------------------------------------------------------------

  #fromVenue(text: string, delayMs?: number): void {
    const what: Arrival = { kind: 'text', bytes: Buffer.from(text) };
    if (delayMs === undefined) this.#arrive(what);
    // Of its own, so that it is overtaken by what is sent after it.
    else this.#options.schedule.in(delayMs, () => this.#arrive(what));
  }

  #arrive(what: Arrival, delayMs = 1 + this.#options.chance.below(20)): void {
    if (this.#silent || !this.#isUp) return;
    const { schedule } = this.#options;
    this.#lastAt = Math.max(this.#lastAt, later(schedule.now, durationMs(delayMs))) as MonotonicNs;
    this.#arrived.push({ at: this.#lastAt, what });
    schedule.at(this.#lastAt, () => this.#read());
  }

  #readSoon(): void {
    this.#options.schedule.in(0, () => this.#read());
  }

  /** One chunk: everything that has arrived, or the first part of it. */
  #read(): void {
    if (this.#stopped || this.#chunk.length > 0) return;
    const { schedule, chance } = this.#options;
    const arrived = this.#arrived.findIndex(({ at }) => at > schedule.now);
    const whole = arrived < 0 ? this.#arrived.length : arrived;
    const count = chance.percent(10) ? Math.min(whole, 1 + chance.below(4)) : whole;
    if (count === 0) return;
    this.#chunk = this.#arrived.splice(0, count).map(({ what }) => what);
    this.#chunkAt = schedule.now;
    this.#handOver();
    if (count < whole) this.#readSoon();
  }

  #handOver(): void {
    let handed = false;
    while (
      this.#chunk.length > 0 &&
      !this.#stopped &&
      (this.#state === 'open' || this.#state === 'closing')
    ) {
      const what = this.#chunk.shift()!;
      if (what.kind === 'text' || what.kind === 'binary') {
        handed = true;
        this.#stopped = !this.#handMessage(what.kind, what.bytes);
      } else if (what.kind === 'pong') this.#events.pong();
      else {
        this.#options.schedule.in(0, () => this.#closed(what.end));
      }
    }
    if (handed) this.#events.chunkEnd();
  }

  #handMessage(kind: 'text' | 'binary', bytes: Buffer): boolean {
    // In the middle of other bytes, as in a socket's chunk, and gone after the call.
    const start = 1 + this.#options.chance.below(7);
    const memory = Buffer.alloc(start + bytes.length + 9, '"}]}1,');
    memory.set(bytes, start);
    const goesOn = this.#events[kind](memory, start, start + bytes.length, this.#chunkAt);
    memory.fill(0x7b);
    return goesOn;
  }

  #closed(end: ConnectionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#options.exchange.disconnect(this.line);
    this.#events.closed(end);
  }

  #refusal(): ConnectionEnd {
    const { chance } = this.#options;
    const fault = chance.pick(REFUSALS);
    const end: ConnectionEnd = { fault: FAULTS[fault].id, code: 1006, detail: fault, ours: false };
    if (fault !== 'HANDSHAKE_REFUSED') return end;
    return { ...end, httpStatus: chance.pick([429, 500, 503]), retryAfterS: chance.below(10) };
  }

  #requireInUse(): void {
    this.#options.require(this.#state !== 'ended', 'a connection that has ended is left alone');
  }
}

const GARBAGE = [
  '',
  'null',
  '[]',
  '{}',
  '{"channel":"book","type":"upd',
  ']nonsense{,"price":1e999}}',
  '{"channel":"book","type":"update","data":[{"symbol":"NO/SUCH","bids":[],"asks":[],"checksum":0}]}',
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy"}]}',
  '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":-1,"qty":1}],"asks":[]}]}',
  '{"channel":"book","type":"snapshot","data":[{"symbol":"ETH/USD","bids":[],"asks":[],"checksum":7}]}',
  '{"error":"Exceeded msg rate","success":false}',
  '{"method":"subscribe","success":false,"error":"Already subscribed","symbol":"NO/SUCH"}',
  '{"method":"subscribe","success":true,"result":{"channel":"book","depth":10,"symbol":"NO/SUCH"}}',
  '{"event":"error","errorMessage":"Exceeded msg rate"}',
  '{"Error":"Malformed request"}',
  '{"event":"subscriptionStatus","status":"error","errorMessage":"Subscription depth not supported","pair":"NO/SUCH"}',
  '[336,{"a":[["1.0","2.0","1.0"]],"c":"5"},"book-10","XBT/USD"]',
  '[336,{"as":[],"bs":[]},"book-10","NO/SUCH"]',
  '[337,[["x"]],"trade","XBT/USD"]',
  `[${'['.repeat(3000)}`,
  `{"channel":"${'x'.repeat(5000)}"}`,
];
