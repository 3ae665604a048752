import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MonotonicNs, NS_PER_S } from '../../../src/shared/units.ts';
import { ChannelSilence, type ChannelSilenceOptions } from '../../../src/workers/session/channel-silence.ts';

const HOUR = 3_600;

/** Channels that are sampled each second of a clock that only tests turn. */
class Listener {
  readonly silence: ChannelSilence;
  readonly counts: Float64Array;
  second = 0;

  constructor(channels = 1, options: Partial<ChannelSilenceOptions> = {}) {
    this.silence = new ChannelSilence({ sampleEveryMs: 1_000, heartbeatMs: 1_000, ...options });
    this.counts = new Float64Array(channels);
    for (let channel = 0; channel < channels; channel++) this.silence.expect(channel);
  }

  get now(): MonotonicNs {
    return (this.second * NS_PER_S) as MonotonicNs;
  }

  /**
   * Lets seconds pass, in each `every`-th of which the channel has a message.
   *
   * @returns the seconds from here at which silences were reported, with the channel.
   */
  listen(seconds: number, every = Number.POSITIVE_INFINITY, channel = 0): string[] {
    const reports: string[] = [];
    for (let i = 1; i <= seconds; i++) {
      this.second++;
      if (i % every === 0) this.counts[channel]!++;
      for (const silent of this.silence.sample(this.now, this.counts)) reports.push(`${i}s ${silent}`);
    }
    return reports;
  }
}

/** A channel that has had a message every ten seconds for an hour. */
function lively(options?: Partial<ChannelSilenceOptions>): Listener {
  const listener = new Listener(1, options);
  assert.deepEqual(listener.listen(HOUR, 10), []);
  return listener;
}

// Half of ten seconds is the mean wait of gaps of ten, and sixteen of them are eighty.
test('a channel that falls silent is reported once, in the measure of its own gaps', () => {
  assert.deepEqual(lively().listen(HOUR), ['80s 0']);
});

test('a channel is reported in silence again once it was heard', () => {
  const listener = lively();
  assert.equal(listener.listen(HOUR).length, 1);
  assert.deepEqual(listener.listen(HOUR, 10), []);
  assert.equal(listener.listen(2 * HOUR).length, 1);
});

test('each channel has a measure of its own', () => {
  const listener = new Listener(2);
  for (let i = 0; i < HOUR / 20; i++) {
    for (let second = 0; second < 20; second++) {
      if (second % 2 === 0) listener.counts[0]!++;
      if (second === 0) listener.counts[1]!++;
      assert.deepEqual(listener.listen(1), []);
    }
  }
  const reports = listener.listen(HOUR);
  assert.deepEqual(
    reports.map((report) => report.split(' ')[1]),
    ['0', '1'],
  );
  // The first by the floor, the second by sixteen times ten seconds.
  assert.deepEqual(
    reports.map((report) => Number.parseInt(report, 10)).map((second) => second > 100),
    [false, true],
  );
});

test('nothing is said of a channel that was heard too little, or for too short a time', () => {
  assert.deepEqual(new Listener().listen(10 * HOUR), []);
  const young = new Listener();
  young.listen(500, 1);
  assert.deepEqual(young.listen(90), []);
  const rare = new Listener();
  rare.listen(250, 10);
  assert.deepEqual(rare.listen(HOUR), []);
});

test('a channel that was expected and is not any more is not reported', () => {
  const listener = lively();
  listener.silence.dismiss(0);
  assert.deepEqual(listener.listen(HOUR), []);
  assert.equal(listener.silence.patience(0), Number.POSITIVE_INFINITY);
  // Expected again it is a channel like any new one.
  listener.silence.expect(0);
  assert.deepEqual(listener.listen(HOUR), []);
});

test('while we do not read nothing is held against a channel', () => {
  const listener = lively();
  listener.listen(30);
  listener.silence.paused(listener.now);
  assert.deepEqual(listener.listen(HOUR), []);
  listener.silence.resumed(listener.now);
  assert.deepEqual(listener.listen(HOUR), ['50s 0']);
});

