import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOpenOptions } from '../../../src/main/options/open-options.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';

const FEED = { exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'] };

const checked = (options: object): void => checkOpenOptions({ feeds: [{ ...FEED, ...options }] } as never);

const WRONG: readonly [options: object, message: string][] = [
  [{ limits: { attempts: 0 } }, 'limits.attempts is 0, allowed: whole numbers from 1 to 10000'],
  [
    { reconnect: { strategy: 'linear' } },
    'reconnect.strategy is "linear", allowed: immediate, fixed, exponential',
  ],
  [{ reconnect: { delay: -1 } }, 'reconnect.delay is -1, allowed: numbers from 0 to 86400'],
  [{ reconnect: { jitter: 2 } }, 'reconnect.jitter is 2, allowed: numbers from 0 to 1'],
  [{ reconnect: { attempts: 1.5 } }, 'reconnect.attempts is 1.5, allowed: whole numbers from 0 to Infinity'],
  [{ reconnect: { auto: 'no' } }, 'reconnect.auto is "no", expected true or false'],
  [{ reconnect: false }, 'reconnect is false, expected an object'],
  [{ reconnect: { delay: 5, max: 2 } }, 'reconnect.max is 2, allowed: reconnect.delay, which is 5, or more'],
  [{ shouldDisconnect: true }, 'shouldDisconnect is true, expected a function'],
  [{ onConnect: 'log' }, 'onConnect is "log", expected a function'],
  [{ disconnectCheckInterval: 0 }, 'disconnectCheckInterval is 0, allowed: numbers from 0.01 to 86400'],
  [{ connectionLimit: 0.5 }, 'connectionLimit is 0.5, allowed: numbers from 1 to Infinity'],
  [{ disconnectMargin: -1 }, 'disconnectMargin is -1, allowed: numbers from 0 to 86400'],
  [{ rotateEveryMs: 10 }, 'rotateEveryMs is 10, allowed: whole numbers from 1000 to Infinity'],
  [{ lines: 3 }, 'lines is 3, expected 1 or 2'],
];

for (const [options, message] of WRONG)
  test(`refused: ${message}`, () =>
    assert.throws(() => checked(options), new MisuseError(`Condition failed: option feeds.0.${message}`)));

test('what can be said of a connection may be said all at once', () => {
  checked({
    limits: { attempts: 5 },
    reconnect: { strategy: 'fixed', delay: 0.1, max: 0.1, jitter: 0, attempts: 3, auto: false },
    shouldDisconnect: () => false,
    shouldReconnect: async () => 1,
    onConnect: () => undefined,
    onDisconnect: () => undefined,
    disconnectCheckInterval: 0.1,
    reconnectCheckInterval: 0.1,
    connectionLimit: 60,
    disconnectMargin: 5,
    rotateEveryMs: 20_000,
    lines: 2,
  });
});
