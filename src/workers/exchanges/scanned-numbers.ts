import { type Scanner, valueIndex, wordIndex } from '../scanner/scanner.ts';

/** Where numbers are put, by their places: of a ticker, a quote or a candle. */
interface NumbersDraft {
  readonly numbers: Float64Array;
  readonly decimals: Uint8Array;
}

/** Which slots of a shape hold the numbers of a record. */
export class ScannedNumbers {
  readonly #values: readonly number[];
  readonly #words: readonly number[];
  readonly #places: readonly number[];

  /**
   * @param slots of the numbers.
   * @param places of the same in the record; in its order where left out.
   */
  constructor(slots: readonly number[], places: readonly number[] = slots.map((_, n) => n)) {
    this.#values = slots.map(valueIndex);
    this.#words = slots.map(wordIndex);
    this.#places = places;
  }

  /** Copies the numbers of the message scanned last, and how they were written. */
  copyTo(draft: NumbersDraft, { int32, float64 }: Scanner): void {
    const { numbers, decimals } = draft;
    for (let n = 0; n < this.#places.length; n++) {
      const place = this.#places[n]!;
      numbers[place] = float64[this.#values[n]!]!;
      decimals[place] = int32[this.#words[n]!]!;
    }
  }
}

/** So many slots, one after the other. */
export const slotsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => first + n);
