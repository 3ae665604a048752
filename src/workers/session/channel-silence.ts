import { type DurationNs, durationMs, elapsed, type MonotonicNs } from '../../shared/units.ts';

export interface ChannelSilenceOptions {
  /** How often `sample` is called, ms. A sample that comes later means that this thread stood still. */
  readonly sampleEveryMs: number;
  /** How often the venue sends something for its own sake; 0 where it does not. */
  readonly heartbeatMs: number;
  /** No silence shorter than this is judged. */
  readonly floorMs?: number;
  /** A channel that would have to be silent for longer than this by its mean wait alone is not judged at all. */
  readonly ceilingMs?: number;
}

const FLOOR_MS = 15_000;
const CEILING_MS = 1_800_000;

/** Silences shorter than this many heartbeats may be the venue taking a breath. */
const HEARTBEATS = 5;
/** Silences shorter than this many samples may be the sampling. */
const SAMPLES = 5;

/**
 * How many mean waits a silence must last. Were the gaps all of one scale, a longer one would come by chance
 * once in e^16, nine million, gaps; what the scale is off by is taken out of that.
 */
const WAITS = 16;

/**
 * How many times the longest gap so far, in mean waits of its time. Gaps with a tail like a power have no
 * scale; where it is the power of 1.3, the longest of one day exceeds three times the longest of the day
 * before in one case of five, and with any lighter tail hardly ever. What chance brings, the simulation counts.
 */
const RECORDS = 3;
/** A record fades with this time constant, whether anything is heard or not. */
const RECORD_MEMORY_MS = 86_400_000;

/** Gaps fade with this time constant, or over so many of them where that takes longer. */
const MEMORY_MS = 3_600_000;
const MEMORY_GAPS = 60;

/** Nothing is judged before a channel was watched for so long and ended so many gaps. */
const WARM_UP_MS = 600_000;
const WARM_UP_GAPS = 30;

/** Words of one channel; all times are ns of the time in which this thread listened. */
const WORD = {
  /** Messages counted at the last sample. */
  count: 0,
  /** When the count last moved. */
  heardAt: 1,
  /** When the channel began to be expected. */
  since: 2,
  /** Sum of half the squares of the gaps, fading. */
  waiting: 3,
  /** Sum of the gaps, fading. */
  watched: 4,
  /** Gaps that ended since the channel began to be expected. */
  gaps: 5,
  /** The longest gap in mean waits of its time, as it was at `recordAt`. */
  record: 6,
  recordAt: 7,
  state: 8,
} as const;
const WORDS = 9;

const STATE = {
  notExpected: 0,
  /** Expected, and nothing was counted yet since: what comes first is an answer or a snapshot and ends no gap. */
  fresh: 1,
  listening: 2,
  /** Reported as silent. Should it end by itself, it was an outage or the record that it is kept as, and no gap. */
  reported: 3,
} as const;

/**
 * Finds channels that have fallen silent on a connection that is alive otherwise: the venue forgot a
 * subscription, or its part that serves the channel died.
 *
 * Each channel is measured against itself. Messages come in bursts, so that the mean gap, of which nearly all
 * are within bursts, says little; what is asked is how long somebody waits who begins to wait at any moment.
 * That is half the sum of the squares of the gaps by the sum of the gaps, in which the long ones weigh as much
 * as the time they took. The mean wait follows the market within an hour or so: the night makes it longer
 * little by little. How many mean waits the longest gap took is a matter of the market's kind rather than of
 * the hour, and is remembered for a day. A silence of many mean waits, and of several times the longest gap
 * on record, is no chance.
 *
 * A silence under way counts for nothing until it has ended, or else the dead would seem ever less so.
 *
 * Only time in which this thread listened counts: not pauses, and not what a sample came too late.
 */
export class ChannelSilence {
  readonly #sampleEvery: DurationNs;
  readonly #floor: DurationNs;
  readonly #ceiling: DurationNs;
  #words: Float64Array;
  #channels = 0;
  #paused = false;
  #sampledAt: MonotonicNs | undefined;
  /** Time listened so far, ns. */
  #listened = 0;
  readonly #silent: number[] = [];

  constructor(options: ChannelSilenceOptions) {
    const { sampleEveryMs, heartbeatMs, floorMs = FLOOR_MS, ceilingMs = CEILING_MS } = options;
    this.#sampleEvery = durationMs(sampleEveryMs);
    this.#floor = durationMs(Math.max(floorMs, HEARTBEATS * heartbeatMs, SAMPLES * sampleEveryMs));
    this.#ceiling = durationMs(ceilingMs);
    this.#words = new Float64Array(16 * WORDS);
  }

  /** From now on this channel should have something to say. What was learned of it before is forgotten. */
  expect(channel: number): void {
    const at = this.#place(channel);
    this.#words.fill(0, at, at + WORDS);
    this.#words[at + WORD.since] = this.#listened;
    this.#begin(at);
  }

  /** This channel need not say anything any more. */
  dismiss(channel: number): void {
    this.#words[this.#place(channel) + WORD.state] = STATE.notExpected;
  }

