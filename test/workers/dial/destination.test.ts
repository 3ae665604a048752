import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyError } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { destinationOf, lookedUp } from '../../../src/workers/dial/destination.ts';

const NEVER = new AbortController().signal;

for (const [host, told] of [
  ['Server.Example', 'server.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['192.0.2.1', '192.0.2.1'],
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['_srv.server.example', '_srv.server.example'],
] as const) {
  test(`a proxy is told ${told} for ${host}`, () => {
    assert.deepEqual(destinationOf(host, 80), { host: told, port: 80 });
  });
}

for (const host of [
  '',
  ' ',
  'a b',
  'a\r\nb',
  'a\tb',
  'a\0b',
  'a/b',
  'a?b',
  'a#b',
  'a@b',
  'a:1',
  '[a]',
  'a%20b',
  'x'.repeat(300),
]) {
  test(`no proxy is told ${JSON.stringify(host).slice(0, 20)}`, () => {
    assert.throws(() => destinationOf(host, 80), ProxyError);
  });
}

for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
  test(`no proxy is told port ${port}`, () => {
    assert.throws(() => destinationOf('server.example', port), ProxyError);
  });
}

test('an address is not looked up, a name is', async () => {
  assert.deepEqual(await lookedUp({ host: '::1', port: 1 }, 4, NEVER), { host: '::1', port: 1 });
  assert.deepEqual(await lookedUp({ host: 'localhost', port: 1 }, 4, NEVER), { host: '127.0.0.1', port: 1 });
});

test('looking up ends at once with the signal', async () => {
  const controller = new AbortController();
  const looking = lookedUp({ host: 'localhost', port: 1 }, 0, controller.signal);
  controller.abort(new Error('stop'));
  await assert.rejects(looking, { message: 'stop' });
});
