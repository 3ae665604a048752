import { durationMs, later, type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';

interface Planned {
  readonly at: number;
  /** Events of one moment run in the order they were planned. */
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Simulated time: what is to happen, in order. A heap, because a world plans many thousand events. */
export class Schedule {
  now = durationMs(3_600_000) as number as MonotonicNs;
  readonly #heap: Planned[] = [];
  #order = 0;

  /** Milliseconds from now. */
  in(ms: number, run: () => void): void {
    this.at(later(this.now, durationMs(ms)), run);
  }

  at(at: number, run: () => void): void {
    const heap = this.#heap;
    const planned: Planned = { at, order: this.#order++, run };
    let n = heap.length;
    for (; n > 0; n = (n - 1) >> 1) {
      const parent = heap[(n - 1) >> 1]!;
      if (!isBefore(planned, parent)) break;
      heap[n] = parent;
    }
    heap[n] = planned;
  }

  /** Time goes by in which nothing happens that is planned; it happens late. */
  standStill(ms: number): void {
    this.now = later(this.now, durationMs(ms));
  }

  /** Runs what is planned up to and including that time. */
  runUntil(end: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= end; first = this.#heap[0]) {
      this.#removeFirst();
      if (first.at > this.now) this.now = first.at as MonotonicNs;
      first.run();
    }
    if (end > this.now) this.now = end as MonotonicNs;
  }

  runFor(ms: number): void {
    this.runUntil(this.now + ms * NS_PER_MS);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let n = 0;
    for (;;) {
      let child = 2 * n + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[n] = heap[child]!;
      n = child;
    }
    heap[n] = last;
  }
}
