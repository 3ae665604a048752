import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type AppOptions,
  checkAppOptions,
  checkRunOptions,
  type RunOptions,
  reconnectSeconds,
} from '../../../src/main/websocket-client/app-options.ts';
import { setReconnect } from '../../../src/main/websocket-client/defaults.ts';

after(() => setReconnect(0));

const REFUSED: readonly (readonly [RunOptions, string])[] = [
  [{ pingInterval: -1 }, 'Ensure ping_interval >= 0'],
  [{ pingInterval: Number.NaN }, 'Ensure ping_interval >= 0'],
  [{ pingTimeout: 0 }, 'Ensure ping_timeout > 0'],
  [{ pingTimeout: -1 }, 'Ensure ping_timeout > 0'],
  [{ pingInterval: 5, pingTimeout: 5 }, 'Ensure ping_interval > ping_timeout'],
  [{ pingInterval: 5, pingTimeout: 6 }, 'Ensure ping_interval > ping_timeout'],
  [{ reconnect: -1 }, 'reconnect is -1, expected seconds from 0 on'],
  [{ reconnect: Number.POSITIVE_INFINITY }, 'reconnect is Infinity, expected seconds from 0 on'],
];

for (const [options, message] of REFUSED)
  test(`${JSON.stringify(options)} cannot be: ${message}`, () => {
    assert.throws(() => checkRunOptions(options), { name: 'WebSocketException', message });
  });

const ACCEPTED: readonly RunOptions[] = [
  {},
  { pingInterval: 0, pingTimeout: 5 },
  { pingInterval: 5, pingTimeout: 4 },
  { pingInterval: null, pingTimeout: null, reconnect: null },
];

for (const options of ACCEPTED)
  test(`${JSON.stringify(options)} can be`, () => {
    checkRunOptions(options);
  });

test('a connected socket is refused, with the reason and what to use', () => {
  const options = { socket: {} } as unknown as AppOptions;
  assert.throws(() => checkAppOptions(options), {
    name: 'WebSocketException',
    message: /^socket cannot be given: .* thread of the connections\. Use .*sockopt and sslopt/,
  });
  checkAppOptions({ socket: null, keepRunning: false });
});

test('the delay is the one of the run, or the one of the process', () => {
  assert.equal(reconnectSeconds({}), 0);
  setReconnect(3);
  assert.deepEqual(
    [{}, { reconnect: null }, { reconnect: 0 }, { reconnect: 1 }].map(reconnectSeconds),
    [3, 3, 0, 1],
  );
});
