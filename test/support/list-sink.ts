import { type FaultCode, faultName } from '../../src/shared/faults/fault-catalogue.ts';
import { type StatusCode, statusName } from '../../src/shared/faults/status-catalogue.ts';
import { aligned, type RecordLayout } from '../../src/shared/layout/define-record.ts';
import { BOOK, LEVEL_BYTES } from '../../src/shared/records/book.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { INSTRUMENT } from '../../src/shared/records/instrument.ts';
import { RAW } from '../../src/shared/records/raw.ts';
import { RECORDS, type RecordName, TYPE } from '../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../src/shared/records/record-header.ts';
import { STATUS } from '../../src/shared/records/status.ts';
import {
  type ExchangeUs,
  type FeedId,
  type InstrumentId,
  type MonotonicNs,
  NO_INSTRUMENT,
  NONE,
} from '../../src/shared/units.ts';
import type { NoticeSink, RecordSink } from '../../src/workers/feed-events.ts';

/** One level of a book record: price, quantity, decimals byte of either. */
export type ListedLevel = readonly [price: number, qty: number, priceDecimals: number, qtyDecimals: number];

/** A record taken out of the sink's memory, decoded by its own layout. */
export interface ListedRecord {
  readonly name: RecordName;
  /** Every field of the layout, the common header included. */
  readonly values: Readonly<Record<string, number>>;
  /** Book records only. */
  readonly bids?: readonly ListedLevel[];
  readonly asks?: readonly ListedLevel[];
  /** What follows the fixed part: detail of a status, symbol of an instrument, payload of a raw message. */
  readonly text?: string;
  /** The whole record, to compare two byte for byte. */
  readonly bytes: Uint8Array;
}

export interface Discarded {
  readonly name: RecordName;
  readonly instrument: InstrumentId;
  readonly fault: FaultCode;
  readonly records: number;
}

interface Mark {
  readonly records: number;
  readonly discards: number;
  readonly log: number;
}

/** What a claim is filled with first, so that a byte that a writer forgot shows in a test. */
const GARBAGE = 0xa5;
const LAYOUTS: ReadonlyMap<number, RecordLayout> = new Map(
  RECORDS.map((layout) => [layout.typeId, layout as unknown as RecordLayout]),
);

/**
 * A sink that keeps all it is given, for tests: it obeys the rules of the real one (header filled in,
 * memory that moves between claims, rollback) and fails loudly where a writer breaks them.
 */
export class ListSink implements RecordSink, NoticeSink {
  readonly records: ListedRecord[] = [];
  readonly discards: Discarded[] = [];
  /** A line for every record and discard, in order. Tests may add lines of their own for other events. */
  readonly log: string[] = [];
  readonly feed: FeedId;
  readonly epoch: number;
  view = new DataView(new ArrayBuffer(64));
  #claimed = 0;
  #at = 0;
  #receivedAtNs = 0 as MonotonicNs;
  #mark: Mark = { records: 0, discards: 0, log: 0 };

  constructor(feed = 3, epoch = 7) {
    this.feed = feed as FeedId;
    this.epoch = epoch;
  }

