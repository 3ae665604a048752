import assert from 'node:assert/strict';
import test from 'node:test';
import { Ladder } from '../../../src/workers/simulator/ladder.ts';
import { Random } from '../../../src/workers/simulator/random.ts';

const levels = (ladder: Ladder): number[][] =>
  Array.from({ length: ladder.size }, (_, rank) => [ladder.tick(rank), ladder.lots(rank), ladder.time(rank)]);

for (const direction of [1, -1] as const)
  test(`a ladder with direction ${direction} is a sorted map, whatever the order of changes`, () => {
    const random = new Random(5);
    const ladder = new Ladder(direction);
    const expected = new Map<number, number[]>();
    for (let n = 0; n < 5000; n++) {
      const tick = random.below(300);
      const lots = random.chance(0.4) ? 0 : 1 + random.below(9);
      ladder.set(tick, lots, n);
      if (lots === 0) expected.delete(tick);
      else expected.set(tick, [tick, lots, n]);
      assert.equal(ladder.lotsAt(tick), lots);
    }
    const sorted = [...expected.values()].sort((a, b) => (b[0]! - a[0]!) * direction);
    assert.deepEqual(levels(ladder), sorted);
    assert.equal(ladder.rankOf(sorted[7]![0]!), 7);
    ladder.truncate(10);
    assert.deepEqual(levels(ladder), sorted.slice(0, 10));
  });
