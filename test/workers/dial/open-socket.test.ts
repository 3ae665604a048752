import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { DialOptions } from '../../../src/shared/proxy/dial-options.ts';
import { openSocket } from '../../../src/workers/dial/open-socket.ts';
import { echo, loopbackServer } from '../../support/loopback-server.ts';
import { AUTHORITY, ISSUED } from '../../support/private-authority.ts';

const NEVER = new AbortController().signal;
const SECURED = { settings: { ca: AUTHORITY }, name: 'localhost' };

test('a connection comes from the address and the port that are asked for', async () => {
  await using other = await loopbackServer(echo);
  const localPort = other.port;
  await other[Symbol.asyncDispose]();
  await using server = await loopbackServer(echo);
  const socket = await openSocket(
    { host: '127.0.0.1', port: server.port },
    undefined,
    { localAddress: '127.0.0.3', localPort },
    NEVER,
  );
  const { remoteAddress, remotePort } = await server.connection();
  assert.deepEqual([remoteAddress, remotePort], ['127.0.0.3', localPort]);
  socket.destroy();
});

const FAMILIES = [
  [4, '127.0.0.1'],
  [6, '::1'],
] as const;

for (const [family, address] of FAMILIES) {
  test(`of the addresses of a name those of IPv${family} are taken where asked for`, async (t) => {
    let server: Awaited<ReturnType<typeof loopbackServer>>;
    try {
      server = await loopbackServer(echo, { host: address });
    } catch (error) {
      return t.skip(`no IPv${family} here: ${(error as Error).message}`);
    }
    const at = { host: 'localhost', port: server.port };
    try {
      const socket = await openSocket(at, undefined, { family }, NEVER);
      assert.equal(socket.remoteAddress, address);
      socket.destroy();
    } catch (error) {
      // Where the name has none of this family it is not found, although it has others.
      assert.equal((error as { code?: string }).code, 'ENOTFOUND');
      await assert.rejects(lookup('localhost', { family }), { code: 'ENOTFOUND' });
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });
}

/** The timer the kernel runs for an open socket: 02 is that of keepalive. */
function kernelTimer({ localPort, remotePort }: Socket): string | undefined {
  const hex = (port: number | undefined): string => port!.toString(16).toUpperCase().padStart(4, '0');
  // Both ends and the state: an earlier connection from the same port may still be waiting for its end.
  const row = readFileSync('/proc/net/tcp', 'utf8').match(
    new RegExp(
      `^ *\\d+: [0-9A-F]{8}:${hex(localPort)} [0-9A-F]{8}:${hex(remotePort)} 01 \\S+ (\\d\\d):`,
      'm',
    ),
  );
  return row?.[1];
}

for (const secured of [undefined, SECURED]) {
  const kind = secured === undefined ? 'plain' : 'secure';
  test(`the kernel asks a silent peer of a ${kind} connection where that is wanted`, async (t) => {
    if (!existsSync('/proc/net/tcp')) return t.skip('no /proc/net/tcp here');
    await using server = await loopbackServer(echo, secured === undefined ? {} : { tls: ISSUED });
    const at = { host: '127.0.0.1', port: server.port };
    const timers: (string | undefined)[] = [];
    for (const options of [{ keepAliveMs: 30_000 }, {}] satisfies DialOptions[]) {
      const socket = await openSocket(at, secured, options, NEVER);
      timers.push(kernelTimer(socket));
      socket.destroy();
    }
    assert.equal(timers[0], '02');
    assert.notEqual(timers[1], '02');
  });
}

const FAILURES: readonly (readonly [
  title: string,
  host: string,
  port: number,
  options: DialOptions,
  code: RegExp,
])[] = [
  ['a port where nobody listens', '127.0.0.1', 1, {}, /^ECONNREFUSED$/],
  ['the same under a name with several addresses', 'localhost', 1, {}, /^ECONNREFUSED$/],
  ['a name nobody knows', 'name.invalid', 80, {}, /^(ENOTFOUND|EAI_AGAIN)$/],
  ['a Unix socket that is not there', '', 0, { path: '/nowhere/at-all' }, /^ENOENT$/],
  ['an address that is not ours', '127.0.0.1', 1, { localAddress: '192.0.2.1' }, /^EADDRNOTAVAIL$/],
  ['a port that is none', '127.0.0.1', 70_000, {}, /^ERR_SOCKET_BAD_PORT$/],
];

for (const [title, host, port, options, code] of FAILURES) {
  for (const secured of [undefined, SECURED]) {
    test(`${title} is an error with its code${secured === undefined ? '' : ', with TLS too'}`, async () => {
      const place = { host, port, path: options.path };
      await assert.rejects(async () => openSocket(place, secured, options, NEVER), { code });
    });
  }
}

test('a server that closes during the TLS handshake is an error with its code', async () => {
  await using server = await loopbackServer((socket) => void socket.once('data', () => socket.end()));
  const at = { host: '127.0.0.1', port: server.port };
  await assert.rejects(openSocket(at, SECURED, {}, NEVER), { code: 'ECONNRESET' });
  await server.closed();
});

test('a server that speaks no TLS is an error with its code', async () => {
  await using server = await loopbackServer(
    (socket) => void socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  );
  const at = { host: '127.0.0.1', port: server.port };
  await assert.rejects(openSocket(at, SECURED, {}, NEVER), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  await server.closed();
});
