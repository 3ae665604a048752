import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { InvalidProxyStatus, ProxyError } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import type { DialOptions } from '../../../src/shared/proxy/dial-options.ts';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { type ConnectProxyOptions, connectProxy } from '../../support/connect-proxy.ts';
import { echo, echoed, loopbackServer } from '../../support/loopback-server.ts';
import { AUTHORITY, EXPIRED, ISSUED } from '../../support/private-authority.ts';

const NEVER = new AbortController().signal;
const TRUSTING: DialOptions = { tls: { ca: AUTHORITY }, proxyTls: { ca: AUTHORITY } };

const to = (port: number, secure = false, host = 'localhost') => ({ secure, host, port });

async function dialled(target: Parameters<typeof dial>[0], options: DialOptions): Promise<Socket> {
  return (await dial(target, options, { signal: NEVER })).socket;
}

test('a plain connection stands and nothing has been said on it', async () => {
  await using server = await loopbackServer(echo);
  const socket = await dialled(to(server.port), {});
  assert.ok(!(socket instanceof TLSSocket));
  assert.equal((await server.connection()).bytesRead, 0);
  assert.equal(await echoed(socket, 'hello'), 'hello');
  socket.destroy();
  await server.closed();
});

test('a secure connection is one, and offers no application protocols', async () => {
  await using server = await loopbackServer(echo, { tls: { ...ISSUED, ALPNProtocols: ['http/1.1'] } });
  const socket = await dialled(to(server.port, true), TRUSTING);
  assert.ok(socket instanceof TLSSocket && socket.authorized);
  assert.equal(socket.alpnProtocol, false);
  assert.equal(await echoed(socket, 'hello'), 'hello');
  socket.destroy();
  await server.closed();
});

test('host and port by hand say where to connect to, and the certificate is that of the address', async () => {
  await using server = await loopbackServer(echo, { tls: ISSUED });
  const target = to(1, true, 'server.example');
  const socket = await dialled(target, { ...TRUSTING, host: '127.0.0.1', port: server.port });
  assert.equal((socket as TLSSocket).servername, 'server.example');
  socket.destroy();
  await assert.rejects(
    dialled({ ...target, host: 'other.example' }, { ...TRUSTING, host: '127.0.0.1', port: server.port }),
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  );
});

for (const secure of [false, true]) {
  test(`a Unix socket is connected to${secure ? ' with TLS' : ''}, whatever proxy there is`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfeed-dial-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'server');
    await using server = await loopbackServer(echo, { path, ...(secure ? { tls: ISSUED } : {}) });
    const socket = await dialled(to(1, secure), {
      ...TRUSTING,
      path,
      proxy: parseProxy('http://127.0.0.1:1'),
    });
    assert.equal(await echoed(socket, 'hello'), 'hello');
    socket.destroy();
    await server.closed();
  });
}

for (const proxySecure of [false, true]) {
  for (const secure of [false, true]) {
    const scheme = proxySecure ? 'https' : 'http';
    test(`through an ${scheme} proxy to a ${secure ? 'secure' : 'plain'} server`, async () => {
      await using server = await loopbackServer(echo, secure ? { tls: ISSUED } : {});
      const options: ConnectProxyOptions = { auth: ['us er', 'p:wé'] };
      await using proxy = await connectProxy(proxySecure ? { ...options, tls: ISSUED } : options);
      const socket = await dialled(to(server.port, secure, 'server.example'), {
        ...TRUSTING,
        proxy: parseProxy(`${scheme}://us%20er:p%3Aw%C3%A9@localhost:${proxy.port}`),
        userAgent: 'ringfeed/test',
      });
      assert.equal(await echoed(socket, 'hello'), 'hello');
      const authority = `server.example:${server.port}`;
      assert.deepEqual(proxy.requests, [
        `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: ringfeed/test\r\n` +
          `Proxy-Authorization: Basic ${Buffer.from('us er:p:wé').toString('base64')}\r\n\r\n`,
      ]);
      socket.destroy();
      await Promise.all([server.closed(), proxy.closed()]);
    });
  }
}

test('a proxy is told an IPv6 address in brackets, a host by hand, and no more than it must be', async () => {
  await using server = await loopbackServer(echo);
  await using proxy = await connectProxy();
  const options = { proxy: parseProxy(`http://127.0.0.1:${proxy.port}`) };
  (await dialled(to(server.port, false, '::1'), options)).destroy();
  (await dialled(to(1), { ...options, host: 'other', port: server.port })).destroy();
  assert.deepEqual(
    proxy.requests,
    [`[::1]:${server.port}`, `other:${server.port}`].map(
      (at) => `CONNECT ${at} HTTP/1.1\r\nHost: ${at}\r\n\r\n`,
    ),
  );
});

test('a host that is more than a name is told to no proxy', async () => {
  await using proxy = await connectProxy();
  const options = { proxy: parseProxy(`http://127.0.0.1:${proxy.port}`) };
  for (const host of ['a\r\nX-Other: y', 'a b', 'a/b', 'a@b', 'a:1', '', 'a\0b']) {
    await assert.rejects(dialled(to(80, false, host), options), ProxyError, JSON.stringify(host));
  }
  assert.equal(proxy.accepted.length, 0);
});

