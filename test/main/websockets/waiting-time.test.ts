import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMER_MAX_MS, timeoutMs, timerMs } from '../../../src/main/websockets/waiting-time.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';

test('seconds become milliseconds; what no timer can wait for is no limit', () => {
  for (const [seconds, ms] of [
    [0, 0],
    [-1, 0],
    [0.25, 250],
    [TIMER_MAX_MS / 1000, TIMER_MAX_MS],
    [TIMER_MAX_MS / 1000 + 1, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [null, undefined],
    [undefined, undefined],
  ] as const) {
    assert.equal(timerMs(seconds), ms);
    assert.equal(timeoutMs(seconds), ms);
  }
});

test('a timeout that is no number is misuse', () => {
  for (const wrong of ['1', Number.NaN, {}, 1n])
    assert.throws(() => timeoutMs(wrong as number), MisuseError, String(wrong));
});
