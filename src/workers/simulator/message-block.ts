import type { ChannelName } from '../../shared/venues/venue.ts';
import { millisText, rfc3339Text, secondsText } from './decimal-text.ts';
import { FrameBatch } from './frame-batch.ts';
import type { MarketSymbol } from './market-symbol.ts';
import type { Change } from './simulated-book.ts';
import type { StepPlan } from './step-plan.ts';
import type { Topic } from './topics.ts';
import type { VenueWire } from './venue-wire.ts';

/** What a message of a block is, so that a fault finds one that fits. */
export interface BlockMessage {
  readonly topic: Topic;
  /** Where its frame begins and ends in the block. */
  readonly start: number;
  readonly end: number;
  readonly touchesTop: boolean;
}

/** Digits in a block that are raised by the number of a symbol's trades each time it is sent. */
export interface TradeIdPlace {
  readonly at: number;
  readonly symbol: MarketSymbol;
  /** Trades of the symbol before this one in the block. */
  readonly nth: number;
}

/**
 * Messages whose application brings every book back to where it was, so that they can be sent again and
 * again: changes first, then the same changes undone, last one first. Every checksum is right throughout.
 */
export interface MessageBlock {
  readonly bytes: Buffer;
  readonly messages: readonly BlockMessage[];
  readonly tradeIds: readonly TradeIdPlace[];
  /** Trades of each symbol in the block. */
  readonly tradeCounts: ReadonlyMap<MarketSymbol, number>;
  /** When the block was made, µs; where that is written, and how a time is written there. */
  readonly timeUs: number;
  readonly stamps: Uint32Array;
  readonly stampOf: (timeUs: number) => string;
}

export interface BlockContext {
  readonly wire: VenueWire;
  readonly plan: StepPlan;
  /** Does not move while a block is made. */
  readonly timeUs: number;
}

/** What stands before the id of a trade, on whichever venue. */
const BEFORE_TRADE_ID = /"(?:trade_id":|event_id":|id":")(?=\d{9}\D)/;

/** Makes a block of about `size` messages for one connection's streams. The market is left as it was found. */
export function buildBlock(topics: readonly Topic[], size: number, context: BlockContext): MessageBlock {
  const builder = new BlockBuilder(topics, context);
  builder.forth(Math.ceil(size / 2));
  builder.back();
  return builder.block();
}

