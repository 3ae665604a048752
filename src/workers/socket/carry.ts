/** Capacity it begins with and goes back to, bytes. */
const CAPACITY_FIRST = 16 * 1024;
/** A larger one is given back as soon as it is empty, bytes. */
const CAPACITY_KEPT_MAX = 1024 * 1024;

const NOTHING = Buffer.allocUnsafeSlow(0);

/**
 * Bytes that outlive the read buffer: a frame whose end has not arrived, or what a full ring keeps waiting.
 *
 * It grows with the bytes that have arrived, never with the length a header announces.
 */
export class Carry {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  append(source: Uint8Array, from: number, to: number): void {
    const added = to - from;
    if (this.end + added > this.bytes.length) this.#makeRoom(added);
    this.bytes.set(source.subarray(from, to), this.end);
    this.end += added;
  }

  /** Everything before `start` has been dealt with. */
  consumeTo(start: number): void {
    this.start = start;
    if (start < this.end) return;
    this.start = 0;
    this.end = 0;
    if (this.bytes.length > CAPACITY_KEPT_MAX) this.bytes = NOTHING;
  }

  #makeRoom(added: number): void {
    const needed = this.length + added;
    let { bytes } = this;
    if (needed > bytes.length) {
      let capacity = Math.max(bytes.length, CAPACITY_FIRST);
      while (capacity < needed) capacity *= 2;
      bytes = Buffer.allocUnsafeSlow(capacity);
    }
    this.bytes.copy(bytes, 0, this.start, this.end);
    this.bytes = bytes;
    this.end -= this.start;
    this.start = 0;
  }
}