test('a thread that stood still does not take its own sleep for silence', () => {
  const listener = lively();
  listener.listen(30);
  listener.second += HOUR;
  // Two samples' worth is all that a late one counts for.
  assert.deepEqual(listener.listen(HOUR), ['49s 0']);
});

test('a clock that seems to go back is not listened to', () => {
  const listener = lively();
  listener.second -= 100;
  assert.deepEqual(listener.listen(5, 10), []);
});

test('no gap is learned from a subscription that was made anew', () => {
  const listener = lively();
  const before = listener.silence.patience(0);
  listener.listen(70);
  listener.silence.restarted(0);
  listener.listen(70);
  listener.counts[0]!++;
  listener.listen(1);
  assert.equal(listener.silence.patience(0), before);
});

test('a subscription that was made anew and stays silent is reported again, after longer', () => {
  const listener = lively();
  assert.deepEqual(listener.listen(100), ['80s 0']);
  listener.silence.restarted(0);
  // The first silence may have been chance; then the next is three times as long before it is none.
  const [again] = listener.listen(HOUR);
  assert.ok(Number.parseInt(again!, 10) > 200 && Number.parseInt(again!, 10) <= 240, again);
});

test('an outage that ended by itself does not make a channel wait like one that is always quiet', () => {
  const listener = lively();
  assert.equal(listener.listen(5 * HOUR).length, 1);
  assert.deepEqual(listener.listen(HOUR, 10), []);
  assert.ok(listener.silence.patience(0) <= 240 * NS_PER_S);
});

test('after a reconnect every channel goes on being measured by what it was', () => {
  const listener = lively();
  listener.listen(70);
  listener.silence.reconnected();
  assert.deepEqual(listener.listen(HOUR), ['80s 0']);
});

test('a count that begins anew is a sign of life', () => {
  const listener = lively();
  listener.listen(70);
  listener.counts[0] = 0;
  assert.deepEqual(listener.listen(100), []);
});

const FLOORS: readonly { title: string; options: Partial<ChannelSilenceOptions>; floor: number }[] = [
  { title: 'fifteen seconds', options: {}, floor: 15 },
  { title: 'five heartbeats', options: { heartbeatMs: 15_000 }, floor: 75 },
  { title: 'what it is told', options: { floorMs: 40_000 }, floor: 40 },
];
for (const { title, options, floor } of FLOORS)
  test(`no silence is judged that is shorter than ${title}`, () => {
    const listener = new Listener(1, options);
    listener.listen(HOUR, 1);
    assert.deepEqual(listener.listen(HOUR), [`${floor}s 0`]);
  });

test('a channel whose mean wait is beyond the ceiling is not judged', () => {
  const listener = lively({ ceilingMs: 79_000 });
  assert.deepEqual(listener.listen(HOUR), []);
  assert.deepEqual(lively({ ceilingMs: 81_000 }).listen(HOUR).length, 1);
});

test('a market whose gaps grow little by little is waited for ever longer', () => {
  const listener = new Listener();
  const patience: number[] = [];
  for (let every = 2; every <= 60; every++) {
    assert.deepEqual(listener.listen(every * 40, every), [], `a message in ${every} s`);
    patience.push(listener.silence.patience(0));
  }
  assert.ok(patience.at(-1)! > 3 * patience[10]!);
});

test('there is room for as many channels as are expected, in any order', () => {
  const listener = new Listener(0);
  const { silence } = listener;
  const counts = new Float64Array(5_000);
  for (const channel of [4_999, 0, 2_500]) silence.expect(channel);
  const silent: number[] = [];
  for (let second = 0; second < 2 * HOUR; second++) {
    if (second < HOUR && second % 10 === 0) for (const channel of [4_999, 0]) counts[channel]!++;
    silent.push(...silence.sample((second * NS_PER_S) as MonotonicNs, counts));
  }
  assert.deepEqual(silent, [0, 4_999]);
});
