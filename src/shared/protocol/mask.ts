export const MASK_KEY_BYTES = 4;

/** Up to here a loop over bytes is faster than making a view of words. */
const WORDS_WORTH_BYTES = 48;

/** One key turned to where words begin, in the byte order of this machine. */
const turned = new Uint8Array(MASK_KEY_BYTES);
const turnedWord = new Uint32Array(turned.buffer);

/**
 * Masks or unmasks `bytes[from..to)` where it lies: the two are the same. Source: RFC 6455, section 5.3.
 *
 * @param key the four bytes in `key[keyAt..]`.
 * @param phase bytes of the payload that come before `from`.
 */
export function applyMask(
  bytes: Uint8Array,
  from: number,
  to: number,
  key: Uint8Array,
  keyAt: number,
  phase: number,
): void {
  let at = from;
  if (to - from > WORDS_WORTH_BYTES) {
    const wordsAt = from + (-(bytes.byteOffset + from) & 3);
    for (; at < wordsAt; at++) bytes[at]! ^= key[keyAt + ((phase + at - from) & 3)]!;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2);
    for (let i = 0; i < MASK_KEY_BYTES; i++) turned[i] = key[keyAt + ((phase + at - from + i) & 3)]!;
    const word = turnedWord[0]!;
    const count = words.length;
    for (let i = 0; i < count; i++) words[i]! ^= word;
    at += count * Uint32Array.BYTES_PER_ELEMENT;
  }
  for (; at < to; at++) bytes[at]! ^= key[keyAt + ((phase + at - from) & 3)]!;
}
