import { HEADER } from '../../shared/records/header.ts';
import { copyRecord, recordMemory } from './record-memory.ts';

const { bytes: BYTES } = HEADER.field;

const BYTES_AT_FIRST = 4096;
/** An emptied queue keeps up to this much memory for the next time and gives back the rest. */
const BYTES_KEPT = 1 << 20;

/** Records in the worker's own memory, first in, first out. It grows as needed; whoever fills it sets a bound. */
export class RecordQueue {
  #view = recordMemory(BYTES_AT_FIRST);
  #head = 0;
  #tail = 0;
  #records = 0;

  /** Memory of the queue. Read it anew after each claim. */
  get view(): DataView {
    return this.#view;
  }

  /** Where the oldest record begins. */
  get head(): number {
    return this.#head;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#tail - this.#head;
  }

  get isEmpty(): boolean {
    return this.#records === 0;
  }

  /** @returns where up to `bytes` may be written. A claim that is not committed leaves no trace. */
  claim(bytes: number): number {
    if (this.#tail + bytes > this.#view.byteLength) this.#makeRoom(bytes);
    return this.#tail;
  }

  /** Takes in the record claimed last, whose length field is set. */
  commit(bytes: number): void {
    this.#tail += bytes;
    this.#records++;
  }

  append(view: DataView, at: number): void {
    const bytes = BYTES.get(view, at);
    const to = this.claim(bytes);
    copyRecord(view, at, this.#view, to, bytes);
    this.commit(bytes);
  }

  /** Removes the oldest record. */
  shift(): void {
    this.#head += BYTES.get(this.#view, this.#head);
    this.#records--;
    if (this.#records === 0) this.clear();
  }

  clear(): void {
    this.#head = 0;
    this.#tail = 0;
    this.#records = 0;
    if (this.#view.byteLength > BYTES_KEPT) this.#view = recordMemory(BYTES_AT_FIRST);
  }

  /** Moves what is held to the beginning; into twice the memory unless half of it or more became free. */
  #makeRoom(bytes: number): void {
    const held = this.bytes;
    let length = this.#view.byteLength;
    while (held + bytes > length / 2) length *= 2;
    const from = this.#view;
    if (length !== from.byteLength) this.#view = recordMemory(length);
    copyRecord(from, this.#head, this.#view, 0, held);
    this.#head = 0;
    this.#tail = held;
  }
}