for (const [title, credentials] of [
  ['no credentials', ''],
  ['the wrong credentials', 'user:wrong@'],
] as const) {
  test(`a proxy that is told ${title} refuses, with a status and without a secret`, async () => {
    await using proxy = await connectProxy({ auth: ['user', 'secret'] });
    const options = { proxy: parseProxy(`http://${credentials}127.0.0.1:${proxy.port}`) };
    await assert.rejects(dialled(to(80), options), (error: unknown) => {
      assert.ok(error instanceof InvalidProxyStatus);
      assert.equal(error.message, 'proxy rejected connection: HTTP 407');
      assert.equal(new Map(error.response.headers).get('Proxy-Authenticate'), 'Basic realm="test"');
      assert.doesNotMatch(JSON.stringify(error), /wrong/);
      return true;
    });
    await proxy.closed();
  });
}

test('a proxy may be given all the time there is', async () => {
  await using server = await loopbackServer(echo);
  await using proxy = await connectProxy();
  for (const proxyTimeoutMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    const options = { proxy: parseProxy(`http://127.0.0.1:${proxy.port}`), proxyTimeoutMs };
    (await dialled(to(server.port), options)).destroy();
  }
});

test('a proxy that cannot reach the server refuses', async () => {
  await using proxy = await connectProxy();
  const options = { proxy: parseProxy(`http://127.0.0.1:${proxy.port}`) };
  await assert.rejects(dialled(to(1), options), { message: 'proxy rejected connection: HTTP 502' });
  await proxy.closed();
});

test('a proxy that nobody runs is an error of the network that names the proxy', async () => {
  const options = { proxy: parseProxy('http://user:secret@127.0.0.1:1') };
  await assert.rejects(dialled(to(80), options), {
    code: 'ECONNREFUSED',
    message: 'proxy http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
  });
});

test('a proxy whose certificate is not trusted is an error of TLS that names the proxy', async () => {
  await using proxy = await connectProxy({ tls: EXPIRED });
  const options = { ...TRUSTING, proxy: parseProxy(`https://user:secret@localhost:${proxy.port}`) };
  await assert.rejects(dialled(to(80), options), {
    code: 'CERT_HAS_EXPIRED',
    message: `proxy https://localhost:${proxy.port}: certificate has expired`,
  });
  await proxy.closed();
  assert.deepEqual(proxy.requests, []);
});

test('a server whose certificate is not trusted is refused behind a proxy too', async () => {
  await using server = await loopbackServer(echo, { tls: EXPIRED });
  for (const tls of [undefined, ISSUED]) {
    await using proxy = await connectProxy(tls === undefined ? {} : { tls });
    const scheme = tls === undefined ? 'http' : 'https';
    const options = { ...TRUSTING, proxy: parseProxy(`${scheme}://localhost:${proxy.port}`) };
    await assert.rejects(dialled(to(server.port, true), options), { code: 'CERT_HAS_EXPIRED' });
    await proxy.closed();
  }
  await Promise.all([server.closed(0), server.closed(1)]);
});

test('a key that does not open leaves no connection behind', async () => {
  await using server = await loopbackServer(echo, { tls: ISSUED });
  await using proxy = await connectProxy();
  const tls = { ca: AUTHORITY, cert: ISSUED.cert, key: 'no key' };
  await assert.rejects(dialled(to(server.port, true), { tls }));
  assert.equal(server.accepted.length, 0);
  await assert.rejects(
    dialled(to(server.port, true), { tls, proxy: parseProxy(`http://127.0.0.1:${proxy.port}`) }),
  );
  await proxy.closed();
});

/** What TLS may have decrypted of one read. */
const LATE_BYTES_MAX = 64 * 1024;

const ROUTES = [
  ['directly', undefined],
  ['through an http proxy', 'http'],
  ['through an https proxy', 'https'],
] as const;

for (const [how, scheme] of ROUTES) {
  for (const secure of [false, true]) {
    test(`a reading gets every byte of a ${secure ? 'secure' : 'plain'} server ${how}, and stops on false`, async () => {
      const sent = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopq');
      // It speaks first, and at once.
      await using server = await loopbackServer(
        (socket) => void socket.write(sent),
        secure ? { tls: ISSUED } : {},
      );
      await using proxy = await connectProxy(scheme === 'https' ? { tls: ISSUED } : {});
      const options: DialOptions = {
        ...TRUSTING,
        ...(scheme === undefined ? {} : { proxy: parseProxy(`${scheme}://localhost:${proxy.port}`) }),
      };
      const chunks: Buffer[] = [];
      let read = 0;
      /** Bytes that came while it was stopped. */
      let late = 0;
      let stopped = false;
      let resume = (): void => {};
      const buffer = Buffer.alloc(64 * 1024);
      const all = new Promise<void>((resolve) => {
        const take = (bytes: Buffer, length: number): boolean => {
          late = stopped ? late + length : 0;
          assert.ok(late <= (secure && scheme === undefined ? LATE_BYTES_MAX : 0), `${late} bytes came late`);
          if (scheme === undefined) assert.equal(bytes, buffer);
          chunks.push(Buffer.from(bytes.subarray(0, length)));
          read += length;
          if (read === sent.length) resolve();
          stopped = true;
          setImmediate(() => {
            stopped = false;
            resume();
          });
          return false;
        };
        dial(to(server.port, secure), options, { signal: NEVER, reading: { buffer, take } }).then(
          ({ socket }) => {
            resume = () => socket.resume();
            resume();
          },
        );
      });
      await all;
      assert.ok(Buffer.concat(chunks).equals(sent));
    });
  }
}
