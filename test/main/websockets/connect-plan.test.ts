import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectOptions } from '../../../src/main/options/connect-options.ts';
import { planOf } from '../../../src/main/websockets/connect-plan.ts';
import { InvalidURI } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { HANDSHAKE_LIMITS } from '../../../src/shared/protocol/handshake/handshake-limits.ts';

const plan = (options: ConnectOptions = {}, env: NodeJS.ProcessEnv = {}) =>
  planOf('ws://localhost/', options, true, env);

test('without options everything is as documented', () => {
  const { userAgent, ...rest } = plan();
  assert.match(userAgent ?? '', /^ringfeed\/\d/);
  assert.deepEqual(rest, {
    uri: 'ws://localhost/',
    origin: undefined,
    subprotocols: [],
    compression: true,
    headers: [],
    maxSize: [1024 * 1024, null],
    queue: { high: 4096, low: 1024 },
    openTimeoutMs: 10_000,
    pingIntervalMs: 20_000,
    pingTimeoutMs: 20_000,
    closeTimeoutMs: 10_000,
    writeLimit: 32 * 1024,
    followsRedirects: true,
    redirectsMax: 10,
    proxy: true,
    env: {},
    tls: {},
    proxyTls: {},
    host: undefined,
    port: undefined,
    path: undefined,
    localAddress: undefined,
    limits: HANDSHAKE_LIMITS,
  });
});

test('times are seconds; null, Infinity and more than a timer can wait are no limit', () => {
  for (const [option, ms] of [
    [0.5, 500],
    [0, 0],
    [null, null],
    [Number.POSITIVE_INFINITY, null],
    [1e9, null],
  ] as const) {
    const { openTimeoutMs, pingIntervalMs, pingTimeoutMs, closeTimeoutMs } = plan({
      openTimeout: option,
      pingInterval: option,
      pingTimeout: option,
      closeTimeout: option,
    });
    assert.deepEqual([openTimeoutMs, pingIntervalMs, pingTimeoutMs, closeTimeoutMs], [ms, ms, ms, ms]);
  }
});

test('sizes and queues are one number, two, or none', () => {
  for (const [maxSize, sizes] of [
    [5, [5, null]],
    [null, [null, null]],
    [
      [5, 2],
      [5, 2],
    ],
    [
      [null, 2],
      [null, 2],
    ],
  ] as const)
    assert.deepEqual(plan({ maxSize }).maxSize, sizes);
  for (const [maxQueue, queue] of [
    [16, { high: 16, low: 4 }],
    [0, { high: 0, low: 0 }],
    [null, null],
    [[16, 10], { high: 16, low: 10 }],
    [[16, null], { high: 16, low: 4 }],
    [[null, 4], { high: 16, low: 4 }],
    [[null, null], null],
  ] as const)
    assert.deepEqual(plan({ maxQueue }).queue, queue);
});

test('the user agent is that of the option, of the environment, or ours', () => {
  const env = { RINGFEED_USER_AGENT: 'from the environment' };
  assert.equal(plan({}, env).userAgent, 'from the environment');
  assert.equal(plan({ userAgentHeader: 'mine' }, env).userAgent, 'mine');
  assert.equal(plan({ userAgentHeader: null }, env).userAgent, null);
});

test('of the environment the thread is told what names a proxy, and nothing else', () => {
  const env = {
    PATH: '/bin',
    SECRET: 'x',
    http_proxy: 'http://a',
    HTTPS_PROXY: 'http://b',
    no_proxy: 'c',
    all_proxy: 'd',
    my_proxy: 'e',
  };
  assert.deepEqual(Object.keys(plan({}, env).env).sort(), [
    'HTTPS_PROXY',
    'all_proxy',
    'http_proxy',
    'no_proxy',
  ]);
  assert.equal(plan({ proxy: null }, env).proxy, null);
  assert.equal(plan({ proxy: 'http://p' }, env).proxy, 'http://p');
});

test('headers are pairs, whatever they were given as', () => {
  for (const additionalHeaders of [
    { A: '1', B: '2' },
    [['A', '1'] as const, ['B', '2'] as const],
    new Map([
      ['A', '1'],
      ['B', '2'],
    ]),
  ])
    assert.deepEqual(plan({ additionalHeaders }).headers, [
      ['A', '1'],
      ['B', '2'],
    ]);
});

test('a plan crosses a thread', () => {
  structuredClone(plan({ tls: undefined as never, additionalHeaders: new Map([['A', '1']]) }));
});

test('an address that is none is an InvalidURI', () => {
  for (const uri of ['', 'localhost', 'http://localhost', 'ws://', undefined, null, 5])
    assert.throws(() => planOf(uri as string, {}, true, {}), InvalidURI, String(uri));
});
