import { invariant } from '../../shared/invariant.ts';

const LONGEST = 64;
const scratch = new DataView(new ArrayBuffer(LONGEST));

/**
 * Bytes that a message must have at a place, four to 64 of them, compared eight at a time.
 *
 * A float64 is only a way to hold eight bytes here: two float64 are equal exactly where their bytes are,
 * except for NaN and the zeros, and no eight printable ASCII characters make one of those. Fewer than eight
 * bytes are compared as their first four and their last four.
 */
export class Literal {
  readonly length: number;
  readonly #words: Float64Array;
  /** The last eight bytes, which overlap the word before them where the length is no multiple of eight. */
  readonly #lastWord: number;
  readonly #firstHalf: number;
  readonly #lastHalf: number;

  constructor(text: string) {
    const { length } = text;
    invariant(/^[ -~]{4,64}$/.test(text), 'a literal is 4 to 64 printable ASCII characters');
    for (let i = 0; i < length; i++) scratch.setUint8(i, text.charCodeAt(i));
    const whole = length < 8 ? 0 : (length - 1) >>> 3;
    this.length = length;
    this.#words = Float64Array.from({ length: whole }, (_, n) => scratch.getFloat64(n * 8));
    this.#lastWord = length < 8 ? Number.NaN : scratch.getFloat64(length - 8);
    this.#firstHalf = scratch.getInt32(0);
    this.#lastHalf = scratch.getInt32(length - 4);
  }

  /** Whether the bytes from `at` are these and lie before `end`. */
  matches(view: DataView, at: number, end: number): boolean {
    const { length } = this;
    if (at + length > end) return false;
    if (length < 8)
      return view.getInt32(at) === this.#firstHalf && view.getInt32(at + length - 4) === this.#lastHalf;
    const words = this.#words;
    for (let n = 0; n < words.length; n++) if (view.getFloat64(at + n * 8) !== words[n]) return false;
    return view.getFloat64(at + length - 8) === this.#lastWord;
  }
}
