import { invariant } from '../invariant.ts';
import type { InstrumentId } from '../units.ts';

/** Most instruments one `openFeeds` may follow; bounds the tables that are indexed by instrument. */
export const INSTRUMENTS_MAX = 8192;

/** Counters of one instrument, as word indexes of its row. Written by the worker of its feed only. */
export const SYMBOL = {
  checksumsChecked: 0,
  checksumsFailed: 1,
  resyncs: 2,
  /** 0 absent, 1 live, 2 stale; see `BOOK_STATE`. */
  bookState: 3,
  words: 4,
} as const;

export const BOOK_STATE = { absent: 0, live: 1, stale: 2 } as const;

/**
 * A row of counters for every instrument, readable from any thread at any time. Each word is one aligned
 * float64 with one writer, so a reader sees a value that was true at some moment; rows are not read together.
 */
export class SymbolCounters {
  readonly #words: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Float64Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(INSTRUMENTS_MAX * SYMBOL.words * Float64Array.BYTES_PER_ELEMENT);
  }

  get(instrument: InstrumentId, word: number): number {
    return this.#words[instrument * SYMBOL.words + word]!;
  }

  set(instrument: InstrumentId, word: number, value: number): void {
    invariant(instrument < INSTRUMENTS_MAX, 'an instrument id is a row of the symbol counters');
    this.#words[instrument * SYMBOL.words + word] = value;
  }

  add(instrument: InstrumentId, word: number): void {
    this.#words[instrument * SYMBOL.words + word]!++;
  }
}
