import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectOptions, checkConnectOptions } from '../../../src/main/options/connect-options.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';

const SECRET = 's3cret';

/** Options that cannot work, and what is said of them. */
const wrong: readonly (readonly [options: unknown, message: string | RegExp, secure?: boolean])[] = [
  [5, 'option is 5, expected an object'],
  [{ timeout: 1 }, /^option timeout is not known, allowed: origin, /],
  [{ openTimout: 1 }, /did you mean "openTimeout"/],
  [{ origin: 5 }, 'option origin is 5, expected an origin'],
  [{ origin: 'a\r\nX: b' }, /^option origin\.Origin has a line break/],
  [{ subprotocols: 'chat' }, 'option subprotocols is "chat", expected a list of subprotocols'],
  [{ subprotocols: ['a b'] }, /^option subprotocols\.0 is "a b", expected a subprotocol/],
  [{ subprotocols: [''] }, /^option subprotocols\.0 is "", expected a subprotocol/],
  [{ compression: 'gzip' }, 'option compression is "gzip", allowed: deflate'],
  [{ additionalHeaders: 'X: a' }, 'option additionalHeaders is "X: a", expected headers'],
  [
    { additionalHeaders: [['X']] },
    'option additionalHeaders has a list, expected pairs of a name and a value',
  ],
  [{ additionalHeaders: [5] }, 'option additionalHeaders has 5, expected pairs of a name and a value'],
  [{ additionalHeaders: { 'a b': 'c' } }, /^option additionalHeaders has the name "a b"/],
  [{ additionalHeaders: { X: 5 } }, 'option additionalHeaders.X is 5, expected text'],
  [{ additionalHeaders: { X: `${SECRET}\r\n` } }, /^option additionalHeaders\.X has a line break/],
  [{ additionalHeaders: { Upgrade: 'h2c' } }, /^option additionalHeaders\.Upgrade is not for options/],
  [{ userAgentHeader: 5 }, 'option userAgentHeader is 5, expected text or null'],
  [{ userAgentHeader: 'a\nb' }, /^option userAgentHeader\.User-Agent has a line break/],
  [{ proxy: false }, 'option proxy is false, expected true, null or the URL of a proxy'],
  ...['openTimeout', 'pingInterval', 'pingTimeout', 'closeTimeout'].flatMap((name) =>
    [-1, Number.NaN, '1'].map(
      (value) => [{ [name]: value }, new RegExp(`^option ${name} is .*, allowed: numbers from 0`)] as const,
    ),
  ),
  [{ maxSize: 0 }, /^option maxSize/],
  [{ maxSize: [1] }, /^option maxSize/],
  [{ maxSize: '1' }, /^option maxSize/],
  [{ maxQueue: -1 }, /^option maxQueue/],
  [{ maxQueue: [4, 8] }, 'option maxQueue is [4, 8], allowed: high at least as much as low'],
  [{ maxQueue: [4, -1] }, /^option maxQueue/],
  [{ maxQueue: 1.5 }, /^option maxQueue/],
  [{ writeLimit: -1 }, /^option writeLimit is -1/],
  [{ tls: {} }, 'option tls is given with a ws:// address, which has no TLS', false],
  [{ tls: null }, 'option tls is null with a wss:// address, which needs TLS', true],
  [{ tls: { ca: 5 } }, /^option tls\.ca/, true],
  [{ tls: { minVersion: 'TLSv9' } }, /^option tls\.minVersion is "TLSv9", allowed: TLSv1/, true],
  [{ tls: { secureContext: {} } }, /^option tls\.secureContext is not known/, true],
  [{ proxyTls: { key: 5 } }, /^option proxyTls\.key/],
  [{ host: 5 }, 'option host is 5, expected a host'],
  [{ port: 0 }, /^option port is 0, allowed: whole numbers from 1 to 65535/],
  [{ path: 5 }, /^option path is 5/],
  [{ localAddress: 5 }, /^option localAddress is 5/],
];

for (const [options, message, secure = false] of wrong) {
  const shown = JSON.stringify(options, (_key, value: unknown) => (Number.isNaN(value) ? 'NaN' : value));
  test(`${shown}${secure ? ' with wss' : ''} is misuse, and says which option`, () => {
    assert.throws(
      () => checkConnectOptions(options as ConnectOptions, secure),
      (error: Error) => {
        assert.ok(error instanceof MisuseError);
        const said = error.message.replace(/^Condition failed: /, '');
        if (typeof message === 'string') assert.equal(said, message);
        else assert.match(said, message);
        assert.ok(!said.includes(SECRET));
        return true;
      },
    );
  });
}

test('what can work is accepted', () => {
  for (const options of [
    {},
    { tls: null },
    { origin: 'null', subprotocols: ['chat', 'v1.x'], compression: null, userAgentHeader: null },
    { additionalHeaders: {} },
    { additionalHeaders: new Map([['X', 'ä']]) },
    { additionalHeaders: [['X', ''] as const] },
    { openTimeout: null, pingInterval: 0, pingTimeout: Number.POSITIVE_INFINITY, closeTimeout: 0.5 },
    { maxSize: null, maxQueue: 0, writeLimit: 0 },
    { maxSize: [null, 5] as const, maxQueue: [null, 5] as const },
    { maxQueue: [5, 5] as const },
    { proxy: true as const, host: 'h', port: 65_535, path: '/x', localAddress: '127.0.0.1' },
  ])
    checkConnectOptions(options, false);
  checkConnectOptions({ tls: { ca: ['a', Uint8Array.of(1)], rejectUnauthorized: false } }, true);
});
