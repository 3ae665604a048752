import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineStatistics, TimeHistogram } from '../../../src/workers/lines/line-statistics.ts';

test('a percentile lies in the power of two that its time lies in', () => {
  for (const us of [0, 0.4, 1, 3, 1_000, 5_000, 3e9]) {
    const times = new TimeHistogram();
    for (let n = 0; n < 100; n++) times.addNs(us * 1000);
    const p99 = times.percentileUs(99);
    assert.ok(us > 2 ** 31 ? p99 > 2 ** 31 : p99 <= Math.max(1, us * 2) && p99 >= us / 2, `${us}: ${p99}`);
  }
});

test('where nothing was counted there is no percentile', () => {
  assert.ok(Number.isNaN(new TimeHistogram().percentileUs(50)));
});

test('a histogram follows what changed', () => {
  const times = new TimeHistogram();
  for (let n = 0; n < 100_000; n++) times.addNs(1_000);
  for (let n = 0; n < 200_000; n++) times.addNs(1_000_000);
  assert.ok(times.percentileUs(50) > 500);
});

test('the share of lost records is that of the recent ones', () => {
  const statistics = new LineStatistics();
  for (let n = 0; n < 100_000; n++) {
    statistics.offer();
    if (n % 10 === 0) statistics.lose(1);
  }
  assert.ok(Math.abs(statistics.lossShare - 1 / 11) < 0.001);
  for (let n = 0; n < 300_000; n++) statistics.offer();
  assert.ok(statistics.lossShare < 0.001);
  assert.equal(statistics.lost, 10_000);
});