class BlockBuilder {
  readonly #context: BlockContext;
  readonly #batch = new FrameBatch(1 << 18);
  readonly #messages: BlockMessage[] = [];
  readonly #tradeIds: TradeIdPlace[] = [];
  readonly #tradeCounts = new Map<MarketSymbol, number>();
  readonly #firstTradeIds = new Map<MarketSymbol, number>();
  readonly #undo: {
    readonly symbol: MarketSymbol;
    readonly changes: readonly Change[];
    readonly id: number;
  }[] = [];
  readonly #byChannel = new Map<ChannelName, Topic[]>();
  readonly #books = new Map<MarketSymbol, Topic[]>();
  #others = 0;

  constructor(topics: readonly Topic[], context: BlockContext) {
    this.#context = context;
    for (const topic of topics) {
      append(this.#byChannel, topic.channel, topic);
      if (topic.channel === 'book') append(this.#books, topic.symbol, topic);
    }
  }

  forth(messages: number): void {
    // A change beyond every window makes no message, so turns are bounded too.
    for (let turn = 0; turn < messages * 4 && this.#batch.frames < messages; turn++) {
      const topic = this.#context.plan.draw((channel) => this.#byChannel.get(channel) ?? []);
      if (topic === undefined) return;
      if (topic.channel === 'book') {
        const depths = this.#books.get(topic.symbol)!.map(({ size }) => size);
        this.#change(topic.symbol, topic.symbol.bookChanges(this.#context.plan.reach(depths)), undefined);
      } else {
        this.#others++;
        this.#send(topic);
      }
    }
  }

  /** Undoes every change, with as many messages of other channels in between as there were on the way forth. */
  back(): void {
    const perChange = this.#others / Math.max(1, this.#undo.length);
    let due = 0;
    const withoutBooks = (channel: ChannelName): readonly Topic[] =>
      channel === 'book' ? [] : (this.#byChannel.get(channel) ?? []);
    for (const { symbol, changes, id } of this.#undo.reverse()) {
      this.#change(symbol, changes, id);
      for (due += perChange; due >= 1; due--) {
        const topic = this.#context.plan.draw(withoutBooks);
        if (topic !== undefined) this.#send(topic);
      }
    }
  }

  block(): MessageBlock {
    const bytes = this.#batch.bytes;
    const { timeUs } = this.#context;
    const stampOf = WAYS_TO_WRITE_TIMES.find((way) => bytes.includes(way(timeUs))) ?? withoutZone;
    // The numbers of this block's first pass are used up by making it; each pass takes new ones.
    for (const [symbol, first] of this.#firstTradeIds) symbol.nextTradeId = first;
    return {
      bytes,
      messages: this.#messages,
      tradeIds: this.#tradeIds,
      tradeCounts: this.#tradeCounts,
      timeUs,
      stamps: places(bytes, stampOf(timeUs)),
      stampOf,
    };
  }

  /**
   * @param id number of the state that these changes lead back to, so that a block ends with the one it began
   *   with; undefined on the way forth.
   */
  #change(symbol: MarketSymbol, changes: readonly Change[], id: number | undefined): void {
    const { book } = symbol;
    const topics = this.#books.get(symbol)!;
    const update = book.update(
      changes,
      topics.map(({ size }) => size),
    );
    if (id === undefined) this.#undo.push({ symbol, changes: update.undo, id: book.id });
    if (update.isShown) book.showAs(id ?? book.id + 1);
    const checksum = book.checksum();
    const { wire, timeUs } = this.#context;
    update.windows.forEach((window, n) => {
      if (window.levels.length === 0) return;
      this.#add(topics[n]!, wire.bookUpdate(symbol, window, checksum, timeUs), update.touchesTop);
    });
  }

  #send(topic: Topic): void {
    const { wire, timeUs } = this.#context;
    const { symbol, channel, size } = topic;
    if (channel === 'trade') {
      this.#firstTradeIds.set(symbol, this.#firstTradeIds.get(symbol) ?? symbol.nextTradeId);
      this.#add(topic, wire.trades(symbol, [symbol.touch()], false), false);
    } else if (channel === 'ticker') this.#add(topic, wire.ticker(symbol, false, timeUs), false);
    else if (channel === 'quote') this.#add(topic, wire.quote(symbol, timeUs), false);
    else if (channel === 'candle')
      this.#add(topic, wire.candles(symbol, symbol.candles(size), false, timeUs), false);
  }

  #add(topic: Topic, text: string, touchesTop: boolean): void {
    const start = this.#batch.length;
    this.#batch.text(text);
    const end = this.#batch.length;
    this.#messages.push({ topic, start, end, touchesTop });
    if (topic.channel !== 'trade') return;
    const { symbol } = topic;
    const nth = this.#tradeCounts.get(symbol) ?? 0;
    this.#tradeCounts.set(symbol, nth + 1);
    const before = BEFORE_TRADE_ID.exec(text);
    if (before === null) return;
    this.#tradeIds.push({ at: end - text.length + before.index + before[0].length, symbol, nth });
  }
}

function append<K>(lists: Map<K, Topic[]>, key: K, topic: Topic): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [topic]);
  else list.push(topic);
}

const withoutZone = (timeUs: number): string => rfc3339Text(timeUs).slice(0, -1);

/** Kraken v2 prints dates, v1 seconds, Poloniex milliseconds. */
const WAYS_TO_WRITE_TIMES = [withoutZone, secondsText, millisText] as const;

function places(bytes: Buffer, text: string): Uint32Array {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) found.push(at);
  return Uint32Array.from(found);
}
