/**
 * Kraken v2 messages, from bytes to records, against `JSON.parse` of the same bytes: what the codec costs
 * with everything it does (symbol, decimals, time, book of depth 10 and its checksum) beside what parsing
 * alone costs. Every round sums a number of each message on both sides and compares the sums.
 */
import { bookChecksum, checksumLevel } from '../../src/shared/book/book-checksum.ts';
import { BookSide } from '../../src/shared/book/book-side.ts';
import { Level } from '../../src/shared/book/level.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../src/shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { BOOK } from '../../src/shared/records/book.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { TICKER } from '../../src/shared/records/ticker.ts';
import { TRADE } from '../../src/shared/records/trade.ts';
import type { InstrumentId, MonotonicNs } from '../../src/shared/units.ts';
import { BookIntegrity } from '../../src/workers/exchanges/book-integrity.ts';
import { KrakenCodec } from '../../src/workers/exchanges/kraken/kraken-codec.ts';
import { threadScanner } from '../../src/workers/thread-scanner.ts';
import { LastRecord } from '../support/last-record.ts';
import { SILENT } from '../support/silent-events.ts';

const ROUNDS = 5;
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'SOL/USD', 'ALGO/USD', 'MATIC/USD'];
const RECEIVED_AT = 1 as MonotonicNs;

export interface ReadRate {
  readonly what: string;
  readonly messages: number;
  readonly bytesPerMessage: number;
  readonly nsPerMessage: number;
  readonly messagesPerS: number;
  readonly jsonParseNs: number;
  /** How many times the cost of `JSON.parse` alone is that of the codec. */
  readonly ratio: number;
}

interface Kind {
  readonly what: string;
  readonly texts: readonly string[];
  /** The number of a parsed message that is summed. */
  readonly parsed: (message: Parsed) => number;
  /** The same of a record. */
  readonly written: (view: DataView) => number;
  readonly typeId: number;
}

interface Parsed {
  readonly data: readonly [{ readonly price: number; readonly bid: number; readonly checksum: number }];
}

function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
}

const timeOf = (n: number): string =>
  `${new Date(1_785_000_000_000 + n).toISOString().slice(0, -1)}${String(n % 1000).padStart(3, '0')}Z`;

/** A snapshot of ten levels a side, then updates of one level with the checksums they lead to. */
function bookTexts(count: number): string[] {
  const below = randomBelow(7);
  const sides = { asks: new BookSide('asks'), bids: new BookSide('bids') };
  const level = new Level();
  const write = (side: 'asks' | 'bids', place: number): string => {
    const price = (side === 'asks' ? 63_348.5 + place * 0.1 : 63_348.4 - place * 0.1).toFixed(1);
    const qty = `${below(20)}.${10_000_000 + below(89_999_999)}`;
    Object.assign(level, { price: Number(price), qty: Number(qty), priceDecimals: 1, qtyDecimals: 8 });
    checksumLevel(level, price, qty, 0, 0);
    sides[side].apply(level);
    sides[side].truncate(10);
    return `{"price":${price},"qty":${qty}}`;
  };
  const message = (n: number, type: string, bids: string, asks: string): string =>
    `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":[${bids}],"asks":[${asks}],"checksum":${bookChecksum(sides.asks, sides.bids) >>> 0},"timestamp":"${timeOf(n)}"}]}`;
  const whole = (side: 'asks' | 'bids'): string =>
    Array.from({ length: 10 }, (_, place) => write(side, place)).join();
  const texts = [message(0, 'snapshot', whole('bids'), whole('asks'))];
  for (let n = 1; n < count; n++) {
    const place = Math.min(below(10), below(10));
    const isAsk = below(2) === 0;
    const changed = write(isAsk ? 'asks' : 'bids', place);
    texts.push(message(n, 'update', isAsk ? '' : changed, isAsk ? changed : ''));
  }
  return texts;
}

function tradeTexts(count: number): string[] {
  const below = randomBelow(11);
  const ids = SYMBOLS.map((_, n) => n * 1_000_000);
  return Array.from({ length: count }, (_, n) => {
    const symbol = below(SYMBOLS.length);
    const price = (63_000 + below(10_000) * 0.1).toFixed(1);
    const qty = `0.${String(below(99_999_999)).padStart(8, '0')}`;
    return `{"channel":"trade","type":"update","data":[{"symbol":"${SYMBOLS[symbol]}","side":"${below(2) === 0 ? 'buy' : 'sell'}","price":${price},"qty":${qty},"ord_type":"${below(3) === 0 ? 'market' : 'limit'}","trade_id":${++ids[symbol]!},"timestamp":"${timeOf(n)}"}]}`;
  });
}

function tickerTexts(count: number): string[] {
  const below = randomBelow(13);
  const number = (decimals: number): string => (below(1_000_000_000) / 10 ** decimals).toFixed(decimals);
  return Array.from(
    { length: count },
    (_, n) =>
      `{"channel":"ticker","type":"update","data":[{"symbol":"${SYMBOLS[below(SYMBOLS.length)]}","bid":${number(5)},"bid_qty":${number(8)},"ask":${number(5)},"ask_qty":${number(8)},"last":${number(5)},"volume":${number(8)},"vwap":${number(5)},"low":${number(5)},"high":${number(5)},"change":-${number(5)},"change_pct":-${number(2)},"trades":${below(9999)},"timestamp":"${timeOf(n)}"}]}`,
  );
}

