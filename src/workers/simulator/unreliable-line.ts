import type { Random } from './random.ts';

interface Delayed {
  readonly text: string;
  readonly dueMs: number;
}

export interface LineQuality {
  /** Of losing a message of the market. */
  readonly lossProbability: number;
  /** Most a message of the market is delayed. */
  readonly jitterMs: number;
}

/**
 * What happens to messages between the market and one connection: some are lost, some come late, none
 * overtakes another. Loss and delay have chance of their own, so that one does not change the other.
 */
export class UnreliableLine {
  readonly #lossRandom: Random;
  readonly #jitterRandom: Random;
  #quality: LineQuality = { lossProbability: 0, jitterMs: 0 };
  #queue: Delayed[] = [];
  #queuedLength = 0;

  constructor(lossRandom: Random, jitterRandom: Random) {
    this.#lossRandom = lossRandom;
    this.#jitterRandom = jitterRandom;
  }

  set quality(quality: LineQuality) {
    this.#quality = quality;
  }

  /** Letters under way. */
  get queuedLength(): number {
    return this.#queuedLength;
  }

  /** True where a message has to go through the line, so that it overtakes none before it. */
  get isDelaying(): boolean {
    return this.#quality.jitterMs > 0 || this.#queue.length > 0;
  }

  /** When the first message under way arrives; undefined where there is none. */
  get nextDueMs(): number | undefined {
    return this.#queue[0]?.dueMs;
  }

  /** Draws whether the next message of the market is lost. */
  loses(): boolean {
    const { lossProbability } = this.#quality;
    return lossProbability > 0 && this.#lossRandom.chance(lossProbability);
  }

  /** Sends a message on its way, late by chance where it is one of the market. */
  put(text: string, isMarket: boolean, nowMs: number): void {
    const delayMs = isMarket ? this.#jitterRandom.next() * this.#quality.jitterMs : 0;
    this.#queue.push({ text, dueMs: nowMs + delayMs });
    this.#queuedLength += text.length;
  }

  /** Takes out what has arrived; what is due waits for what was put before it. Infinity takes everything. */
  arrived(nowMs: number): readonly string[] {
    let count = 0;
    while (count < this.#queue.length && this.#queue[count]!.dueMs <= nowMs) count++;
    const texts = this.#queue.splice(0, count).map(({ text }) => text);
    for (const text of texts) this.#queuedLength -= text.length;
    return texts;
  }
}
