/** First in, first out, up to a size; what comes when it is full is not taken in. */
export class MessageQueue<T> {
  readonly #size: number;
  #items: T[] = [];
  #first = 0;

  /** @param size 0 for no limit. */
  constructor(size: number) {
    this.#size = size === 0 ? Number.POSITIVE_INFINITY : size;
  }

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** @returns false where it is full. */
  push(item: T): boolean {
    if (this.length >= this.#size) return false;
    this.#items.push(item);
    return true;
  }

  /** Takes the oldest. Only where `length` is above 0. */
  take(): T {
    const item = this.#items[this.#first] as T;
    this.#items[this.#first] = undefined as T;
    this.#first++;
    // Moving the rest once for every item taken would cost the square of a long queue.
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
