import type { NoticeSink, RecordSink } from '../../src/workers/feed-events.ts';

const BYTES_MAX = 1 << 17;

/** One record at a time, written over the one before: what a codec costs without what comes after it. */
export class LastRecord implements RecordSink, NoticeSink {
  readonly view: DataView;
  readonly #words: Int32Array;
  readonly #committed: (typeId: number, view: DataView) => void;
  #typeId = 0;

  /** @param committed is called with each record, which begins where the memory does. */
  constructor(committed: (typeId: number, view: DataView) => void) {
    const memory = new SharedArrayBuffer(BYTES_MAX);
    this.view = new DataView(memory);
    this.#words = new Int32Array(memory);
    this.#committed = committed;
  }

  claim(typeId: number): number {
    this.#typeId = typeId;
    return 0;
  }

  commit(): void {
    this.#committed(this.#typeId, this.view);
  }

  put(words: Int32Array, from: number): void {
    const count = words[from]! >> 2;
    for (let i = 0; i < count; i++) this.#words[i] = words[from + i]!;
    this.#committed(words[from + 1]! & 255, this.view);
  }

  beginMessage(): void {}
  rollback(): void {}
  discard(): void {}
  status(): void {}
}
