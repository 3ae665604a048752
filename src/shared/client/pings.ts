import { latin1Text } from '../text/latin1.ts';

/** A ping that is on its way. */
export interface Ping {
  /** Who waits for it, by a number of theirs. */
  readonly id: number;
  readonly sentAtMs: number;
}

/** Pings without a pong, in the order in which they went out. */
export class Pings {
  readonly #waiting = new Map<string, Ping>();

  /** @returns false where a ping with this payload waits already: no pong could tell them apart. */
  add(payload: Uint8Array, id: number, nowMs: number): boolean {
    const key = latin1Text(payload);
    if (this.#waiting.has(key)) return false;
    this.#waiting.set(key, { id, sentAtMs: nowMs });
    return true;
  }

  has(payload: Uint8Array): boolean {
    return this.#waiting.has(latin1Text(payload));
  }

  /** @returns the pings that this pong answers, the newest last: a pong acknowledges all earlier pings. */
  answered(payload: Uint8Array): readonly Ping[] {
    const key = latin1Text(payload);
    if (!this.#waiting.has(key)) return [];
    const answered: Ping[] = [];
    for (const [waiting, ping] of this.#waiting) {
      this.#waiting.delete(waiting);
      answered.push(ping);
      if (waiting === key) break;
    }
    return answered;
  }
}
