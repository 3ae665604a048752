import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfigFile } from '../../../src/main/manager/config-file.ts';
import { readConfig } from '../../../src/main/manager/manager-config.ts';
import { resolveSettings } from '../../../src/main/manager/resolve-settings.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfeed-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const PAGE = `
websocket:
  connect_timeout: 11.0
  ping_interval: 31.0
  ping_timeout: 12.0
  reconnect_delay: 2.0
  reconnect_delay_max: 61.0
  max_reconnect_attempts: 7
  queue_size: 900
  disconnect_check_interval: 6.0
`;

const PAGE_VALUES = {
  connectTimeout: 11,
  pingInterval: 31,
  pingTimeout: 12,
  reconnectDelay: 2,
  reconnectDelayMax: 61,
  maxReconnectAttempts: 7,
  queueSize: 900,
  disconnectCheckInterval: 6,
};

test('flat keys, sections and both ways to write a name say the same', () => {
  const path = file('page.yaml', PAGE);
  assert.deepEqual(readConfig(readConfigFile(path)?.content, path).values, PAGE_VALUES);
  assert.deepEqual(readConfig(PAGE_VALUES, 'c').values, PAGE_VALUES);
  const nested = {
    connection: { timeout: 11 },
    ping: { interval: 31, timeout: 12 },
    reconnect: { delay: 2, max_delay: 61, maxAttempts: 7 },
    queue: { size: 900 },
    proactive: { disconnect_check_interval: 6 },
  };
  assert.deepEqual(readConfig(nested, 'c').values, PAGE_VALUES);
  const json = file('nested.json', JSON.stringify({ websocket: nested, other: { program: 1 } }));
  assert.deepEqual(readConfig(readConfigFile(json)?.content, json).values, PAGE_VALUES);
  assert.deepEqual(readConfig({ max_reconnect_delay: 9, connection_timeout: 8 }, 'c').values, {
    reconnectDelayMax: 9,
    connectTimeout: 8,
  });
});

test('values out of range are taken as the nearest allowed one, and that is told', () => {
  const given = {
    ping: { interval: 1, timeout: 99 },
    queue_size: 50_000,
    disconnect_margin: 60,
    reconnect_delay: -1,
  };
  const { values, warnings } = readConfig(given, 'ringfeed.config.yaml');
  assert.deepEqual(values, {
    pingInterval: 5,
    pingTimeout: 30,
    queueSize: 10_000,
    disconnectMargin: 60,
    reconnectDelay: 0,
  });
  assert.deepEqual(warnings, [
    'ringfeed.config.yaml ping.interval is 1, allowed: 5 to 60; taken as 5',
    'ringfeed.config.yaml ping.timeout is 99, allowed: 5 to 30; taken as 30',
    'ringfeed.config.yaml queue_size is 50000, allowed: 0 to 10000; taken as 10000',
    'ringfeed.config.yaml reconnect_delay is -1, allowed: 0 to 300; taken as 0',
  ]);
});

const REFUSED: readonly (readonly [unknown, string])[] = [
  [[], 'c is a list, expected a mapping'],
  [{ websocket: 5 }, 'c websocket is 5, expected a mapping'],
  [{ websocket: { ping: { interval: 'fast' } } }, 'c websocket.ping.interval is "fast", expected a number'],
  [{ ping: 5 }, 'c ping is 5, expected a mapping'],
  [
    { ping: { intervall: 5 } },
    'c ping.intervall is not known, allowed: interval, timeout (did you mean "interval"?)',
  ],
  [{ queueSize: 1.5 }, 'c queueSize is 1.5, expected a whole number'],
  [{ auto_reconnect: 'yes' }, 'c auto_reconnect is "yes", expected true or false'],
  [{ preset: 'tradin' }, 'c preset is "tradin", allowed: trading, monitoring (did you mean "trading"?)'],
  [{ pingInterval: 5, ping: { interval: 6 } }, 'c ping.interval says again what pingInterval says'],
  [{ pingInterval: Number.NaN }, 'c pingInterval is NaN, expected a number'],
];

for (const [given, message] of REFUSED)
  test(`a configuration is refused: ${message}`, () => {
    assert.throws(() => readConfig(given, 'c'), new MisuseError(`Condition failed: ${message}`));
  });

test('a key that is not known is refused with the nearest one, written the same way', () => {
  assert.throws(() => readConfig({ ping_intervall: 5 }, 'c'), /did you mean "ping_interval"/);
  assert.throws(() => readConfig({ pingIntervall: 5 }, 'c'), /did you mean "pingInterval"/);
  assert.throws(() => readConfig({ __proto__x: 5 }, 'c'), MisuseError);
});

test('a file that is not there or not what its name says is refused, and one that is empty says nothing', () => {
  assert.throws(() => readConfigFile(join(folder, 'missing.yaml')), MisuseError);
  assert.throws(() => readConfigFile(file('broken.yaml', 'a: [1')), MisuseError);
  assert.throws(() => readConfigFile(file('broken.json', '{')), MisuseError);
  assert.deepEqual(readConfig(readConfigFile(file('empty.yaml', ''))?.content, 'c').values, {});
});

test('a configuration in the working directory is found', () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    assert.equal(resolveSettings({}).settings.pingInterval, 30);
    file('ringfeed.config.json', '{"ping_interval": 20}');
    assert.equal(resolveSettings({}).settings.pingInterval, 20);
    file('ringfeed.config.yaml', 'ping_interval: 25');
    assert.equal(resolveSettings({}).settings.pingInterval, 25);
    assert.equal(resolveSettings({ config: false }).settings.pingInterval, 30);
    assert.equal(resolveSettings({ config: 'ringfeed.config.json' }).settings.pingInterval, 20);
  } finally {
    process.chdir(before);
  }
});

test('an option outranks the configuration, that the preset, and that the standard; options are not clamped', () => {
  const { settings } = resolveSettings({
    pingInterval: 2,
    maxReconnectDelay: 45,
    preset: 'trading',
    config: { preset: 'monitoring', ping: { interval: 40, timeout: 7 } },
  });
  assert.deepEqual(
    [settings.pingInterval, settings.pingTimeout, settings.reconnectDelayMax, settings.reconnectDelay],
    [2, 7, 45, 0.5],
  );
  assert.deepEqual([settings.maxReconnectAttempts, settings.queueSize], [20, 1000]);
  assert.equal(resolveSettings({ config: { preset: 'monitoring' } }).settings.maxReconnectAttempts, 50);
});

test('a platform says how long a connection lives, unless that is said elsewhere', () => {
  const url = 'wss://stream.binance.com:9443/ws';
  const limitOf = (options: object): number =>
    resolveSettings({ url, config: false, ...options } as never).settings.connectionLimit;
  assert.equal(limitOf({ platform: 'binance' }), 86_400);
  assert.equal(limitOf({ platform: 'kraken' }), Number.POSITIVE_INFINITY);
  assert.equal(limitOf({ platform: 'binance', connectionLimit: 3600 }), 3600);
  assert.equal(limitOf({ platform: 'binance', config: { connection_limit: 7200 } }), 7200);
});
