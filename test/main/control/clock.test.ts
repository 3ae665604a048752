import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SYSTEM_CLOCK } from '../../../src/main/control/clock.ts';

/** Longest time that one timer of Node holds. */
const LONGEST_MS = 2 ** 31 - 1;

test('a timer longer than one of Node fires in its time and not at once; it can be cancelled', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const fired: string[] = [];
    SYSTEM_CLOCK.setTimer(() => fired.push('long'), LONGEST_MS + 1_000);
    SYSTEM_CLOCK.setTimer(() => fired.push('never'), Number.POSITIVE_INFINITY);
    const cancel = SYSTEM_CLOCK.setTimer(() => fired.push('cancelled'), LONGEST_MS + 1_000);
    SYSTEM_CLOCK.setTimer(() => fired.push('past'), -5);
    mock.timers.tick(1);
    assert.deepEqual(fired, ['past']);
    mock.timers.tick(LONGEST_MS);
    cancel();
    assert.deepEqual(fired, ['past']);
    mock.timers.tick(1_000);
    assert.deepEqual(fired, ['past', 'long']);
  } finally {
    mock.timers.reset();
  }
});

test('the time is the one of the day', () => {
  assert.ok(Math.abs(SYSTEM_CLOCK.now() - Date.now()) < 60_000);
});
