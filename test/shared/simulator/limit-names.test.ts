import assert from 'node:assert/strict';
import test from 'node:test';
import {
  limitsFlaw,
  parseLimit,
  SIMULATOR_LIMIT_NAMES,
  SIMULATOR_LIMITS,
  type SimulatorLimits,
} from '../../../src/shared/simulator/limit-names.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const READ: readonly [text: string, limits: SimulatorLimits][] = [
  ['attempts=150/10m', { attempts: 150, attemptsWindowMs: 600_000 }],
  ['connections=50', { connections: 50 }],
  ['requests-per-second=20', { requestsPerSecond: 20 }],
  ['symbols-per-request=100', { symbolsPerRequest: 100 }],
  ['subscriptions-per-connection=200', { subscriptionsPerConnection: 200 }],
  ['connection-life=24h', { connectionLifeMs: 86_400_000 }],
  ['connection-life=1.5s/1006', { connectionLifeMs: 1500, connectionEndCode: 1006 }],
];

test('a limit is read with its number, time and code', () => {
  for (const [text, limits] of READ) assert.deepEqual(parseLimit(text), { ok: true, limits }, text);
});

test('every limit’s example can be read', () => {
  for (const name of SIMULATOR_LIMIT_NAMES) assert.ok(parseLimit(SIMULATOR_LIMITS[name].example).ok, name);
});

const REFUSED = [
  'attempts=150',
  'attempts=150/10',
  'attempts=0/10m',
  'attempts=1/2s/3',
  'requests-per-second=',
  'requests-per-second=1.5',
  'requests-per-second=20/1s',
  'symbols-per-request=ten',
  'symbols-per-request=1=2',
  'subscriptions-per-connection=100001',
  'connection-life=20',
  'connection-life=9999999h',
  'connection-life=20s/1005',
];

test('what is no limit is refused with an example', () => {
  for (const text of REFUSED) {
    const parsed = parseLimit(text);
    assert.ok(!parsed.ok && parsed.unknownName === undefined, text);
    assert.match(parsed.reason, /expected a form like/, text);
  }
});

test('an unknown name is given back, so that the nearest one can be suggested', () => {
  for (const name of ['attempt', 'toString', '']) {
    const parsed = parseLimit(`${name}=1`);
    assert.equal(parsed.ok ? undefined : parsed.unknownName, name);
  }
});

test('a venue’s own limits can be kept to as they are', () => {
  for (const { limits } of Object.values(VENUES)) assert.equal(limitsFlaw(limits), undefined);
  assert.equal(limitsFlaw({ attempts: Number.POSITIVE_INFINITY }), undefined);
});

const FLAWED: readonly SimulatorLimits[] = [
  { attempts: 5 },
  { attempts: 5, attemptsWindowMs: 0 },
  { requestsPerSecond: 0.5 },
  { symbolsPerRequest: Number.NaN },
  { connectionLifeMs: -1 },
  { connectionLifeMs: 5, connectionEndCode: 4000 },
];

test('limits that cannot be kept to have a flaw', () => {
  for (const limits of FLAWED) assert.notEqual(limitsFlaw(limits), undefined, JSON.stringify(limits));
});
