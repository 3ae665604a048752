import { CHANNELS, type ChannelName } from '../../shared/venues/venue.ts';
import type { Random } from './random.ts';
import type { Topic } from './topics.ts';

/** How often each channel is sent where the options do not say. */
const DEFAULT_MIX: Readonly<Record<ChannelName, number>> = {
  book: 0.8,
  trade: 0.1,
  ticker: 0.05,
  quote: 0.03,
  candle: 0.02,
  instrument: 0,
};

/** Of a book without a depth, far out is where hardly anything happens. */
const REACH_MAX = 1000;

export type Mix = Partial<Readonly<Record<ChannelName, number>>>;

/** Draws which stream is due next: first the channel by its weight, then one of its streams. */
export class StepPlan {
  readonly #weights: Readonly<Record<ChannelName, number>>;
  readonly #random: Random;

  constructor(mix: Mix, random: Random) {
    this.#weights = { ...DEFAULT_MIX, ...mix };
    this.#random = random;
  }

  /** @param of Streams of a channel that somebody is to be sent. @returns undefined where there are none. */
  draw(of: (channel: ChannelName) => readonly Topic[]): Topic | undefined {
    let total = 0;
    for (const channel of CHANNELS) if (of(channel).length > 0) total += this.#weights[channel];
    let left = this.#random.next() * total;
    for (const channel of CHANNELS) {
      const topics = of(channel);
      if (topics.length === 0) continue;
      left -= this.#weights[channel];
      if (left < 0) return topics[this.#random.below(topics.length)];
    }
    return undefined;
  }

  /** How deep into the book the next change may reach, so that most changes show in every window. */
  reach(depths: readonly number[]): number {
    const reach = this.#random.chance(0.9) ? Math.min(...depths) : Math.max(...depths);
    return Math.min(reach, REACH_MAX);
  }
}
