import assert from 'node:assert/strict';
import test from 'node:test';
import {
  faultEntry,
  parseFault,
  SIMULATOR_FAULT_NAMES,
  type SimulatorFault,
} from '../../../src/shared/simulator/fault-names.ts';

const READ: readonly [text: string, fault: SimulatorFault][] = [
  ...SIMULATOR_FAULT_NAMES.filter((name) => faultEntry(name).takes === undefined).map(
    (name) => [name, { name }] as [string, SimulatorFault],
  ),
  ['drop-connection:10s', { name: 'drop-connection', everyMs: 10_000 }],
  ['reset:@1.5s', { name: 'reset', atMs: 1500 }],
  ['silent:@2m:for250ms', { name: 'silent', atMs: 120_000, forMs: 250 }],
  ['close:1012:30s', { name: 'close', value: 1012, everyMs: 30_000 }],
  ['refuse-connections:429', { name: 'refuse-connections', value: 429 }],
  ['skip-update:BTC/USD:10s', { name: 'skip-update', symbol: 'BTC/USD', everyMs: 10_000 }],
  ['connection-life:20s', { name: 'connection-life', durationMs: 20_000 }],
  ['connection-life:20s:1012', { name: 'connection-life', durationMs: 20_000, value: 1012 }],
  ['lose:0.001', { name: 'lose', probability: 0.001 }],
  ['lose:1:connection2', { name: 'lose', probability: 1, connection: 2 }],
  ['lose:.5:10s:for1s', { name: 'lose', probability: 0.5, everyMs: 10_000, forMs: 1000 }],
  ['jitter:5ms', { name: 'jitter', durationMs: 5 }],
  ['jitter:5ms:@2s', { name: 'jitter', durationMs: 5, atMs: 2000 }],
  ['drop-connection:connection3', { name: 'drop-connection', connection: 3 }],
  ['repeat:trade', { name: 'repeat', channel: 'trade' }],
];

test('a fault is read with its times, code, symbol and channel', () => {
  for (const [text, fault] of READ) assert.deepEqual(parseFault(text), { ok: true, fault }, text);
});

const REFUSED: readonly [text: string, reason: RegExp][] = [
  ['', /no fault named ""/],
  ['drop', /no fault named "drop"/],
  ['toString', /no fault named "toString"/],
  ['reset:soon', /neither a time/],
  ['reset:0s', /too short/],
  ['reset:for2s', /does not last/],
  ['reset:1012', /no code for reset/],
  ['close:1005', /no code for close/],
  ['refuse-connections:200', /no code for/],
  ['silent:BTC/USD', /no single symbol/],
  ['silent:book', /no single channel/],
  ['corrupt-checksum:trade', /no checksum/],
  ['connection-life', /needs a time, as in connection-life:20s/],
  ['connection-life:@20s', /needs a time/],
  ['connection-life:20s:1005', /no code/],
  ['lose', /needs a probability above 0/],
  ['lose:0', /above 0 and up to 1/],
  ['lose:2', /above 0 and up to 1/],
  ['reset:0.5', /takes no probability/],
  ['jitter', /needs a time, as in jitter:5ms/],
  ['jitter:11s', /at most 10s/],
  ['silent:for9999999m', /too long/],
  ['maintenance:connection1', /no single connection/],
  ['reset:connection0', /counted from 1/],
  ['reset:1s:@1s', /either every so often or once/],
];

test('what is no fault is refused with a reason', () => {
  for (const [text, reason] of REFUSED) {
    const parsed = parseFault(text);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.reason, reason);
  }
});

test('an unknown name is given back, so that the nearest one can be suggested', () => {
  const parsed = parseFault('drop-conection:10s');
  assert.equal(parsed.ok ? undefined : parsed.unknownName, 'drop-conection');
});
