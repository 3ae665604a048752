import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidProxy } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import type { ProxyServer } from '../../../src/shared/proxy/proxy-server.ts';
import { type HostProxyOptions, resolveHostProxy } from '../../../src/shared/proxy/resolve-host-proxy.ts';

const SECURE = { secure: true, host: 'example.com', port: 443 };
const PLAIN = { secure: false, host: 'example.com', port: 80 };
const LOCAL = { secure: false, host: 'localhost', port: 80 };
const BY_HAND = { host: 'p', port: 3128 };
const HTTP: ProxyServer = { scheme: 'http', host: 'p', port: 3128 };

const CASES: readonly (readonly [
  title: string,
  target: typeof SECURE,
  options: HostProxyOptions,
  env: Readonly<Record<string, string>>,
  expected: ProxyServer | undefined,
])[] = [
  ['nothing said means none', SECURE, {}, {}, undefined],
  ['a host by hand is used', SECURE, BY_HAND, { https_proxy: 'http://env:1' }, HTTP],
  [
    'with a user and a password as they are',
    SECURE,
    { ...BY_HAND, auth: ['a%20b', 'c:@/d'] },
    {},
    { ...HTTP, username: 'a%20b', password: 'c:@/d' },
  ],
  ['with another type', SECURE, { ...BY_HAND, type: 'socks5h' }, {}, { ...HTTP, scheme: 'socks5h' }],
  ['by an IPv6 address', SECURE, { host: '::1', port: 1 }, {}, { scheme: 'http', host: '::1', port: 1 }],
  ['an empty host is none', SECURE, { host: '', port: 0 }, {}, undefined],

  ['wss takes https_proxy', SECURE, {}, { https_proxy: 'http://p:3128' }, HTTP],
  ['wss never takes http_proxy', SECURE, {}, { http_proxy: 'http://p:3128' }, undefined],
  ['ws takes http_proxy', PLAIN, {}, { http_proxy: 'http://p:3128' }, HTTP],
  ['ws never takes https_proxy', PLAIN, {}, { https_proxy: 'http://p:3128' }, undefined],
  ['neither knows the others', PLAIN, {}, { ws_proxy: 'http://x', socks_proxy: 'http://x' }, undefined],
  ['upper case counts', SECURE, {}, { HTTPS_PROXY: 'http://p:3128' }, HTTP],
  ['lower case counts more', SECURE, {}, { HTTPS_PROXY: 'http://x', https_proxy: 'http://p:3128' }, HTTP],
  ['spaces are left out', SECURE, {}, { https_proxy: ' http://p :3128 ' }, HTTP],
  [
    'user and password are percent-decoded',
    SECURE,
    {},
    { https_proxy: 'http://us%40er:p%3Aw%2f@p:3128' },
    { ...HTTP, username: 'us@er', password: 'p:w/' },
  ],
  [
    'the type counts for the environment too',
    SECURE,
    { type: 'socks5' },
    { https_proxy: 'http://p:3128' },
    { ...HTTP, scheme: 'socks5' },
  ],
  [
    'without a type the address says it',
    SECURE,
    {},
    { https_proxy: 'socks4a://p:3128' },
    { ...HTTP, scheme: 'socks4a' },
  ],

  ['the list exempts from a host by hand', SECURE, { ...BY_HAND, noProxy: ['.com'] }, {}, undefined],
  ['so does the environment', SECURE, BY_HAND, { no_proxy: 'other, example.com' }, undefined],
  ['a list hides the environment', SECURE, { ...BY_HAND, noProxy: ['other'] }, { no_proxy: '*' }, HTTP],
  ['an empty list does not', SECURE, { ...BY_HAND, noProxy: [] }, { no_proxy: '*' }, undefined],
  ['localhost is exempt where no list is', LOCAL, BY_HAND, {}, undefined],
  ['127.0.0.1 is exempt where no list is', { ...LOCAL, host: '127.0.0.1' }, BY_HAND, {}, undefined],
  ['neither is where there is a list', LOCAL, { ...BY_HAND, noProxy: ['other'] }, {}, HTTP],
];

for (const [title, target, options, env, expected] of CASES) {
  test(title, () => assert.deepEqual(resolveHostProxy(target, options, env), expected));
}

const REFUSED: readonly (readonly [options: HostProxyOptions, message: string])[] = [
  [{ host: 'p' }, "p isn't a valid proxy: port is not between 1 and 65535"],
  [{ host: 'p', port: 0 }, "p isn't a valid proxy: port is not between 1 and 65535"],
  [{ host: 'p', port: 65536 }, "p isn't a valid proxy: port is not between 1 and 65535"],
  [{ host: 'p', port: 1.5 }, "p isn't a valid proxy: port is not between 1 and 65535"],
  [{ ...BY_HAND, type: 'gopher' }, "p isn't a valid proxy: scheme gopher isn't supported"],
  [{ ...BY_HAND, type: 'constructor' }, "p isn't a valid proxy: scheme constructor isn't supported"],
  [
    { host: 'p\r\nX: y', port: 1 },
    "http://*** isn't a valid proxy: expected a host and a port, as in http://proxy:8080",
  ],
  [
    { ...BY_HAND, type: 'socks5', auth: ['u', 'x'.repeat(256)] },
    "socks5://p:3128 isn't a valid proxy: username or password is longer than 255 bytes",
  ],
];

for (const [options, message] of REFUSED) {
  test(`refused: ${JSON.stringify(options).slice(0, 60)}`, () => {
    assert.throws(
      () => resolveHostProxy(SECURE, options, {}),
      (error: unknown) => {
        assert.ok(error instanceof InvalidProxy);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}
