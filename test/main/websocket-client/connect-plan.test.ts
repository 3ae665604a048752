import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectOptions } from '../../../src/main/websocket-client/connect-options.ts';
import { COOKIE_JAR, connectPlan, FIRST_ATTEMPT } from '../../../src/main/websocket-client/connect-plan.ts';
import { HANDSHAKE_LIMITS } from '../../../src/shared/protocol/handshake/handshake-limits.ts';
import {
  ValueError,
  WebSocketException,
  WebSocketProxyException,
} from '../../../src/shared/websocket-client/exceptions.ts';

const plan = (options: ConnectOptions = {}, env: Record<string, string> = {}, url = 'ws://example.com/') =>
  connectPlan(url, options, FIRST_ATTEMPT, env);

const names = (options: ConnectOptions, isOtherOrigin: boolean): string[] =>
  connectPlan('ws://example.com/', options, { isOtherOrigin }, {}).request!.headers.map(([name]) => name);

test('without options everything is as documented', () => {
  assert.deepEqual(plan(), {
    uri: 'ws://example.com:80/',
    origin: undefined,
    subprotocols: [],
    compression: false,
    headers: [],
    userAgent: null,
    request: {
      path: '/',
      headers: [
        ['Upgrade', 'websocket'],
        ['Host', 'example.com'],
        ['Origin', 'http://example.com'],
        ['Sec-WebSocket-Key', ''],
        ['Sec-WebSocket-Version', '13'],
        ['Connection', 'Upgrade'],
      ],
    },
    maxSize: [64 * 1024 * 1024, null],
    queue: { high: 4096, low: 1024 },
    openTimeoutMs: null,
    pingIntervalMs: null,
    pingTimeoutMs: null,
    pingPayload: new Uint8Array(0),
    closeTimeoutMs: 3000,
    writeLimit: 32 * 1024,
    followsRedirects: false,
    delivers: 'frames',
    acceptsMasked: true,
    checksText: true,
    proxy: null,
    proxyTimeoutMs: 60_000,
    noDelay: true,
    keepAliveMs: 30_000,
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

test('times are seconds; null is no limit, and an interval of 0 no ping', () => {
  const times = { timeout: 1.5, pingInterval: 20, pingTimeout: 10, closeTimeout: 0, httpProxyTimeout: 2 };
  const { openTimeoutMs, pingIntervalMs, pingTimeoutMs, closeTimeoutMs, proxyTimeoutMs } = plan(times);
  assert.deepEqual(
    [openTimeoutMs, pingIntervalMs, pingTimeoutMs, closeTimeoutMs, proxyTimeoutMs],
    [1500, 20_000, 10_000, 0, 2000],
  );
  const none = plan({ timeout: null, pingInterval: 0, pingTimeout: null, closeTimeout: null });
  assert.deepEqual(
    [none.openTimeoutMs, none.pingIntervalMs, none.pingTimeoutMs, none.closeTimeoutMs],
    [null, null, null, null],
  );
});

test('what cannot work is refused', () => {
  for (const [options, expected] of [
    [{ timeout: -1 }, WebSocketException],
    [{ pingInterval: Number.NaN }, WebSocketException],
    [{ maxSize: 1.5 }, WebSocketException],
    [{ socket: {} as unknown as null }, WebSocketException],
    [{ sockopt: [[0, 0, 0]] }, WebSocketException],
    [{ httpProxyHost: 'proxy.example' }, WebSocketProxyException],
    [{ proxyType: 'ftp' }, WebSocketProxyException],
  ] as const)
    assert.throws(() => plan(options), expected);
  assert.throws(() => plan({}, {}, 'http://example.com/'), ValueError);
  assert.throws(
    () => plan({ sslopt: { caCerts: '/nowhere' } }, {}, 'wss://example.com/'),
    WebSocketException,
  );
});

test('the address is told without what no handshake shows', () => {
  for (const [url, uri] of [
    ['ws://user:secret@Example.com/a?b#c', 'ws://example.com:80/a?b'],
    ['ws://user@[::1]:8080', 'ws://[::1]:8080/'],
    ['wss://example.com', 'wss://example.com:443/'],
  ] as const)
    assert.equal(plan({}, {}, url).uri, uri);
});

test('the proxy is that of the options, or of the environment, unless the host is an exception', () => {
  const env = { http_proxy: 'http://u:p%40ss@env.example:3128', no_proxy: '.internal' };
  const found = (options: ConnectOptions, url = 'ws://example.com/') => plan(options, env, url).proxy;
  assert.deepEqual(found({}), {
    scheme: 'http',
    host: 'env.example',
    port: 3128,
    username: 'u',
    password: 'p@ss',
  });
  assert.deepEqual(found({ httpProxyHost: 'own.example', httpProxyPort: 1, proxyType: 'socks5h' }), {
    scheme: 'socks5h',
    host: 'own.example',
    port: 1,
  });
  assert.equal(found({}, 'wss://example.com/'), null);
  assert.equal(found({}, 'ws://host.internal/'), null);
  assert.equal(found({ httpNoProxy: ['example.com'] }), null);
});

test('at another origin there is nothing that was given for the first', () => {
  const header = ['Authorization: a', 'cookie: b', 'X-Mine: d', 'proxy-authorization: e'];
  assert.deepEqual(names({ header, cookie: 'x=y' }, false).slice(6), [
    'Authorization',
    'cookie',
    'X-Mine',
    'proxy-authorization',
    'Cookie',
  ]);
  assert.deepEqual(names({ header, cookie: 'x=y' }, true).slice(6), ['X-Mine']);
  const byName = { AUTHORIZATION: 'a', 'X-Mine': 'b' };
  assert.deepEqual(names({ header: byName }, true).slice(6), ['X-Mine']);
  const other = connectPlan('ws://example.com/', { host: 'given.example' }, { isOtherOrigin: true }, {});
  assert.deepEqual(other.request!.headers[1], ['Host', 'example.com']);
});

test('cookies of the jar go to their host alone, and secure ones over TLS alone', () => {
  COOKIE_JAR.add('a=1; Domain=jar.example');
  COOKIE_JAR.add('b=2; Domain=jar.example; Secure');
  const cookie = (url: string): string | undefined =>
    plan({ cookie: 'mine=3' }, {}, url).request!.headers.find(([name]) => name === 'Cookie')?.[1];
  assert.equal(cookie('ws://jar.example/'), 'a=1; mine=3');
  assert.equal(cookie('wss://jar.example/'), 'a=1; b=2; mine=3');
  assert.equal(cookie('ws://other.example/'), 'mine=3');
});

test('TLS is set up for wss alone', () => {
  const sslopt = { certReqs: 0, serverHostname: 'name.example' } as const;
  assert.deepEqual(plan({ sslopt }, {}, 'wss://example.com/').tls, {
    rejectUnauthorized: false,
    servername: 'name.example',
  });
  assert.deepEqual(plan({ sslopt: { caCerts: '/nowhere' } }).tls, {});
});
