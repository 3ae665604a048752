import assert from 'node:assert/strict';
import type { Overflow } from '../../../src/shared/contract.ts';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../../src/shared/counters/counter-block.ts';
import {
  COUNTED,
  FEED,
  FEED_COUNTER_WORDS,
  KIND,
  kindWord,
} from '../../../src/shared/counters/feed-counters.ts';
import { FAULTS, type FaultName, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { STATUSES, type StatusName, statusName } from '../../../src/shared/faults/status-catalogue.ts';
import { aligned } from '../../../src/shared/layout/define-record.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../../src/shared/records/book.ts';
import { CANDLE } from '../../../src/shared/records/candle.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { INSTRUMENT } from '../../../src/shared/records/instrument.ts';
import { QUOTE } from '../../../src/shared/records/quote.ts';
import { RAW } from '../../../src/shared/records/raw.ts';
import { TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { TICKER } from '../../../src/shared/records/ticker.ts';
import { TRADE } from '../../../src/shared/records/trade.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import {
  type ExchangeUs,
  type FeedId,
  type InstrumentId,
  type MonotonicNs,
  NO_INSTRUMENT,
  NONE,
} from '../../../src/shared/units.ts';
import { Publisher } from '../../../src/workers/publish/publisher.ts';
import { type ListedRecord, listed } from '../../support/list-sink.ts';

export type CountedName = (typeof COUNTED)[number];

export interface Counts {
  readonly received: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly conflated: number;
}

const FIXED = { trade: TRADE, ticker: TICKER, quote: QUOTE, candle: CANDLE, instrument: INSTRUMENT } as const;
const GARBAGE = 0xa5;

/** One side is enough to tell a right book from a wrong one. */
export type Bids = ReadonlyMap<number, number>;

/** What the exchange has told so far: the state that the strategy's copy must come to. */
export class Source {
  /** Number of the last record of each kind and instrument; it travels as the record's sequence. */
  readonly numbers = new Map<string, number>();
  readonly books = new Map<number, Map<number, number>>();
  readonly live = new Set<number>();

  copy(): Source {
    const copy = new Source();
    for (const [key, number] of this.numbers) copy.numbers.set(key, number);
    for (const [instrument, bids] of this.books) copy.books.set(instrument, new Map(bids));
    for (const instrument of this.live) copy.live.add(instrument);
    return copy;
  }

  count(name: CountedName, instrument: number): number {
    const key = `${name} ${instrument}`;
    const number = (this.numbers.get(key) ?? 0) + 1;
    this.numbers.set(key, number);
    return number;
  }
}

/** A publisher, the ring it writes, a strategy's side that reads it, and records made up on the way. */
export class FeedRig {
  readonly publisher: Publisher;
  readonly writer: RingWriter;
  readonly counters: FeedCounterWriter;
  source = new Source();
  #saved = this.source;
  #now = 0;
  readonly #reader: RingReader;
  readonly #published: FeedCounterReader;

  constructor(overflow: Overflow, ringBytes: number, backlogBytesMax?: number) {
    const ring = createRing(ringBytes);
    const memory = feedCounterMemory();
    this.writer = new RingWriter(ring);
    this.counters = new FeedCounterWriter(memory);
    this.#reader = new RingReader(ring);
    this.#published = new FeedCounterReader(memory);
    this.publisher = new Publisher({
      writer: this.writer,
      counters: this.counters,
      feed: 3 as FeedId,
      overflow,
      epoch: 7,
      ...(backlogBytesMax === undefined ? {} : { backlogBytesMax }),
    });
    this.publisher.refreshBook = (instrument) => {
      if (!this.source.live.has(instrument)) return false;
      const number = this.source.numbers.get(`book ${instrument}`) ?? 0;
      const { snapshot, refreshed } = FLAG;
      this.#writeBook(
        instrument,
        snapshot | refreshed,
        number,
        this.source.books.get(instrument) ?? new Map(),
      );
      return true;
    };
  }

  #written = 0;

  begin(): void {
    this.#saved = this.source.copy();
    this.publisher.beginMessage(++this.#now as MonotonicNs);
  }

  rollback(): void {
    this.publisher.rollback();
    this.source = this.#saved;
    this.#saved = this.source.copy();
  }

  record(name: keyof typeof FIXED, instrument: number): void {
    const layout = FIXED[name];
    const number = this.source.count(name, instrument);
    this.#write(layout.typeId, layout.size, (view, at) => {
      // The last fields are zero by then, so this is the one value that tells the records apart.
      view.setFloat64(at + HEADER.size, number, true);
      HEADER.field.instrument.set(view, at, instrument as InstrumentId);
      HEADER.field.sequence.set(view, at, number);
    });
  }

  raw(instrument: number, payloadBytes: number): void {
    const bytes = RAW.size + aligned(payloadBytes);
    const { publisher } = this;
    const at = publisher.claim(TYPE.raw, bytes);
    const { view } = publisher;
    for (let i = HEADER.size; i < bytes; i++) view.setUint8(at + i, 0);
    RAW.field.instrument.set(view, at, instrument as InstrumentId);
    RAW.field.sequence.set(view, at, this.source.count('raw', instrument));
    RAW.field.payloadBytes.set(view, at, payloadBytes);
    publisher.commit(bytes);
  }

  /** An update of one level, or a whole book of that many levels after `live`. */
  book(instrument: number, price: number, qty: number): void {
    const number = this.source.count('book', instrument);
    const bids = this.source.books.get(instrument) ?? new Map<number, number>();
    this.source.books.set(instrument, bids);
    bids.delete(price);
    if (qty > 0) bids.set(price, qty);
    this.#writeBook(instrument, 0, number, new Map([[price, qty]]));
  }

  live(instrument: number, bids: Bids): void {
    this.source.live.add(instrument);
    this.source.books.set(instrument, new Map(bids));
    this.status('live', instrument);
    this.#writeBook(instrument, FLAG.snapshot, this.source.count('book', instrument), bids);
  }

  stale(instrument: number): void {
    this.source.live.delete(instrument);
    this.status('stale', instrument, 'CHECKSUM_MISMATCH');
  }

  status(name: StatusName, instrument: number, fault: FaultName = 'NONE', detail = ''): void {
    this.publisher.status(
      STATUSES[name].id,
      instrument as InstrumentId,
      FAULTS[fault].id,
      this.source.numbers.get('status') ?? 0,
      detail,
    );
  }

  discard(name: CountedName, instrument: number, records: number): void {
    for (let n = 0; n < records; n++) this.source.count(name, instrument);
    this.publisher.discard(TYPE[name], instrument as InstrumentId, FAULTS.CHECKSUM_MISMATCH.id, records);
  }

  /** Reads up to that many records, gives their room back and spoils it, so that who reads late is found out. */
  take(records = Number.POSITIVE_INFINITY): ListedRecord[] {
    const taken: ListedRecord[] = [];
    while (taken.length < records) {
      const at = this.#reader.next();
      if (at < 0) break;
      const { view } = this.#reader;
      const bytes = HEADER.field.bytes.get(view, at);
      taken.push(listed(view, at, bytes));
      for (let i = 0; i < bytes; i++) view.setUint8(at + i, GARBAGE);
    }
    this.#reader.release();
    return taken;
  }

  /** The counts of one kind; they add up or this throws. */
  counts(name: CountedName, words: Float64Array = this.counters.local): Counts {
    const row = COUNTED.indexOf(name);
    const word = (n: number): number => words[kindWord(row, n)]!;
    const counts = {
      received: word(KIND.received),
      delivered: word(KIND.delivered),
      dropped: word(KIND.dropped),
      conflated: word(KIND.conflated),
    };
    assert.equal(counts.received, counts.delivered + counts.dropped + counts.conflated, `${name} adds up`);
    assert.ok(Math.min(counts.delivered, counts.dropped, counts.conflated) >= 0, `${name} is not negative`);
    return counts;
  }

  /** What the main thread sees of the counters. */
  published(): Float64Array {
    const words = new Float64Array(FEED_COUNTER_WORDS);
    this.#published.read(words);
    return words;
  }

  feedCount(word: keyof typeof FEED): number {
    return this.counters.local[FEED[word]]!;
  }

  #writeBook(instrument: number, flags: number, number: number, bids: Bids): void {
    this.#write(TYPE.book, bookBytes(bids.size), (view, at) => {
      BOOK.field.flags.set(view, at, flags);
      BOOK.field.instrument.set(view, at, instrument as InstrumentId);
      BOOK.field.sequence.set(view, at, number);
      BOOK.field.bidCount.set(view, at, bids.size);
      let level = at + BOOK.size;
      for (const [price, qty] of bids) {
        view.setFloat64(level, price, true);
        view.setFloat64(level + 8, qty, true);
        level += LEVEL_BYTES;
      }
    });
  }

  /** Every other record is written where it will lie, the others are made elsewhere and put there. */
  #write(typeId: number, bytes: number, fill: (view: DataView, at: number) => void): void {
    const { publisher } = this;
    if (this.#written++ % 2 === 0) {
      const at = publisher.claim(typeId, bytes);
      const { view } = publisher;
      for (let i = HEADER.size; i < bytes; i++) view.setUint8(at + i, 0);
      fill(view, at);
      publisher.commit(bytes);
      return;
    }
    // Not at the beginning of its memory, and with garbage where the publisher fills the header in.
    const words = new Int32Array(3 + bytes / 4).fill(-1, 0, 3 + HEADER.size / 4);
    const view = new DataView(words.buffer);
    const { field } = HEADER;
    field.bytes.set(view, 12, bytes);
    field.typeId.set(view, 12, typeId);
    field.flags.set(view, 12, 0);
    field.exchangeAtUs.set(view, 12, NONE as ExchangeUs);
    fill(view, 12);
    publisher.put(words, 3);
  }
}