const scanner = threadScanner();
const chunk = new Uint8Array(
  scanner.readBytes.buffer,
  scanner.readBytes.byteOffset,
  scanner.readBytes.length,
);

/** Nanoseconds per message of reading them all, and the sum over them. */
function readAll(kind: Kind, bytes: Uint8Array, ends: Int32Array): { ns: number; sum: number } {
  let records = 0;
  let sum = 0.5;
  const sink = new LastRecord((_, view) => {
    records++;
    sum += kind.written(view);
  });
  const counters = { local: new Float64Array(FEED_COUNTER_WORDS) };
  const symbols = new SymbolCounters(SymbolCounters.memory());
  const books = new BookIntegrity(sink, sink, SILENT, symbols, counters, scanner);
  let cold = 0;
  const text = (): undefined => {
    cold++;
    return undefined;
  };
  const codec = new KrakenCodec({
    sink,
    notices: sink,
    events: SILENT,
    books,
    scanner,
    rest: () => {},
    text,
  });
  const instruments = SYMBOLS.map((symbol, id) => ({ id: id as InstrumentId, symbol, venueSymbol: symbol }));
  codec.addInstruments(instruments);
  codec.subscribe([{ channel: 'book', instrument: 0 as InstrumentId, depth: 10 }]);
  const began = process.hrtime.bigint();
  // Chunk by chunk into the memory of the scanner, as a socket would.
  for (let n = 0, start = 0; n < ends.length; ) {
    const from = start;
    let last = n;
    while (last < ends.length && ends[last]! - from <= chunk.length) last++;
    chunk.set(bytes.subarray(from, ends[last - 1]));
    for (; n < last; n++) {
      codec.read(chunk, start - from, ends[n]! - from, RECEIVED_AT);
      start = ends[n]!;
    }
  }
  const ns = Number(process.hrtime.bigint() - began) / ends.length;
  if (cold > 0 || records !== ends.length) throw new Error(`${kind.what}: not all was read, or not hot`);
  if (kind.typeId === TYPE.book && counters.local[FEED.checksumsChecked] !== ends.length)
    throw new Error(`${kind.what}: a checksum did not hold`);
  return { ns, sum };
}

function parseAll(kind: Kind, bytes: Uint8Array, ends: Int32Array): { ns: number; sum: number } {
  const buffer = Buffer.from(bytes.buffer);
  let sum = 0.5;
  const began = process.hrtime.bigint();
  let start = 0;
  for (let n = 0; n < ends.length; n++) {
    sum += kind.parsed(JSON.parse(buffer.toString('latin1', start, ends[n]!)) as Parsed);
    start = ends[n]!;
  }
  return { ns: Number(process.hrtime.bigint() - began) / ends.length, sum };
}

function measure(kind: Kind): ReadRate {
  const { texts } = kind;
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  new TextEncoder().encodeInto(texts.join(''), bytes);
  let end = 0;
  const ends = Int32Array.from(texts, (text) => (end += text.length));
  let ours = Number.POSITIVE_INFINITY;
  let json = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const read = readAll(kind, bytes, ends);
    const parse = parseAll(kind, bytes, ends);
    if (read.sum !== parse.sum) throw new Error(`${kind.what}: sums differ, ${read.sum} and ${parse.sum}`);
    ours = Math.min(ours, read.ns);
    json = Math.min(json, parse.ns);
  }
  return {
    what: kind.what,
    messages: texts.length,
    bytesPerMessage: Math.round(bytes.length / texts.length),
    nsPerMessage: Math.round(ours),
    messagesPerS: Math.round(1e9 / ours),
    jsonParseNs: Math.round(json),
    ratio: Number((json / ours).toFixed(1)),
  };
}

/** @throws Error when a message did not become its record, a checksum did not hold or a sum differs. */
export function run(options: { readonly messages: number }): ReadRate[] {
  const count = options.messages;
  return [
    measure({
      what: 'book-10 update of one level, checksum verified',
      texts: bookTexts(count),
      parsed: ({ data: [entry] }) => entry.checksum,
      written: (view) => BOOK.field.checksum.get(view, 0),
      typeId: TYPE.book,
    }),
    measure({
      what: 'trade',
      texts: tradeTexts(count),
      parsed: ({ data: [entry] }) => entry.price,
      written: (view) => TRADE.field.price.get(view, 0),
      typeId: TYPE.trade,
    }),
    measure({
      what: 'ticker',
      texts: tickerTexts(count),
      parsed: ({ data: [entry] }) => entry.bid,
      written: (view) => TICKER.field.bid.get(view, 0),
      typeId: TYPE.ticker,
    }),
  ];
}

if (import.meta.filename === process.argv[1]) console.table(run({ messages: 200_000 }));
