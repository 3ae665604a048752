import { FEED } from '../../shared/counters/feed-counters.ts';
import type { FeedId } from '../../shared/units.ts';

/** Less than this says little of how busy a connection is. */
const SPAN_MS_MIN = 1_000;

interface Sample {
  readonly atMs: number;
  readonly messages: number;
  /** Messages per second up to this sample; undefined before the second one. */
  readonly rate: number | undefined;
}

interface Counted {
  readonly id: FeedId;
  counters(): Float64Array;
}

/** How busy each connection is, from what it has counted since it was last looked at. */
export class MessageRates {
  readonly #samples = new Map<FeedId, Sample>();

  /**
   * @param nowMs monotonic.
   * @returns messages per second; undefined where it was not looked at a while ago.
   */
  rate(connection: Counted, nowMs: number): number | undefined {
    const last = this.#samples.get(connection.id);
    if (last !== undefined && nowMs - last.atMs < SPAN_MS_MIN) return last.rate;
    const messages = connection.counters()[FEED.messages]!;
    const rate = last === undefined ? undefined : (1000 * (messages - last.messages)) / (nowMs - last.atMs);
    this.#samples.set(connection.id, { atMs: nowMs, messages, rate });
    return rate;
  }
}
