import type { ChannelName, ExchangeName } from '../../src/shared/venues/venue.ts';
import { Market } from '../../src/workers/simulator/market.ts';
import type { MarketSymbol } from '../../src/workers/simulator/market-symbol.ts';
import { buildBlock, type TradeIdPlace } from '../../src/workers/simulator/message-block.ts';
import { Random } from '../../src/workers/simulator/random.ts';
import { type Mix, StepPlan } from '../../src/workers/simulator/step-plan.ts';
import type { Topic } from '../../src/workers/simulator/topics.ts';
import type { VenueWire } from '../../src/workers/simulator/venue-wire.ts';
import { WIRE_BINANCE } from '../../src/workers/simulator/wire-binance.ts';
import { WIRE_GEMINI } from '../../src/workers/simulator/wire-gemini.ts';
import { WIRE_KRAKEN } from '../../src/workers/simulator/wire-kraken.ts';
import { WIRE_KRAKEN_V1 } from '../../src/workers/simulator/wire-kraken-v1.ts';
import { WIRE_POLONIEX } from '../../src/workers/simulator/wire-poloniex.ts';
import { numbersOf } from './wire-numbers.ts';

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

const SHAPES: Readonly<Record<ExchangeName, MarketShape>> = {
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
  gemini: {
    wire: WIRE_GEMINI,
    pairs: 5,
    levels: 200,
    topics: [
      { channel: 'trade', size: 0 },
      { channel: 'book', size: Number.POSITIVE_INFINITY },
    ],
    mix: { book: 0.9, trade: 0.1 },
  },
};

/**
 * The messages of one exchange, as frames, made before anything is measured. Applied from the first to the
 * last they bring every book back to where it was, so they can be sent in circles, every checksum right.
 */
export interface EncodedMarket {
  readonly wire: VenueWire;
  readonly market: Market;
  /** The book of each symbol, sent before the first frame. */
  readonly snapshots: readonly string[];
  readonly frames: Buffer;
  /** Where each frame ends. */
  readonly ends: Int32Array;
  /** Where each frame's time is written, in order of place. */
  readonly stamps: Uint32Array;
  readonly stampOf: (timeUs: number) => string;
  /** Where each trade's id is written, in order of place; on v1 trades have none. */
  readonly tradeIds: readonly TradeIdPlace[];
  /** Trades of each symbol in all frames. */
  readonly tradeCounts: ReadonlyMap<MarketSymbol, number>;
  /** The numbers of all frames one after the other, and where those of each frame end. */
  readonly numbers: Float64Array;
  readonly numberEnds: Int32Array;
}

export function encodeMarket(exchange: ExchangeName): EncodedMarket {
  const { wire, pairs, levels, topics, mix } = SHAPES[exchange];
  const market = new Market({ exchange, pairs, seed: SEED, levels, now: () => MADE_AT_US });
  const subscribed: Topic[] = market.symbols.flatMap((symbol) =>
    topics.map(({ channel, size }) => ({ symbol, channel, size, subscribers: new Set() })),
  );
  const snapshots = subscribed
    .filter(({ channel }) => channel === 'book')
    .map(({ symbol, size }) => wire.bookSnapshot(symbol, size, MADE_AT_US));
  const block = buildBlock(subscribed, BLOCK_MESSAGES, {
    wire,
    plan: new StepPlan(mix, new Random(SEED)),
    timeUs: MADE_AT_US,
  });
  const frames = Buffer.from(block.bytes);
  const numbers: number[] = [];
  const numberEnds = Int32Array.from(block.messages, ({ start, end }) => {
    const text = frames.toString('latin1', start + headerBytes(frames, start), end);
    numbers.push(...numbersOf(text));
    return numbers.length;
  });
  return {
    wire,
    market,
    snapshots,
    frames,
    ends: Int32Array.from(block.messages, ({ end }) => end),
    stamps: block.stamps,
    stampOf: block.stampOf,
    tradeIds: block.tradeIds,
    tradeCounts: block.tradeCounts,
    numbers: Float64Array.from(numbers),
    numberEnds,
  };
}

const LENGTH_16 = 126;

function headerBytes(frames: Buffer, at: number): number {
  const length = frames[at + 1]!;
  return length < LENGTH_16 ? 2 : length === LENGTH_16 ? 4 : 10;
}