  claim(typeId: number, bytes: number): number {
    if (this.#claimed !== 0) throw new Error('claimed again before the last claim was committed');
    if (bytes % 8 !== 0 || bytes < HEADER.size) throw new Error(`claimed ${bytes} bytes`);
    // Another place and other memory each time: who keeps the view or the offset is found out.
    this.#at = 8 + (this.records.length % 3) * 8;
    this.view = new DataView(new ArrayBuffer(this.#at + bytes));
    new Uint8Array(this.view.buffer).fill(GARBAGE);
    this.#claimed = bytes;
    HEADER.encode(this.view, this.#at, {
      bytes,
      typeId,
      flags: 0,
      feed: this.feed,
      instrument: NO_INSTRUMENT,
      epoch: this.epoch,
      receivedAtNs: this.#receivedAtNs,
      exchangeAtUs: NONE as ExchangeUs,
      sequence: NONE,
    });
    return this.#at;
  }

  commit(bytes: number): void {
    if (bytes % 8 !== 0 || bytes > this.#claimed || bytes < HEADER.size)
      throw new Error(`committed ${bytes} of ${this.#claimed} bytes`);
    this.#claimed = 0;
    HEADER.field.bytes.set(this.view, this.#at, bytes);
    const record = listed(this.view, this.#at, bytes);
    this.records.push(record);
    this.log.push(line(record));
  }

  put(words: Int32Array, from: number): void {
    const record = new DataView(words.buffer, words.byteOffset + 4 * from);
    const { bytes, typeId, flags, instrument, exchangeAtUs, sequence } = HEADER.field;
    const length = bytes.get(record, 0);
    const at = this.claim(typeId.get(record, 0), length);
    flags.set(this.view, at, flags.get(record, 0));
    instrument.set(this.view, at, instrument.get(record, 0));
    exchangeAtUs.set(this.view, at, exchangeAtUs.get(record, 0));
    sequence.set(this.view, at, sequence.get(record, 0));
    const own = new Uint8Array(record.buffer, record.byteOffset + HEADER.size, length - HEADER.size);
    new Uint8Array(this.view.buffer, at + HEADER.size).set(own);
    this.commit(length);
  }

  beginMessage(receivedAtNs: MonotonicNs): void {
    this.#receivedAtNs = receivedAtNs;
    this.#mark = { records: this.records.length, discards: this.discards.length, log: this.log.length };
  }

  rollback(): void {
    this.#claimed = 0;
    this.records.length = this.#mark.records;
    this.discards.length = this.#mark.discards;
    this.log.length = this.#mark.log;
  }

  discard(typeId: number, instrument: InstrumentId, fault: FaultCode, records: number): void {
    const name = nameOf(typeId);
    this.discards.push({ name, instrument, fault, records });
    this.log.push(`discard ${records} ${name} of ${instrument}: ${faultName(fault)}`);
  }

  status(code: StatusCode, instrument: InstrumentId, fault: FaultCode, value: number, detail: string): void {
    const text = new TextEncoder().encode(detail);
    const at = this.claim(TYPE.status, aligned(STATUS.size + text.length));
    const { field } = STATUS;
    field.instrument.set(this.view, at, instrument);
    field.code.set(this.view, at, code);
    field.fault.set(this.view, at, fault);
    field.value.set(this.view, at, value);
    field.detailBytes.set(this.view, at, text.length);
    const tail = new Uint8Array(this.view.buffer, at + STATUS.size);
    tail.fill(0);
    tail.set(text);
    this.commit(aligned(STATUS.size + text.length));
  }

  /** Records of one kind. */
  named(name: RecordName): ListedRecord[] {
    return this.records.filter((record) => record.name === name);
  }

  clear(): void {
    this.records.length = 0;
    this.discards.length = 0;
    this.log.length = 0;
  }
}

function nameOf(typeId: number): RecordName {
  const layout = LAYOUTS.get(typeId);
  if (layout === undefined) throw new Error(`no record has type id ${typeId}`);
  return layout.name as RecordName;
}

/** Decodes one record, from any memory that holds one. */
export function listed(view: DataView, at: number, bytes: number): ListedRecord {
  const typeId = HEADER.field.typeId.get(view, at);
  const layout = LAYOUTS.get(typeId);
  if (layout === undefined) throw new Error(`no record has type id ${typeId}`);
  const copy = new Uint8Array(bytes);
  copy.set(new Uint8Array(view.buffer, view.byteOffset + at, bytes));
  const own = new DataView(copy.buffer);
  const record = {
    name: layout.name as RecordName,
    values: layout.decode(own, 0) as Record<string, number>,
    bytes: copy,
  };
  const end = (size: number): number => {
    if (aligned(size) !== bytes) throw new Error(`${layout.name} has ${bytes} bytes, its counts say ${size}`);
    if (copy.subarray(size).some((byte) => byte !== 0))
      throw new Error(`${layout.name} is not padded with zeros`);
    return size;
  };
  const text = (start: number, length: number): string => {
    end(start + length);
    return new TextDecoder().decode(copy.subarray(start, start + length));
  };
  switch (typeId) {
    case TYPE.book: {
      const bids = BOOK.field.bidCount.get(own, 0);
      const count = bids + BOOK.field.askCount.get(own, 0);
      const decimals = BOOK.size + count * LEVEL_BYTES;
      end(decimals + count * 2);
      const levels = Array.from({ length: count }, (_, n): ListedLevel => {
        const level = BOOK.size + n * LEVEL_BYTES;
        return [
          own.getFloat64(level, true),
          own.getFloat64(level + 8, true),
          copy[decimals + n * 2]!,
          copy[decimals + n * 2 + 1]!,
        ];
      });
      return { ...record, bids: levels.slice(0, bids), asks: levels.slice(bids) };
    }
    case TYPE.status:
      return { ...record, text: text(STATUS.size, STATUS.field.detailBytes.get(own, 0)) };
    case TYPE.instrument:
      return { ...record, text: text(INSTRUMENT.size, INSTRUMENT.field.symbolBytes.get(own, 0)) };
    case TYPE.raw:
      return { ...record, text: text(RAW.size, RAW.field.payloadBytes.get(own, 0)) };
    default:
      end(layout.size);
      return record;
  }
}

function line({ name, values, bids, asks }: ListedRecord): string {
  const { instrument, flags = 0 } = values;
  switch (name) {
    case 'status': {
      const fault = values['fault'] === 0 ? '' : ` ${faultName(values['fault']!)}`;
      return `status ${statusName(values['code']!)} of ${instrument}${fault}`;
    }
    case 'book': {
      const kind = flags & FLAG.refreshed ? 'refreshed' : flags & FLAG.snapshot ? 'snapshot' : 'update';
      return `book ${kind} of ${instrument}: ${bids!.length} bids, ${asks!.length} asks`;
    }
    default:
      return `${name} of ${instrument}`;
  }
}