/** The strategy's copy of the market, made of nothing but the records it was given. */
export class Mirror {
  /** Number of the latest ticker and quote of each instrument. */
  readonly latest = new Map<string, number>();
  readonly books = new Map<number, Map<number, number>>();

  apply({ name, values, bids }: ListedRecord): void {
    const instrument = values['instrument']!;
    if (name === 'ticker' || name === 'quote') this.latest.set(`${name} ${instrument}`, values['sequence']!);
    if (name === 'status' && values['code'] === STATUSES.stale.id) this.books.delete(instrument);
    if (name !== 'book') return;
    if (values['flags']! & FLAG.snapshot) this.books.set(instrument, new Map());
    const book = this.books.get(instrument);
    assert.ok(book !== undefined, `an update of the book of ${instrument} comes after a snapshot`);
    for (const [price, qty] of bids!) {
      book.delete(price);
      if (qty > 0) book.set(price, qty);
    }
  }
}

/** A record as one short line: what it is, of which instrument, which number, what it says. */
export function line({ name, values, text }: ListedRecord): string {
  const of = values['instrument'] === NO_INSTRUMENT ? '' : ` ${values['instrument']}`;
  if (name === 'gap') {
    const counts = (['droppedTrades', 'droppedCandles', 'droppedOther', 'conflated'] as const)
      .filter((key) => values[key] !== 0)
      .map((key) => ` ${key} ${values[key]}`);
    return `gap${of} ${faultName(values['fault']!)}${counts.join('')}`;
  }
  if (name === 'status') {
    const fault = values['fault'] === 0 ? '' : ` ${faultName(values['fault']!)}`;
    return `${statusName(values['code']!)}${of}${fault}${text === '' ? '' : `: ${text}`}`;
  }
  const flags = values['flags']!;
  const kind = `${flags & FLAG.snapshot ? ' snapshot' : ''}${flags & FLAG.refreshed ? ' refreshed' : ''}`;
  return `${name}${of} #${values['sequence']}${kind}`;
}

/** The same with runs of records of one kind in one line: `trade 1 #1-64`. */
export function lines(records: readonly ListedRecord[]): string[] {
  const out: string[] = [];
  let run: { readonly of: string; readonly from: number; last: number } | undefined;
  for (const record of records) {
    const whole = line(record);
    const [, of, number] = /^(\w+ \d+) #(\d+)$/.exec(whole) ?? [];
    if (of === undefined) {
      run = undefined;
      out.push(whole);
    } else if (run?.of === of && Number(number) === run.last + 1) {
      run.last++;
      out[out.length - 1] = `${of} #${run.from}-${run.last}`;
    } else {
      run = { of, from: Number(number), last: Number(number) };
      out.push(whole);
    }
  }
  return out;
}
