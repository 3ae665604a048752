import { HEADER } from '../../shared/records/header.ts';

const { bytes: BYTES } = HEADER.field;

/** Most records are as long as one block or two. */
const BLOCK_BYTES = 128;
const BLOCKS_AT_FIRST = 256;

/**
 * Copies of records that may have to be delivered later, in blocks of one size that are chained, so that
 * records of any length come and go in any order and leave no holes. Memory grows up to a bound and is kept.
 */
export class HeldRecords {
  /** Shared memory like the ring's own, so that V8 knows one kind of DataView where records are copied. */
  #view = new DataView(new SharedArrayBuffer(BLOCKS_AT_FIRST * BLOCK_BYTES));
  /** The block that follows in a record or in the list of free ones; 0 ends either. Block 0 is never used. */
  #next = new Int32Array(BLOCKS_AT_FIRST);
  #free = 0;
  #freeBlocks = 0;
  readonly #blocksMax: number;
  #records = 0;

  constructor(bytesMax: number) {
    this.#blocksMax = Math.max(BLOCKS_AT_FIRST, Math.floor(bytesMax / BLOCK_BYTES));
    this.#release(1, BLOCKS_AT_FIRST);
  }

  get records(): number {
    return this.#records;
  }

  /**
   * Copies the record at `at`.
   *
   * @param must the bound does not count: the record has its place in the output already.
   * @returns a handle above 0, or 0 where there is no room.
   */
  hold(view: DataView, at: number, must: boolean): number {
    const bytes = BYTES.get(view, at);
    const blocks = Math.ceil(bytes / BLOCK_BYTES);
    while (this.#freeBlocks < blocks) if (!this.#grow(must)) return 0;
    const first = this.#free;
    let block = first;
    for (let done = 0; ; block = this.#next[block]!) {
      const from = at + done;
      const to = block * BLOCK_BYTES;
      const part = Math.min(bytes - done, BLOCK_BYTES);
      for (let i = 0; i < part; i += 4) this.#view.setInt32(to + i, view.getInt32(from + i, true), true);
      done += part;
      if (done >= bytes) break;
    }
    this.#free = this.#next[block]!;
    this.#next[block] = 0;
    this.#freeBlocks -= blocks;
    this.#records++;
    return first;
  }

  /** Bytes of a record that is held. */
  bytes(handle: number): number {
    return BYTES.get(this.#view, handle * BLOCK_BYTES);
  }

  copyTo(handle: number, view: DataView, at: number): void {
    const bytes = this.bytes(handle);
    for (let block = handle, done = 0; done < bytes; block = this.#next[block]!) {
      const from = block * BLOCK_BYTES;
      const part = Math.min(bytes - done, BLOCK_BYTES);
      for (let i = 0; i < part; i += 4)
        view.setInt32(at + done + i, this.#view.getInt32(from + i, true), true);
      done += part;
    }
  }

  free(handle: number): void {
    let last = handle;
    let blocks = 1;
    for (; this.#next[last] !== 0; last = this.#next[last]!) blocks++;
    this.#next[last] = this.#free;
    this.#free = handle;
    this.#freeBlocks += blocks;
    this.#records--;
  }

  #grow(must: boolean): boolean {
    const from = this.#next.length;
    if (from >= this.#blocksMax && !must) return false;
    const view = new DataView(new SharedArrayBuffer(from * 2 * BLOCK_BYTES));
    for (let i = 0; i < from * BLOCK_BYTES; i += 4) view.setInt32(i, this.#view.getInt32(i, true), true);
    const next = new Int32Array(from * 2);
    next.set(this.#next);
    this.#view = view;
    this.#next = next;
    this.#release(from, from * 2);
    return true;
  }

  /** Makes the blocks from `from` to before `to` free. */
  #release(from: number, to: number): void {
    for (let block = to - 1; block >= from; block--) {
      this.#next[block] = this.#free;
      this.#free = block;
    }
    this.#freeBlocks += to - from;
  }
}
