import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkServeOptions, type ServeOptions } from '../../../src/main/options/serve-options.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('every option is taken', () => {
  checkServeOptions({
    origins: ['https://a.example', /b/, null],
    subprotocols: ['a'],
    selectSubprotocol: () => undefined,
    processRequest: () => undefined,
    processResponse: () => {},
    compression: null,
    additionalHeaders: { 'X-A': 'b' },
    serverHeader: null,
    openTimeout: null,
    pingInterval: 0.5,
    pingTimeout: null,
    closeTimeout: 0,
    maxSize: null,
    maxQueue: [4, 2],
    writeLimit: 0,
    maxConnections: 1,
    tls: {},
    path: '/run/x',
    backlog: 1,
    logger,
  });
});

const wrong: readonly (readonly [options: Record<string, unknown>, message: RegExp])[] = [
  [{ origins: 'https://a.example' }, /option origins is "https:\/\/a.example", expected a list of origins/],
  [{ origins: [1] }, /option origins.0 is 1, expected an origin, a RegExp or null/],
  [{ subprotocols: 'chat' }, /option subprotocols is "chat", expected a list/],
  [{ processRequest: 'no' }, /option processRequest is "no", expected a function/],
  [{ compression: 'gzip' }, /option compression is "gzip", allowed: deflate/],
  [{ additionalHeaders: { 'X-A': 'a\r\nb' } }, /X-A has a line break/],
  [{ additionalHeaders: { Upgrade: 'x' } }, /the handshake sets it/],
  [{ serverHeader: 'a\nb' }, /serverHeader.Server has a line break/],
  [{ openTimeout: -1 }, /option openTimeout is -1, allowed: numbers from 0/],
  [{ maxSize: 0 }, /option maxSize is 0/],
  [{ maxSize: 2 ** 31 }, /option maxSize is 2147483648/],
  [{ maxQueue: [1, 2] }, /option maxQueue is \[1, 2\], allowed: high at least as much as low/],
  [{ maxConnections: 0 }, /option maxConnections is 0/],
  [{ logger: { error: () => {} } }, /option logger is an object, expected a logger/],
  [{ origin: 'x' }, /option origin is not known, .*did you mean.*origins/i],
];

for (const [options, message] of wrong)
  test(`${JSON.stringify(options)} is a mistake of the caller`, () => {
    assert.throws(
      () => checkServeOptions(options as ServeOptions),
      (error) => {
        assert.ok(error instanceof MisuseError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