  /** The channel was subscribed anew: what it said before holds, and the silence until its answer is no gap. */
  restarted(channel: number): void {
    const at = this.#place(channel);
    if (this.#words[at + WORD.state] !== STATE.notExpected) this.#begin(at);
  }

  /** The connection is another. The channels are the same ones, and their gaps go on being what they were. */
  reconnected(): void {
    for (let channel = 0; channel < this.#channels; channel++) this.restarted(channel);
  }

  /** While we do not read we cannot hear. */
  paused(now: MonotonicNs): void {
    this.#listen(now);
    this.#paused = true;
  }

  resumed(now: MonotonicNs): void {
    this.#listen(now);
    this.#paused = false;
  }

  /**
   * @param counts messages of each channel since any beginning; a number that went down is a change as well.
   * @returns the channels that are silent beyond chance, each once until it is heard or restarted. Valid until
   *   the next call.
   */
  sample(now: MonotonicNs, counts: Float64Array): readonly number[] {
    const words = this.#words;
    this.#silent.length = 0;
    this.#listen(now);
    const channels = Math.min(this.#channels, counts.length);
    for (let channel = 0, at = 0; channel < channels; channel++, at += WORDS) {
      const state = words[at + WORD.state]!;
      if (state === STATE.notExpected) continue;
      const silence = this.#listened - words[at + WORD.heardAt]!;
      if (counts[channel] !== words[at + WORD.count]) {
        words[at + WORD.count] = counts[channel]!;
        if (state === STATE.listening) this.#learn(at, silence);
        words[at + WORD.heardAt] = this.#listened;
        words[at + WORD.state] = STATE.listening;
      } else if (state !== STATE.reported && silence >= this.#floor && silence >= this.#patience(at)) {
        words[at + WORD.state] = STATE.reported;
        // Until the contrary is known it was chance, so that the same silence is not reported again and again.
        this.#remember(at, silence);
        this.#silent.push(channel);
      }
    }
    return this.#silent;
  }

  /** How long this channel may be silent, ns; Infinity while nothing can be said about it. */
  patience(channel: number): DurationNs {
    const at = this.#place(channel);
    const isExpected = this.#words[at + WORD.state] !== STATE.notExpected;
    const patience = isExpected ? this.#patience(at) : Number.POSITIVE_INFINITY;
    return Math.max(this.#floor, patience) as DurationNs;
  }

  #patience(at: number): number {
    const words = this.#words;
    if (
      words[at + WORD.gaps]! < WARM_UP_GAPS ||
      this.#listened - words[at + WORD.since]! < durationMs(WARM_UP_MS)
    )
      return Number.POSITIVE_INFINITY;
    const wait = words[at + WORD.waiting]! / words[at + WORD.watched]!;
    const least = WAITS * wait;
    // Beyond the ceiling it would take so long to tell death from quiet that nobody waits for the answer.
    if (least > this.#ceiling) return Number.POSITIVE_INFINITY;
    return Math.max(least, RECORDS * this.#record(at) * wait);
  }

  /** The longest gap in mean waits of its time, as far as it still counts. */
  #record(at: number): number {
    const age = this.#listened - this.#words[at + WORD.recordAt]!;
    return this.#words[at + WORD.record]! * Math.exp(-age / durationMs(RECORD_MEMORY_MS));
  }

  #remember(at: number, gap: number): void {
    const waits = (gap * this.#words[at + WORD.watched]!) / this.#words[at + WORD.waiting]!;
    if (waits <= this.#record(at)) return;
    this.#words[at + WORD.record] = waits;
    this.#words[at + WORD.recordAt] = this.#listened;
  }

  /** A gap has ended by itself. */
  #learn(at: number, silence: number): void {
    const words = this.#words;
    // An outage of hours on a channel that is not judged must not keep it from being judged for a day.
    const gap = Math.min(silence, this.#ceiling);
    if (words[at + WORD.gaps]! >= WARM_UP_GAPS) this.#remember(at, gap);
    const fading = Math.exp(-Math.min(gap / durationMs(MEMORY_MS), 1 / MEMORY_GAPS));
    words[at + WORD.waiting] = words[at + WORD.waiting]! * fading + (gap * gap) / 2;
    words[at + WORD.watched] = words[at + WORD.watched]! * fading + gap;
    words[at + WORD.gaps]!++;
  }

  #listen(now: MonotonicNs): void {
    const since = this.#sampledAt ?? now;
    const most = 2 * this.#sampleEvery;
    if (!this.#paused) this.#listened += Math.min(Math.max(elapsed(since, now), 0), most);
    this.#sampledAt = now;
  }

  #begin(at: number): void {
    this.#words[at + WORD.heardAt] = this.#listened;
    this.#words[at + WORD.state] = STATE.fresh;
  }

  /** Where the channel's words begin; makes room for it. */
  #place(channel: number): number {
    const at = channel * WORDS;
    if (at + WORDS > this.#words.length) {
      const grown = new Float64Array(Math.max(2 * this.#words.length, at + WORDS));
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#channels = Math.max(this.#channels, channel + 1);
    return at;
  }
}
