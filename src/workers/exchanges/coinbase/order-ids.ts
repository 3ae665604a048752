/** `2a0da34e-61f7-4c36-88e5-c9dd15927b16` */
const ORDER_ID_BYTES = 36;
const BEFORE_TAKER = '","taker_order_id":"';
const WORD = 4;

const BETWEEN = Uint8Array.from(BEFORE_TAKER, (letter) => letter.charCodeAt(0));
const BETWEEN_WORDS = wordsOf(BETWEEN);

function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer);
  return Int32Array.from({ length: bytes.length / WORD }, (_, n) => view.getInt32(n * WORD, true));
}

/**
 * Bits of a word that has a byte which a JSON text may not have as it is, or which ends or escapes it; else 0. The
 * high bit of a byte, or that of what is left of it without 32, without a quote or without a backslash. Literals,
 * because V8 looks at a constant of the module each time anew.
 */
function notPlain(word: number): number {
  const quotes = word ^ 0x2222_2222;
  const backslashes = word ^ 0x5c5c_5c5c;
  const below = ((word - 0x2020_2020) | 0) & ~word;
  const isQuote = ((quotes - 0x0101_0101) | 0) & ~quotes;
  const isBackslash = ((backslashes - 0x0101_0101) | 0) & ~backslashes;
  return (word | below | isQuote | isBackslash) & ~0x7f7f_7f7f;
}

const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c;

/** From where the maker's id begins to the quote behind the taker's. */
export const ORDER_IDS_BYTES: number = 2 * ORDER_ID_BYTES + BETWEEN.length;

/**
 * The two names of orders in a match. Nobody wants them, but no part of a shape passes over a text that may be
 * any, so they are looked at here, four bytes at a time where they lie in the scanner's memory.
 */
export class OrderIds {
  readonly #memory: ArrayBuffer;
  readonly #view: DataView;
  /** Memory of the last message, and where it begins in the scanner's; -1 where it lies elsewhere. */
  #source: Uint8Array | undefined;
  #sourceAt = -1;

  constructor(memory: ArrayBuffer) {
    this.#memory = memory;
    this.#view = new DataView(memory);
  }

  /** Whether both stand at `at`, with the key between them and with no sign that JSON writes otherwise. */
  stand(bytes: Uint8Array, at: number): boolean {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceAt = bytes.buffer === this.#memory ? bytes.byteOffset : -1;
    }
    return this.#sourceAt < 0 ? standIn(bytes, at) : this.#standHere(this.#sourceAt + at);
  }

  #standHere(maker: number): boolean {
    const view = this.#view;
    const between = maker + ORDER_ID_BYTES;
    const taker = between + BETWEEN.length;
    let odd = 0;
    for (let i = 0; i < ORDER_ID_BYTES; i += WORD)
      odd |= notPlain(view.getInt32(maker + i, true)) | notPlain(view.getInt32(taker + i, true));
    for (let n = 0; n < BETWEEN_WORDS.length; n++)
      odd |= view.getInt32(between + n * WORD, true) ^ BETWEEN_WORDS[n]!;
    return odd === 0;
  }
}

/** The same in messages that did not come whole in one chunk, and those of `ws`. */
function standIn(bytes: Uint8Array, maker: number): boolean {
  const between = maker + ORDER_ID_BYTES;
  const taker = between + BETWEEN.length;
  for (let i = 0; i < ORDER_ID_BYTES; i++)
    if (!isPlain(bytes[maker + i]!) || !isPlain(bytes[taker + i]!)) return false;
  for (let i = 0; i < BETWEEN.length; i++) if (bytes[between + i] !== BETWEEN[i]) return false;
  return true;
}
