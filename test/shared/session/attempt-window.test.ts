import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { AttemptWindow } from '../../../src/shared/session/attempt-window.ts';
import { durationS, type MonotonicNs, NS_PER_S } from '../../../src/shared/units.ts';
import { Random } from '../../support/random.ts';

const WINDOW = durationS(10);

const at = (seconds: number): MonotonicNs => (seconds * NS_PER_S) as MonotonicNs;

/** Which of these attempts pass, each a second and which of the threads makes it. */
function passed(count: number, attempts: readonly (readonly [second: number, thread: number])[]): number[] {
  const memory = AttemptWindow.memory(count);
  const threads = [new AttemptWindow(memory, WINDOW), new AttemptWindow(memory, WINDOW)];
  return attempts
    .filter(([second, thread]) => threads[thread]!.tryTake(at(second)))
    .map(([second]) => second);
}

test('no more than the limit pass in any window, whichever thread makes them', () => {
  const attempts = [0, 4, 9, 9.9, 10, 13, 14, 18, 19].map((second, i) => [second, i % 2] as const);
  assert.deepEqual(passed(3, attempts), [0, 4, 9, 10, 14, 19]);
});

test('without a limit everything passes, at any time', () => {
  const window = new AttemptWindow(AttemptWindow.memory(Number.POSITIVE_INFINITY), WINDOW);
  for (let i = 0; i < 1_000; i++) assert.equal(window.tryTake(at(5)), true);
  assert.equal(window.readyAt(), Number.NEGATIVE_INFINITY);
});

test('a limit below one still lets one through, or nothing would ever happen', () => {
  assert.deepEqual(
    passed(0, [
      [0, 0],
      [1, 0],
      [10, 0],
    ]),
    [0, 10],
  );
});

test('it says when the next may pass: long ago while there is room, then a window after the oldest', () => {
  const window = new AttemptWindow(AttemptWindow.memory(2), WINDOW);
  assert.equal(window.readyAt(), Number.NEGATIVE_INFINITY);
  window.tryTake(at(2));
  assert.equal(window.readyAt(), Number.NEGATIVE_INFINITY);
  window.tryTake(at(1));
  assert.equal(window.readyAt(), at(11));
  assert.equal(window.tryTake((at(11) - 1) as MonotonicNs), false);
  assert.equal(window.tryTake(at(11)), true);
  assert.equal(window.readyAt(), at(12));
});

test('an attempt at the first moment of the process counts like any other', () => {
  const window = new AttemptWindow(AttemptWindow.memory(1), WINDOW);
  assert.equal(window.tryTake(0 as MonotonicNs), true);
  assert.equal(window.tryTake(at(1)), false);
  assert.equal(window.tryTake(at(10.1)), true);
});

test('a fraction of a nanosecond never lets one through early', () => {
  const window = new AttemptWindow(AttemptWindow.memory(1), WINDOW);
  assert.equal(window.tryTake(1_000_000.25 as MonotonicNs), true);
  assert.equal(window.tryTake((1_000_000.2 + WINDOW) as MonotonicNs), false);
  assert.equal(window.tryTake((1_000_001 + WINDOW) as MonotonicNs), true);
});

test('a thread that read its clock long before the others takes nothing that is theirs', () => {
  const memory = AttemptWindow.memory(1);
  const late = new AttemptWindow(memory, WINDOW);
  assert.equal(new AttemptWindow(memory, WINDOW).tryTake(at(50)), true);
  assert.equal(late.tryTake(at(20)), false);
  assert.equal(late.readyAt(), at(60));
});

test('a time that no monotonic clock gives is a mistake of ours', () => {
  const window = new AttemptWindow(AttemptWindow.memory(1), WINDOW);
  for (const time of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => window.tryTake(time as MonotonicNs), InvariantError);
});

test('whatever the times and limits, no span of the window holds more attempts than allowed, and none is wasted', () => {
  for (let seed = 0; seed < 200; seed++) {
    const chance = new Random(seed);
    const limit = 1 + chance.below(8);
    const memory = AttemptWindow.memory(limit);
    const threads = Array.from({ length: 3 }, () => new AttemptWindow(memory, WINDOW));
    const taken: number[] = [];
    let now = 0;
    for (let i = 0; i < 300; i++) {
      now += chance.below(4) * NS_PER_S;
      const inWindow = taken.filter((time) => time > now - WINDOW).length;
      const may = chance.pick(threads).tryTake((now + 1) as MonotonicNs);
      assert.equal(may, inWindow < limit, `seed ${seed}, attempt ${i}`);
      if (may) taken.push(now);
    }
  }
});
