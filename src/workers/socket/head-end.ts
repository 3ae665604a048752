/** CR LF CR LF. */
const HEAD_END = [13, 10, 13, 10] as const;

/** Finds where the head of an HTTP response ends in bytes that come in pieces. */
export class HeadEnd {
  #matched = 0;

  /** @returns the index behind the head, or -1 where it does not end in `bytes[start..end)`. */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === HEAD_END[this.#matched]) this.#matched++;
      else this.#matched = byte === HEAD_END[0] ? 1 : 0;
      if (this.#matched === HEAD_END.length) {
        this.#matched = 0;
        return i + 1;
      }
    }
    return -1;
  }
}
