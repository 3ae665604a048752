import { invariant } from '../invariant.ts';
import { LINE_BYTES } from './ring-layout.ts';

/** Values of the parked word. */
const AWAKE = 0;
const PARKED = 1;

/** Index of the parked word as int32: alone on its cache line, since every worker loads it at each publish. */
const WORD = LINE_BYTES / 4;

/**
 * How a thread that has nothing to read sleeps, and is woken by the first that publishes.
 *
 * One word is shared by the reader (the main thread) and all who write to its rings. A wake costs
 * microseconds, so a writer wakes a reader that sleeps and no other; with the reader awake, a ring of the
 * bell is one atomic load.
 *
 * Each side writes its own word and then looks at the other's:
 *
 *     writer                              reader
 *     publish:  store tail                arm:      store parked
 *     ring:     load parked               look:     load tail of every ring
 *
 * Atomic operations have one order that all threads agree on. So if the writer's load comes before the
 * reader's store, its tail was stored earlier still, and the reader finds it when it looks. Otherwise the
 * writer sees that the reader is parked, and wakes it. Hence: publish before `ring`, `arm` before looking,
 * and look before waiting. A wake that comes between looking and waiting is not lost either, because
 * waiting compares the word and returns at once when it is no longer parked.
 * doorbell-preemption.test.ts tries every order, and what breaks when a line is moved.
 *
 * A worker that is terminated inside `ring` may have taken the word and not woken anybody: whoever sees a
 * worker end calls `wake`, and `waitSync`, during which nobody could, is given a time.
 */
export class Doorbell {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * LINE_BYTES);
  }

  /** Wakes the reader if it sleeps or is about to. Runs on: a worker, after it has published. */
  ring(): void {
    if (Atomics.load(this.#words, WORD) !== PARKED) return;
    // Of several writers that see it parked, one wakes it.
    if (Atomics.compareExchange(this.#words, WORD, PARKED, AWAKE) === PARKED) this.#notify();
  }

  /** Announces that the reader is going to sleep. It must look at its rings once more before it does. */
  arm(): void {
    Atomics.store(this.#words, WORD, PARKED);
  }

  /** The reader found something after all, and does not wait. */
  disarm(): void {
    Atomics.store(this.#words, WORD, AWAKE);
  }

  /**
   * Blocks the reader until the bell rings; disarmed afterwards either way.
   *
   * @returns false if it did not ring within `timeoutMs`, which may be Infinity. True may also come without a
   *   new record, as `waitAsync` may: a writer that took the word in one sleep and was held up before it
   *   notified ends the next one.
   */
  waitSync(timeoutMs: number): boolean {
    // Atomics.wait would take NaN for ever.
    invariant(!Number.isNaN(timeoutMs), 'a wait has a time');
    const result = Atomics.wait(this.#words, WORD, PARKED, timeoutMs);
    // A writer may have taken the word just after the time was up, so the word has the last say.
    const word = Atomics.exchange(this.#words, WORD, AWAKE);
    return result !== 'timed-out' || word === AWAKE;
  }

  /**
   * Resolves when the bell rings; undefined when it has rung since `arm`. Takes no time limit: a timed wait
   * holds native memory until its time is over, even when woken long before. It does not keep the process
   * alive; whoever waits holds something that does.
   */
  waitAsync(): Promise<void> | undefined {
    const wait = Atomics.waitAsync(this.#words, WORD, PARKED);
    return wait.async ? wait.value.then(() => undefined) : undefined;
  }

  /** Ends every wait, whether or not anything was published. Runs on: the main thread, to stop. */
  wake(): void {
    Atomics.store(this.#words, WORD, AWAKE);
    this.#notify();
  }

  #notify(): void {
    // All of them, not one: an asynchronous wait that the reader gave up on (`disarm` while it was pending)
    // is still in the queue, and would take the wake meant for the one after it.
    Atomics.notify(this.#words, WORD);
  }
}
