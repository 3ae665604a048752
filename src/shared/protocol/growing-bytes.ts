/** What a peer gets at once for a length it only announced. */
const FIRST_BYTES = 65536;
const GROWTH = 4;
const NO_BYTES = new Uint8Array(0);

/**
 * Bytes that arrive in pieces and lie in one place. Memory grows with what has arrived and not with what was
 * announced, and no more is copied than a fixed part of it, however small the pieces are.
 */
export class GrowingBytes {
  #bytes: Uint8Array = NO_BYTES;
  length = 0;

  /**
   * @param lengthMax what `length` will be at most, if known: nothing is allocated beyond it.
   * @returns the place of the new piece; it is good until the next call.
   */
  append(piece: Uint8Array, lengthMax = Number.POSITIVE_INFINITY): Uint8Array {
    const from = this.length;
    const to = from + piece.length;
    if (to > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(to, Math.min(lengthMax, Math.max(FIRST_BYTES, to * GROWTH))));
      grown.set(this.#bytes.subarray(0, from));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, from);
    this.length = to;
    return this.#bytes.subarray(from, to);
  }

  /** @returns everything, and begins anew elsewhere. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = NO_BYTES;
    this.length = 0;
    return taken;
  }
}
