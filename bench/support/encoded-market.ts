import type { ChannelName } from '../../src/shared/venues/venue.ts';
import { Market } from '../../src/workers/simulator/market.ts';
import type { MarketSymbol } from '../../src/workers/simulator/market-symbol.ts';
import { buildBlock } from '../../src/workers/simulator/message-block.ts';
import { Random } from '../../src/workers/simulator/random.ts';
import { type Mix, StepPlan } from '../../src/workers/simulator/step-plan.ts';
import type { Topic } from '../../src/workers/simulator/topics.ts';
import type { VenueWire } from '../../src/workers/simulator/venue-wire.ts';
import { WIRE_BINANCE } from '../../src/workers/simulator/wire-binance.ts';
import { WIRE_COINBASE } from '../../src/workers/simulator/wire-coinbase.ts';
import { WIRE_GEMINI } from '../../src/workers/simulator/wire-gemini.ts';
import { WIRE_KRAKEN } from '../../src/workers/simulator/wire-kraken.ts';
import { WIRE_KRAKEN_V1 } from '../../src/workers/simulator/wire-kraken-v1.ts';
import { WIRE_POLONIEX } from '../../src/workers/simulator/wire-poloniex.ts';
import { WIRE_POLONIEX_LEGACY } from '../../src/workers/simulator/wire-poloniex-legacy.ts';
import { CounterFinder, type CounterPlaces, FIRST_COUNT } from './counter-places.ts';
import { type FloodMarketName, MARKETS } from './flood-plan.ts';
import { numbersOf } from './messages/message-catalogue.ts';

/** Block of messages in memory; more than fits a processor's cache, as real messages would. */
const BLOCK_MESSAGES = 20_000;
/** Any moment will do; messages carry it unless they carry the time of sending. */
const MADE_AT_US = 1_785_000_000_000_000;
const SEED = 1;

interface MarketShape {
  readonly wire: VenueWire;
  readonly pairs: number;
  /** More than the deepest book subscribed, so that levels beyond it come into view. */
  readonly levels: number;
  readonly topics: readonly { readonly channel: ChannelName; readonly size: number }[];
  readonly mix: Mix;
}

const SHAPES: Readonly<Record<FloodMarketName, MarketShape>> = {
  kraken: {
    wire: WIRE_KRAKEN,
    pairs: 5,
    levels: 10,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: 10 },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.45, trade: 0.45, ticker: 0.1 },
  },
  'kraken-v1': {
    wire: WIRE_KRAKEN_V1,
    pairs: 5,
    levels: 10,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: 10 },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.45, trade: 0.45, ticker: 0.1 },
  },
  'kraken-v1-deep': {
    wire: WIRE_KRAKEN_V1,
    pairs: 1,
    levels: 1200,
    topics: [{ channel: 'book', size: 1000 }],
    mix: { book: 1 },
  },
  binance: {
    wire: WIRE_BINANCE,
    pairs: 5,
    levels: 40,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: 1_000_000 },
      { channel: 'quote', size: 0 },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.4, trade: 0.3, quote: 0.2, ticker: 0.1 },
  },
  poloniex: {
    wire: WIRE_POLONIEX,
    pairs: 5,
    levels: 40,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: 20 },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.45, trade: 0.45, ticker: 0.1 },
  },
  'poloniex-legacy': {
    wire: bidsFirst(WIRE_POLONIEX_LEGACY),
    pairs: 5,
    levels: 40,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: Number.POSITIVE_INFINITY },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.45, trade: 0.45, ticker: 0.1 },
  },
  gemini: {
    wire: withoutPast(WIRE_GEMINI),
    pairs: 5,
    levels: 200,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: Number.POSITIVE_INFINITY },
    ],
    mix: { book: 0.9, trade: 0.1 },
  },
  coinbase: {
    wire: bidsFirst(WIRE_COINBASE),
    pairs: 5,
    levels: 40,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: Number.POSITIVE_INFINITY },
      { channel: 'ticker', size: 0 },
    ],
    mix: { book: 0.45, trade: 0.45, ticker: 0.1 },
  },
};

/**
 * The messages of one market, as frames, made before anything is measured. Applied from the first to the
 * last they bring every book back to where it was, so they can be sent in circles, every checksum right.
 */
export interface EncodedMarket {
  readonly wire: VenueWire;
  readonly market: Market;
  /** Streams that a client subscribes to before the first frame is sent. */
  readonly streams: number;
  /** The book of each symbol, sent before the first frame. */
  readonly snapshots: ReadonlyMap<MarketSymbol, string>;
  readonly frames: Buffer;
  /** Where each frame ends. */
  readonly ends: Int32Array;
  /** Where each frame's time is written, in order of place. */
  readonly stamps: Uint32Array;
  readonly stampOf: (timeUs: number) => string;
  readonly counters: CounterPlaces;
  /** The numbers of all frames one after the other, and where those of each frame end. */
  readonly numbers: Float64Array;
  readonly numberEnds: Int32Array;
}

export function encodeMarket(name: FloodMarketName): EncodedMarket {
  const { exchange } = MARKETS[name];
  const { wire, pairs, levels, topics, mix } = SHAPES[name];
  const market = new Market({ exchange, pairs, seed: SEED, levels, now: () => MADE_AT_US });
  for (const { book } of market.symbols) book.showAs(FIRST_COUNT);
  const subscribed: Topic[] = market.symbols.flatMap((symbol) =>
    topics.map(({ channel, size }) => ({ symbol, channel, size, subscribers: new Set() })),
  );
  const snapshots = subscribed
    .filter(({ channel }) => channel === 'book')
    .map(({ symbol, size }) => [symbol, wire.bookSnapshot(symbol, size, MADE_AT_US)] as const);
  const block = buildBlock(subscribed, BLOCK_MESSAGES, {
    wire,
    plan: new StepPlan(mix, new Random(SEED)),
    timeUs: MADE_AT_US,
  });
  const frames = Buffer.from(block.bytes);
  const numbers: number[] = [];
  const counters = new CounterFinder(exchange);
  const numberEnds = Int32Array.from(block.messages, ({ topic, start, end }) => {
    const at = start + headerBytes(frames, start);
    const text = frames.toString('latin1', at, end);
    counters.message(topic.channel, topic.symbol, text, at);
    numbers.push(...numbersOf(exchange, text));
    return numbers.length;
  });
  return {
    wire,
    market,
    streams: subscribed.length,
    snapshots: new Map(snapshots),
    frames,
    ends: Int32Array.from(block.messages, ({ end }) => end),
    stamps: block.stamps,
    stampOf: block.stampOf,
    counters: counters.places(),
    numbers: Float64Array.from(numbers),
    numberEnds,
  };
}

/** Both sides of a book are in one list: whoever reads one side after the other comes to the same sum as who does not. */
function bidsFirst(wire: VenueWire): VenueWire {
  return {
    ...wire,
    bookUpdate(symbol, window, checksum, timeUs) {
      window.levels.sort((a, b) => Number(a.side === 'asks') - Number(b.side === 'asks'));
      return wire.bookUpdate(symbol, window, checksum, timeUs);
    },
  };
}

/** The past trades in a snapshot are left out, because each would be a callback and no message. */
function withoutPast(wire: VenueWire): VenueWire {
  return {
    ...wire,
    bookSnapshot: (...book) => JSON.stringify({ ...JSON.parse(wire.bookSnapshot(...book)), trades: [] }),
  };
}

const LENGTH_16 = 126;

function headerBytes(frames: Buffer, at: number): number {
  const length = frames[at + 1]!;
  return length < LENGTH_16 ? 2 : length === LENGTH_16 ? 4 : 10;
}
