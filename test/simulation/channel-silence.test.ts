import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, later, type MonotonicNs } from '../../src/shared/units.ts';
import { ChannelSilence } from '../../src/workers/session/channel-silence.ts';
import { seededRandom } from '../../src/workers/session/seeded-random.ts';
import { hawkes, logNormal, type Market, nights, pareto, poisson } from './random-market.ts';

const SAMPLE_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 3;
const CHANNELS = 8;

interface Figures {
  readonly falseAlarmsPerDay: number;
  /** Share of the time in which a death would be found. */
  readonly judged: number;
  /** From the last message to the report, ms; Infinity where there was none within two hours. */
  readonly delays: readonly number[];
}

/** Messages counted by the time of each sample. */
class Tally {
  readonly #times: readonly Float64Array[];
  readonly counts: Float64Array;

  constructor(times: readonly Float64Array[]) {
    this.#times = times;
    this.counts = new Float64Array(times.length);
  }

  until(ms: number): void {
    this.#times.forEach((times, channel) => {
      let count = this.counts[channel]!;
      while (times[count]! <= ms) count++;
      this.counts[channel] = count;
    });
  }
}

const at = (ms: number): MonotonicNs => later(0 as MonotonicNs, durationMs(ms));

/** Some days of a market that lives, then a death of every channel at a time of its own. */
function watch(market: Market, seed: number): Figures {
  const chance = seededRandom(seed);
  const span = DAYS * DAY_MS;
  // Each dies at some time of the last day; the last message before is its last word.
  const dies = Array.from({ length: CHANNELS }, () => span - DAY_MS * chance());
  const times = dies.map((diesAt) => market(span, chance).filter((time) => time < diesAt));
  const silence = new ChannelSilence({ sampleEveryMs: SAMPLE_MS, heartbeatMs: 1_000 });
  for (let channel = 0; channel < CHANNELS; channel++) silence.expect(channel);
  const tally = new Tally(times);
  const delays = new Array<number>(CHANNELS).fill(Number.POSITIVE_INFINITY);
  let falseAlarms = 0;
  let judged = 0;
  let looks = 0;
  for (let ms = 0; ms < span + 6 * HOUR_MS; ms += SAMPLE_MS) {
    tally.until(ms);
    for (const channel of silence.sample(at(ms), tally.counts)) {
      const heardAt = times[channel]!.at(-1)!;
      if (ms >= dies[channel]!) delays[channel] = Math.min(delays[channel]!, ms - heardAt);
      else {
        falseAlarms++;
        // What a feed does about it; the snapshot is not simulated, the next message takes its place.
        silence.restarted(channel);
      }
    }
    if (ms % 600_000 === 0 && ms > HOUR_MS)
      for (let channel = 0; channel < CHANNELS; channel++) {
        if (ms >= dies[channel]!) continue;
        looks++;
        if (silence.patience(channel) < Number.POSITIVE_INFINITY) judged++;
      }
  }
  const days = dies.reduce((sum, diesAt) => sum + diesAt, 0) / DAY_MS;
  return {
    falseAlarmsPerDay: falseAlarms / days,
    judged: judged / looks,
    delays: delays.sort((a, b) => a - b),
  };
}

interface Case {
  readonly title: string;
  readonly market: Market;
  /** False alarms of one channel in a day, at most. */
  readonly falseAlarms: number;
  /** Within how long half of the deaths, and all of them, are found, s. */
  readonly half: number;
  readonly all: number;
}

/**
 * Where the gaps have a scale, no alarm may be false: sixteen mean waits are one chance in nine million gaps,
 * and no market here has a million. A death is found within three times the longest gap of days, which for
 * such gaps is about thirty mean waits, the scale being known to a third or so; at night the waits are the
 * night's. Where gaps have no scale, a false alarm in two days is what a record of three times the longest gap
 * costs, and finding a death may take an hour: these markets do rest for many minutes.
 */
const CASES: readonly Case[] = [
  { title: 'two messages a second', market: poisson(500), falseAlarms: 0, half: 20, all: 30 },
  { title: 'a message in two seconds', market: poisson(2_000), falseAlarms: 0, half: 90, all: 120 },
  { title: 'a message in twenty seconds', market: poisson(20_000), falseAlarms: 0, half: 900, all: 1_200 },
  { title: 'bursts', market: hawkes(20_000, 0.8, 2_000), falseAlarms: 0, half: 600, all: 900 },
  { title: 'long bursts', market: hawkes(30_000, 0.9, 10_000), falseAlarms: 0.2, half: 900, all: 1_800 },
  { title: 'quiet nights', market: nights(poisson(500), 60), falseAlarms: 0, half: 900, all: 1_800 },
  {
    title: 'quiet nights of bursts',
    market: nights(hawkes(10_000, 0.8, 2_000), 30),
    falseAlarms: 0.1,
    half: 1_800,
    all: 3_600,
  },
  { title: 'log-normal gaps', market: logNormal(500, 1.5), falseAlarms: 0.5, half: 1_800, all: 3_600 },
  { title: 'gaps without a scale', market: pareto(300, 1.3), falseAlarms: 0.6, half: 7_200, all: 21_600 },
];
for (const [seed, { title, market, falseAlarms, half, all }] of CASES.entries())
  test(`of ${title}, deaths are found and quiet is seldom taken for one`, (t) => {
    const { falseAlarmsPerDay, judged, delays } = watch(market, seed);
    const median = delays[CHANNELS >> 1]! / 1_000;
    const longest = delays.at(-1)! / 1_000;
    t.diagnostic(
      `${falseAlarmsPerDay.toFixed(3)} false alarms a day and channel; deaths found after ${Math.round(median)} s, at most ${Math.round(longest)} s`,
    );
    assert.ok(falseAlarmsPerDay <= falseAlarms, `${falseAlarmsPerDay} a day`);
    assert.ok(judged > 0.99, `judged for ${judged} of the time`);
    assert.ok(median <= half, `half within ${median} s`);
    assert.ok(longest <= all, `all within ${longest} s`);
  });

test('a market that hardly trades is not judged, rather than wrongly', () => {
  const { falseAlarmsPerDay, judged } = watch(poisson(600_000), 1);
  assert.equal(falseAlarmsPerDay, 0);
  assert.ok(judged < 0.01, `judged for ${judged} of the time`);
});
