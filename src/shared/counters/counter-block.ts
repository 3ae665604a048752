/**
 * The counters of one feed in shared memory: written by its worker, readable from the main thread at any
 * time. What each word means is declared in `feed-counters.ts`.
 *
 *   byte  0          128        256                       256 + bank
 *         │ sequence │ taken    │ bank 0: all words       │ bank 1: all words       │
 *           worker     main       worker                    worker
 *
 * The words of one publish belong together, so they are under a sequence lock with two banks: the worker
 * writes the bank that nobody is sent to, then adds one to the sequence, whose lowest bit says which bank is
 * whole. A reader copies that bank and is done if the sequence has not moved meanwhile, because the bank is
 * written again only after it has moved. With a single bank a reader would wait for a worker that the system
 * put to sleep in the middle of publishing, and would wait for ever for one that was terminated there.
 */
import { LINE_BYTES } from '../ring/ring-layout.ts';
import { FEED, FEED_COUNTER_WORDS } from './feed-counters.ts';

const BANK_BYTES = Math.ceil((FEED_COUNTER_WORDS * Float64Array.BYTES_PER_ELEMENT) / LINE_BYTES) * LINE_BYTES;
const TAKEN_OFFSET = LINE_BYTES;
const BANKS_OFFSET = 2 * LINE_BYTES;

/** Float64 words are carried as two int32 each, since `Atomics` takes integers only. */
const HALVES = FEED_COUNTER_WORDS * 2;

/**
 * Copies a reader makes until one is whole. Each failed one means that the worker published during a copy
 * of some hundred loads; that many in a row do not happen, but a bound is a bound.
 */
const TRIES_MAX = 1000;

const sequenceWord = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, 1);

const bankHalves = (memory: SharedArrayBuffer): readonly [Int32Array, Int32Array] => [
  new Int32Array(memory, BANKS_OFFSET, HALVES),
  new Int32Array(memory, BANKS_OFFSET + BANK_BYTES, HALVES),
];

/** Memory for the counters of one feed, all zero. */
export function feedCounterMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(BANKS_OFFSET + 2 * BANK_BYTES);
}

/** Runs on: the worker of the feed. One instance at a time. */
export class FeedCounterWriter {
  /** Private to the worker: count here, at the cost of an array element, then `publish`. */
  readonly local: Float64Array = new Float64Array(FEED_COUNTER_WORDS);
  readonly #halves = new Int32Array(this.local.buffer);
  readonly #sequenceWord: Int32Array;
  readonly #banks: readonly [Int32Array, Int32Array];
  #sequence: number;

  /** Goes on from what was published, so a worker that is started anew keeps the counts of the one before. */
  constructor(memory: SharedArrayBuffer) {
    this.#sequenceWord = sequenceWord(memory);
    this.#banks = bankHalves(memory);
    this.#sequence = Atomics.load(this.#sequenceWord, 0);
    this.#halves.set(this.#banks[this.#sequence & 1]!);
  }

  /** Shows all words of `local` to readers, together. `taken` is the main thread's and is not among them. */
  publish(): void {
    const sequence = (this.#sequence + 1) | 0;
    const bank = this.#banks[sequence & 1]!;
    const halves = this.#halves;
    for (let i = 0; i < HALVES; i++) {
      // The plain read is of memory that only this thread writes; most words have not changed, and an atomic
      // store costs ten times a read. The stores are atomic because a slow reader may still be copying this
      // bank: it throws the copy away, but on arm64 it would not notice if plain stores passed the sequence.
      const half = halves[i]!;
      if (bank[i] !== half) Atomics.store(bank, i, half);
    }
    Atomics.store(this.#sequenceWord, 0, sequence);
    this.#sequence = sequence;
  }
}

/** Runs on: the main thread. */
export class FeedCounterReader {
  readonly #sequenceWord: Int32Array;
  readonly #banks: readonly [Int32Array, Int32Array];
  /** One aligned word that only the main thread writes. */
  readonly #taken: Float64Array;
  readonly #copy = new Float64Array(FEED_COUNTER_WORDS);
  readonly #halves = new Int32Array(this.#copy.buffer);

  constructor(memory: SharedArrayBuffer) {
    this.#sequenceWord = sequenceWord(memory);
    this.#banks = bankHalves(memory);
    this.#taken = new Float64Array(memory, TAKEN_OFFSET, 1);
  }

  /**
   * Copies all words, as one publish left them, to the beginning of `into`.
   *
   * @returns false if the worker published during every one of very many copies: the words may then be of
   * two publishes.
   */
  read(into: Float64Array): boolean {
    let whole = false;
    for (let tries = 0; tries < TRIES_MAX && !whole; tries++) {
      const sequence = Atomics.load(this.#sequenceWord, 0);
      const bank = this.#banks[sequence & 1]!;
      for (let i = 0; i < HALVES; i++) this.#halves[i] = Atomics.load(bank, i);
      whole = Atomics.load(this.#sequenceWord, 0) === sequence;
    }
    this.#copy[FEED.taken] = this.#taken[0]!;
    into.set(this.#copy);
    return whole;
  }

  /** Counts records taken out of the ring. The one word that the main thread writes. */
  addTaken(records: number): void {
    this.#taken[0]! += records;
  }
}
