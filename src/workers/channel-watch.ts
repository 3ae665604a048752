import { COUNTED } from '../shared/counters/feed-counters.ts';
import { durationMs, later, type MonotonicNs } from '../shared/units.ts';
import type { ChannelName } from '../shared/venues/venue.ts';
import { ChannelSilence } from './session/channel-silence.ts';

const SAMPLE_EVERY_MS = 5_000;
/** Kraken says something once a second at least. Source: docs.kraken.com/api/docs/websocket-v2/heartbeat, read 2026-05-27. */
const HEARTBEAT_MS = 1_000;

/** Kinds of records that a channel of the same name sends without end. */
const WATCHED: readonly (ChannelName | undefined)[] = COUNTED.map((name) =>
  name === 'instrument' || name === 'raw' ? undefined : name,
);

/** Of its own patience: a channel that is silent again within so much of it was not helped. */
const AGAIN_WITHIN = 3;

/** A channel that is silent, and whether it was so not long ago already. */
export interface SilentChannel {
  readonly channel: ChannelName;
  readonly again: boolean;
}

/** Looks now and then whether each channel of a connection still has something to say. */
export class ChannelWatch {
  readonly #silence = new ChannelSilence({ sampleEveryMs: SAMPLE_EVERY_MS, heartbeatMs: HEARTBEAT_MS });
  /** Records of each kind so far, in the order of `COUNTED`; brought up to date before each look. */
  readonly counts = new Float64Array(COUNTED.length);
  readonly #expected = new Set<ChannelName>();
  /** When each channel was found silent last. */
  readonly #silentAt = new Map<ChannelName, MonotonicNs>();
  #dueAt = Number.NEGATIVE_INFINITY as MonotonicNs;

  nextDeadline(): MonotonicNs {
    return this.#dueAt;
  }

  reconnected(): void {
    this.#silence.reconnected();
    this.#silentAt.clear();
  }

  paused(now: MonotonicNs): void {
    this.#silence.paused(now);
  }

  resumed(now: MonotonicNs): void {
    this.#silence.resumed(now);
  }

  /** @param subscribed the channels that should have something to say. @returns those that should and do not. */
  look(now: MonotonicNs, subscribed: ReadonlySet<ChannelName>): readonly SilentChannel[] {
    if (now < this.#dueAt) return [];
    this.#dueAt = later(now, durationMs(SAMPLE_EVERY_MS));
    for (const [row, channel] of WATCHED.entries()) {
      if (channel === undefined || subscribed.has(channel) === this.#expected.has(channel)) continue;
      if (subscribed.has(channel)) {
        this.#expected.add(channel);
        this.#silence.expect(row);
      } else {
        this.#expected.delete(channel);
        this.#silence.dismiss(row);
      }
    }
    return this.#silence.sample(now, this.counts).flatMap((row) => {
      const channel = WATCHED[row];
      if (channel === undefined) return [];
      const before = this.#silentAt.get(channel);
      const again = before !== undefined && now - before < AGAIN_WITHIN * this.#silence.patience(row);
      this.#silentAt.set(channel, now);
      this.#silence.restarted(row);
      return [{ channel, again }];
    });
  }
}
