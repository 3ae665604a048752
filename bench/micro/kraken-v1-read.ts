/**
 * Kraken v1 messages, from bytes to records: a book of depth 1000 whose checksum is verified on every
 * update, and trades beside it, for the cost of reading without a book.
 */
import { bookChecksum, checksumLevel } from '../../src/shared/book/book-checksum.ts';
import { BookSide } from '../../src/shared/book/book-side.ts';
import { Level } from '../../src/shared/book/level.ts';
import type { Subscription } from '../../src/shared/contract.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../src/shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../src/shared/units.ts';
import { BookIntegrity } from '../../src/workers/exchanges/book-integrity.ts';
import { KRAKEN_V1_CODEC } from '../../src/workers/exchanges/kraken-v1/kraken-v1-codec.ts';
import { threadReadBuffer, threadScanner } from '../../src/workers/thread-scanner.ts';
import { LastRecord } from '../support/last-record.ts';
import { SILENT } from '../support/silent-events.ts';

const DEPTH = 1000;
const ROUNDS = 5;
const BOOK: Subscription = { channel: 'book', instrument: 0 as InstrumentId, depth: DEPTH };

export interface ReadRate {
  readonly what: string;
  readonly messages: number;
  readonly bytesPerMessage: number;
  readonly nsPerMessage: number;
  readonly messagesPerS: number;
}

/** Messages one after the other in one piece of memory; message n is `bytes[ends[n - 1]..ends[n])`. */
interface Messages {
  readonly bytes: Uint8Array;
  readonly ends: Int32Array;
}

function packed(texts: readonly string[]): Messages {
  const bytes = new TextEncoder().encode(texts.join(''));
  let end = 0;
  return { bytes, ends: Int32Array.from(texts, (text) => (end += text.length)) };
}

function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
}

/** A snapshot of 1000 levels a side, then updates of one to four levels with the checksums they lead to. */
function bookMessages(count: number): Messages {
  const below = randomBelow(7);
  const sides = { a: new BookSide('asks', 1024), b: new BookSide('bids', 1024) };
  const level = new Level();
  let micros = 0;
  const write = (side: 'a' | 'b', place: number, removed: boolean): string => {
    const price = (side === 'a' ? 60_000.1 + place * 0.1 : 60_000 - place * 0.1).toFixed(5);
    const qty = removed ? '0.00000000' : `${below(20)}.${10_000_000 + below(89_999_999)}`;
    level.price = Number(price);
    level.qty = Number(qty);
    level.priceDecimals = 5;
    level.qtyDecimals = 8;
    checksumLevel(level, price, qty, 0, 0);
    sides[side].apply(level);
    sides[side].truncate(DEPTH);
    return `["${price}","${qty}","1618678145.${String(micros++ % 1_000_000).padStart(6, '0')}"]`;
  };
  const change = (side: 'a' | 'b'): string => {
    // Most changes are near the top; a book that loses as many levels as it gets keeps its size.
    const place = Math.min(below(DEPTH * 1.5), below(DEPTH * 1.5), below(DEPTH * 1.5));
    return write(side, place, below(3) === 0);
  };
  const levels = (side: 'a' | 'b'): string =>
    Array.from({ length: 1 + Math.min(below(4), below(4)) }, () => change(side)).join();
  const whole = (side: 'a' | 'b'): string =>
    Array.from({ length: DEPTH }, (_, place) => write(side, place, false)).join();

  const texts = [`[0,{"as":[${whole('a')}],"bs":[${whole('b')}]},"book-${DEPTH}","XBT/USD"]`];
  for (let n = 0; n < count; n++) {
    const kind = below(10);
    let payload = '';
    if (kind < 4) payload = `{"a":[${levels('a')}],`;
    else if (kind < 8) payload = `{"b":[${levels('b')}],`;
    else payload = `{"a":[${levels('a')}]},{"b":[${levels('b')}],`;
    const checksum = bookChecksum(sides.a, sides.b) >>> 0;
    texts.push(`[1234,${payload}"c":"${checksum}"},"book-${DEPTH}","XBT/USD"]`);
  }
  return packed(texts);
}

function tradeMessages(count: number): Messages {
  const below = randomBelow(11);
  const texts = Array.from({ length: count }, (_, n) => {
    const price = (60_000 + below(1000) * 0.1).toFixed(5);
    const qty = `${below(20)}.${10_000_000 + below(89_999_999)}`;
    const time = `1618678145.${String(n % 1_000_000).padStart(6, '0')}`;
    return `[993,[["${price}","${qty}","${time}","${below(2) === 0 ? 'b' : 's'}","l",""]],"trade","XBT/USD"]`;
  });
  return packed(texts);
}

const chunk = threadReadBuffer();

/** Reads them all, each round with a new book, and takes the best round. */
function measure(
  what: string,
  { bytes, ends }: Messages,
  check: (records: Float64Array, counters: Float64Array) => boolean,
): ReadRate {
  let best = Number.POSITIVE_INFINITY;
  const receivedAtNs = 1 as MonotonicNs;
  for (let round = 0; round < ROUNDS; round++) {
    const records = new Float64Array(16);
    const sink = new LastRecord((typeId) => records[typeId]!++);
    const counters = { local: new Float64Array(FEED_COUNTER_WORDS) };
    const scanner = threadScanner();
    const symbols = new SymbolCounters(SymbolCounters.memory());
    const books = new BookIntegrity(sink, sink, SILENT, symbols, counters, scanner);
    let cold = 0;
    const codec = KRAKEN_V1_CODEC.createCodec({
      sink,
      notices: sink,
      events: SILENT,
      rest: () => {},
      books,
      scanner,
      text: () => {
        cold++;
        return undefined;
      },
    });
    codec.addInstruments([{ id: 0 as InstrumentId, symbol: 'BTC/USD', venueSymbol: 'XBT/USD' }]);
    codec.subscribe([BOOK]);
    const began = process.hrtime.bigint();
    // Chunk by chunk into the memory of the scanner, as a socket would; what fits in none lies elsewhere.
    for (let n = 0, start = 0; n < ends.length; ) {
      const from = start;
      let last = n;
      while (last < ends.length && ends[last]! - from <= chunk.length) last++;
      const fits = last > n;
      if (fits) chunk.set(bytes.subarray(from, ends[last - 1]));
      else last = n + 1;
      for (; n < last; n++) {
        if (fits) codec.read(chunk, start - from, ends[n]! - from, receivedAtNs);
        else codec.read(bytes, start, ends[n]!, receivedAtNs);
        start = ends[n]!;
      }
    }
    best = Math.min(best, Number(process.hrtime.bigint() - began) / ends.length);
    codec.dispose?.();
    books.dispose();
    if (cold > 0 || !check(records, counters.local)) throw new Error(`${what}: not all was read, or not hot`);
  }
  return {
    what,
    messages: ends.length,
    bytesPerMessage: Math.round(bytes.length / ends.length),
    nsPerMessage: Math.round(best),
    messagesPerS: Math.round(1e9 / best),
  };
}

/** @throws Error when a checksum did not hold or a message did not become its record. */
export function run(options: { readonly messages: number }): ReadRate[] {
  const count = options.messages;
  return [
    measure(
      'book-1000 updates, checksum verified on each',
      bookMessages(count),
      (records, counters) => counters[FEED.checksumsChecked] === count && records[TYPE.book] === count + 1,
    ),
    measure('trades', tradeMessages(count), (records) => records[TYPE.trade] === count),
  ];
}

if (import.meta.filename === process.argv[1]) console.table(run({ messages: 200_000 }));
