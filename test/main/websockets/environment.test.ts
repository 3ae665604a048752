import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffTimes, handshakeLimits, redirectsMax } from '../../../src/main/websockets/environment.ts';
import { backoff } from '../../../src/main/websockets/forever.ts';

test('without variables the defaults are those of Python’s websockets', () => {
  assert.deepEqual(handshakeLimits({}), { maxLineLength: 8192, maxHeaders: 128, maxBodySize: 1024 * 1024 });
  assert.deepEqual(backoffTimes({}), { initial: 5, min: 3.1, factor: 1.618, max: 90 });
  assert.equal(redirectsMax({}), 10);
});

test('each variable changes what it is named after', () => {
  const env = {
    RINGFEED_MAX_LINE_LENGTH: '100',
    RINGFEED_MAX_NUM_HEADERS: ' 7 ',
    RINGFEED_MAX_BODY_SIZE: '9',
    RINGFEED_MAX_REDIRECTS: '0',
    RINGFEED_BACKOFF_INITIAL_DELAY: '0.5',
    RINGFEED_BACKOFF_MIN_DELAY: '1',
    RINGFEED_BACKOFF_FACTOR: '2',
    RINGFEED_BACKOFF_MAX_DELAY: '5',
  };
  assert.deepEqual(handshakeLimits(env), { maxLineLength: 100, maxHeaders: 7, maxBodySize: 9 });
  assert.equal(redirectsMax(env), 0);
  const delays = backoff(() => 0.5, backoffTimes(env));
  assert.deepEqual(
    Array.from({ length: 6 }, () => delays.next().value),
    [0.25, 1, 2, 4, 5, 5],
  );
});

test('a variable that is no number of its kind is passed over', () => {
  for (const value of ['', ' ', 'many', '-1', 'NaN', 'Infinity', '1.5e400'])
    assert.deepEqual(
      [
        handshakeLimits({ RINGFEED_MAX_NUM_HEADERS: value }),
        backoffTimes({ RINGFEED_BACKOFF_FACTOR: value }),
      ],
      [handshakeLimits({}), backoffTimes({})],
      value,
    );
  assert.equal(handshakeLimits({ RINGFEED_MAX_NUM_HEADERS: '1.5' }).maxHeaders, 128);
  assert.equal(backoffTimes({ RINGFEED_BACKOFF_FACTOR: '0.5' }).factor, 1.618);
});
