import { invariant } from '../invariant.ts';
import { HEADER } from '../records/header.ts';
import { PADDING_TYPE_ID } from '../records/record-catalogue.ts';
import { HEADER_SIZE } from '../records/record-header.ts';
import { CONTROL, heldBetween, openRing, RECORD_ALIGNMENT } from './ring-layout.ts';

/** What `tryClaim` returns when there is no room. */
export const RING_FULL = -1;

/**
 * The producing side of a ring. One thread, one instance at a time.
 *
 * A record goes through three steps: claimed (a place to write), committed (taken in, in order), published
 * (visible to the reader). Only `publish` touches memory the reader looks at, with one atomic store, so a
 * worker that dies anywhere leaves whole records behind and nothing else.
 */
export class RingWriter {
  /** The data of the ring; offsets returned by `tryClaim` index it. */
  readonly view: DataView;
  /** The same as words: a record that begins at `at` in `view` begins at `at / 4` here. */
  readonly words: Int32Array;
  /** Bytes of the data. */
  readonly capacity: number;
  readonly #control: Int32Array;
  readonly #mask: number;
  /** The reader's head as last seen. It only moves on, so an old one is safe: it shows too little room. */
  #head: number;
  /** End of what is committed. */
  #tail: number;
  /** End of what is published: what the tail word holds. */
  #published: number;
  /** Position of the claim not yet committed, and its bytes; 0 bytes where there is none. */
  #claimAt = 0;
  #claimed = 0;

  /** Continues at the published tail, so a new producer may take over the ring of one that died. */
  constructor(ring: SharedArrayBuffer) {
    const { control, data, words, capacity } = openRing(ring);
    this.view = data;
    this.words = words;
    this.capacity = capacity;
    this.#control = control;
    this.#mask = capacity - 1;
    this.#published = Atomics.load(control, CONTROL.tail);
    this.#tail = this.#published;
    this.#head = Atomics.load(control, CONTROL.head);
    heldBetween(this.#head, this.#tail, capacity);
  }

  /**
   * Longest record. Half of the data, because a record that does not fit before the end needs less than
   * its own length of padding in front: together never more than the whole, so an empty ring takes it.
   */
  get recordBytesMax(): number {
    return this.capacity >> 1;
  }

  /**
   * Finds room for a record of up to `bytes`. Nothing becomes visible, and a claim that is never committed
   * needs no undoing: the next one takes its place.
   *
   * @param bytes a multiple of 8, from the common header's size to `recordBytesMax`.
   * @returns where the record begins in `view`, or RING_FULL.
   */
  tryClaim(bytes: number): number {
    invariant(bytes % RECORD_ALIGNMENT === 0, 'a claim is a multiple of 8 bytes');
    invariant(bytes >= HEADER_SIZE, 'a claim has room for the common header');
    invariant(bytes <= this.recordBytesMax, 'a record is at most half of its ring');
    const tail = this.#tail;
    const untilEnd = this.capacity - (tail & this.#mask);
    const padding = bytes > untilEnd ? untilEnd : 0;
    if (padding + bytes > this.capacity - ((tail - this.#head) | 0) && padding + bytes > this.freeBytes()) {
      this.#claimed = 0;
      return RING_FULL;
    }
    if (padding !== 0) this.#writePadding(tail & this.#mask, padding);
    this.#claimAt = (tail + padding) | 0;
    this.#claimed = bytes;
    return this.#claimAt & this.#mask;
  }

  /**
   * Takes the last claim in with its final length, which the record must hold already. It is visible after
   * the next `publish`.
   */
  commit(bytes: number): void {
    invariant(bytes <= this.#claimed, 'a commit takes in the last claim, and no more than it claimed');
    invariant(bytes >= HEADER_SIZE && bytes % RECORD_ALIGNMENT === 0, 'a record ends at a multiple of 8');
    const stated = HEADER.field.bytes.get(this.view, this.#claimAt & this.#mask);
    invariant(stated === bytes, 'a committed record states its own length');
    this.#tail = (this.#claimAt + bytes) | 0;
    this.#claimed = 0;
  }

  /**
   * Claims a record of exactly `bytes` and takes it in at once. It is to be written whole, its length too,
   * before anything else is done here.
   *
   * @returns where the record begins, or RING_FULL.
   */
  append(bytes: number): number {
    const at = this.tryClaim(bytes);
    if (at === RING_FULL) return RING_FULL;
    this.#tail = (this.#claimAt + bytes) | 0;
    this.#claimed = 0;
    return at;
  }

  /** A place in what is committed, for `rollback`. */
  mark(): number {
    return this.#tail;
  }

  /** Takes back every commit since `mark`, padding included. Nothing of it may be published yet. */
  rollback(mark: number): void {
    invariant(((mark - this.#published) | 0) >= 0, 'what is published is never taken back');
    invariant(((this.#tail - mark) | 0) >= 0, 'a mark lies within what is committed');
    this.#tail = mark;
    this.#claimed = 0;
  }

  /**
   * Makes all committed records visible to the reader.
   *
   * @returns true if there were any, which is when the doorbell is to be rung.
   */
  publish(): boolean {
    const tail = this.#tail;
    if (tail === this.#published) return false;
    // The reader reads a record once it sees the new tail, so every byte of it is written before this line.
    // An atomic store orders the plain ones before it on every processor. ring-preemption.test.ts shows what
    // happens otherwise, ring-stress.test.ts runs it on real threads.
    Atomics.store(this.#control, CONTROL.tail, tail);
    this.#published = tail;
    return true;
  }

  /**
   * Room left, with the reader's head read anew. A record may need padding as well, so this much room
   * does not promise a record of this length.
   */
  freeBytes(): number {
    return this.capacity - this.heldBytes();
  }

  /** Bytes in use, committed ones included, with the reader's head read anew. */
  heldBytes(): number {
    // Pairs with the store in RingReader.release: the reader's reads of what it released lie before it, so
    // writing there after this load cannot change what it read.
    const head = Atomics.load(this.#control, CONTROL.head);
    const held = heldBetween(head, this.#tail, this.capacity);
    this.#head = head;
    return held;
  }

  #writePadding(at: number, bytes: number): void {
    // Lies beyond the tail, so the reader does not see it before the record behind it is published.
    HEADER.field.bytes.set(this.view, at, bytes);
    HEADER.field.typeId.set(this.view, at, PADDING_TYPE_ID);
  }
}
