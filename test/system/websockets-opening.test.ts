import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectOptions } from '../../src/main/options/connect-options.ts';
import { connect } from '../../src/main/websockets/connect.ts';
import { MisuseError } from '../../src/shared/invariant.ts';
import {
  InvalidHandshake,
  InvalidMessage,
  InvalidProxyStatus,
  InvalidStatus,
  InvalidURI,
  ProxyError,
  SecurityError,
} from '../../src/shared/protocol/errors/handshake-errors.ts';
import {
  InvalidHeader,
  InvalidUpgrade,
  NegotiationError,
} from '../../src/shared/protocol/errors/header-errors.ts';
import { WebSocketTimeout } from '../../src/shared/protocol/errors/websocket-exception.ts';
import { connectProxy } from '../support/connect-proxy.ts';
import { microsocks, missing, tinyproxy } from '../support/installed-proxies.ts';
import { AUTHORITY, CLIENT, EXPIRED, ISSUED } from '../support/private-authority.ts';
import { type RawPeer, rawServer } from '../support/raw-server.ts';
import { text } from '../support/wire-frame.ts';

const greet = (peer: RawPeer): Promise<void> => peer.write(Buffer.concat([peer.accept(), text('hello')]));

/** What the first message is, once connected. */
async function greeting(uri: string, options: ConnectOptions = {}): Promise<string> {
  const ws = await connect(uri, { closeTimeout: 0.1, ...options });
  const message = (await ws.recv({ timeout: 20 })) as string;
  await ws.close();
  return message;
}

const requestLines = (request: string): string[] => request.split('\r\n').filter((line) => line !== '');

// ---- What goes out.

test('the handshake says what the options say', async () => {
  let request = '';
  await using server = await rawServer({
    script: (peer) => {
      request = peer.request;
      return peer.write(peer.accept('Sec-WebSocket-Protocol: chat', 'X-Answer: yes'));
    },
  });
  const ws = await connect(`ws://user:p%40ss@localhost:${server.port}/päth?a=b`, {
    host: '127.0.0.1',
    origin: 'https://example.com',
    subprotocols: ['superchat', 'chat'],
    compression: null,
    additionalHeaders: [
      ['X-Two', 'a'],
      ['X-Two', 'b'],
    ],
    userAgentHeader: 'me/1',
    proxy: null,
  });
  const lines = requestLines(request);
  assert.equal(lines[0], 'GET /p%C3%A4th?a=b HTTP/1.1');
  for (const line of [
    `Host: localhost:${server.port}`,
    'Authorization: Basic dXNlcjpwQHNz',
    'Origin: https://example.com',
    'Sec-WebSocket-Protocol: superchat, chat',
    'X-Two: a',
    'X-Two: b',
    'User-Agent: me/1',
    'Sec-WebSocket-Version: 13',
  ])
    assert.ok(lines.includes(line), `${line} in ${request}`);
  assert.ok(!request.includes('Sec-WebSocket-Extensions'));
  assert.equal(ws.subprotocol, 'chat');
  assert.equal(ws.request.path, '/p%C3%A4th?a=b');
  assert.equal(ws.request.headers.get('user-agent'), 'me/1');
  assert.equal(ws.response.statusCode, 101);
  assert.equal(ws.response.headers.get('x-answer'), 'yes');
  assert.deepEqual(ws.remoteAddress, ['127.0.0.1', server.port]);
  assert.equal(ws.localAddress?.[0], '127.0.0.1');
  assert.match(ws.id, /^[0-9a-f-]{36}$/);
});

test('by default the handshake offers compression and says who asks; null says nothing', async () => {
  const requests: string[] = [];
  await using server = await rawServer({
    script: (peer) => {
      requests.push(peer.request);
      return peer.write(peer.accept());
    },
  });
  await connect(server.url);
  await connect(server.url, { userAgentHeader: null, additionalHeaders: { 'X-One': '1' } });
  await connect(server.url, { additionalHeaders: new Map([['User-Agent', 'by hand']]) });
  assert.match(requests[0]!, /\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n/);
  assert.match(requests[0]!, /\r\nUser-Agent: ringfeed\/\d+\.\d+\.\d+\r\n/);
  assert.doesNotMatch(requests[1]!, /User-Agent/);
  assert.match(requests[1]!, /\r\nX-One: 1\r\n/);
  assert.deepEqual(requests[2]!.match(/User-Agent: .*/g), ['User-Agent: by hand']);
});

test('a connection comes from the local address that is asked for', async () => {
  let from: string | undefined;
  await using server = await rawServer({
    script: (peer) => {
      from = peer.socket.remoteAddress;
      return greet(peer);
    },
  });
  assert.equal(await greeting(server.url, { localAddress: '127.0.0.5' }), 'hello');
  assert.equal(from, '127.0.0.5');
});

// ---- What comes in.

test('frames in the packet of the handshake are received, and those that find no room as well', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => text(`${i}`));
  await using server = await rawServer({
    script: (peer) => peer.write(Buffer.concat([peer.accept(), ...many])),
  });
  for (const maxQueue of [undefined, 1]) {
    const ws = await connect(server.url, { ...(maxQueue === undefined ? {} : { maxQueue }) });
    await sleep(20);
    for (let i = 0; i < many.length; i++) assert.equal(await ws.recv({ timeout: 20 }), `${i}`);
  }
});

test('a connection that ends in the packet of the handshake is opened, and then over', async () => {
  await using server = await rawServer({
    script: (peer) => void peer.socket.end(Buffer.concat([peer.accept(), text('hello')])),
  });
  const ws = await connect(server.url);
  assert.equal(await ws.recv(), 'hello');
  await ws.waitClosed();
  assert.equal(ws.closeCode, 1006);
});

const refusals: readonly {
  readonly title: string;
  readonly answer: (peer: RawPeer) => void | Promise<void>;
  readonly type: abstract new (...args: never[]) => Error;
  readonly message: RegExp;
  readonly options?: ConnectOptions;
}[] = [
  {
    title: 'a status that is not 101',
    answer: (peer) => void peer.socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nsorrymore'),
    type: InvalidStatus,
    message: /^server rejected WebSocket connection: HTTP 403$/,
  },
  {
    title: 'a page of a captive portal',
    answer: (peer) => void peer.socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>'),
    type: InvalidStatus,
    message: /HTTP 200$/,
  },
  {
    title: 'something that is no HTTP',
    answer: (peer) => void peer.socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    type: InvalidMessage,
    message: /did not receive a valid HTTP response/,
  },
  {
    title: 'the end of the stream',
    answer: (peer) => void peer.socket.end(),
    type: InvalidMessage,
    message: /did not receive a valid HTTP response/,
  },
  {
    title: 'the end of the stream within the head',
    answer: (peer) => void peer.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgr'),
    type: InvalidMessage,
    message: /did not receive a valid HTTP response/,
  },
  {
    title: 'the end of the stream within the body of a refusal',
    answer: (peer) => void peer.socket.end('HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\nhalf'),
    type: InvalidHandshake,
    message: /./,
  },
  {
    title: 'a wrong key',
    answer: (peer) =>
      peer.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: xxxxxxxxxxxxxxxxxxxxxxxxxxx=\r\n\r\n',
      ),
    type: InvalidHeader,
    message: /Sec-WebSocket-Accept/,
  },
  {
    title: 'no upgrade',
    answer: (peer) => peer.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    type: InvalidUpgrade,
    message: /Connection/,
  },
  {
    title: 'a subprotocol that was not asked for',
    answer: (peer) => peer.write(peer.accept('Sec-WebSocket-Protocol: other')),
    options: { subprotocols: ['chat'] },
    type: NegotiationError,
    message: /./,
  },
  {
    title: 'an extension that was not asked for',
    answer: (peer) => peer.write(peer.accept('Sec-WebSocket-Extensions: permessage-deflate')),
    options: { compression: null },
    type: NegotiationError,
    message: /./,
  },
  {
    title: 'a status line without an end',
    answer: (peer) => peer.write(`HTTP/1.1 101 ${'x'.repeat(10_000)}`),
    type: SecurityError,
    message: /./,
  },
  {
    title: 'too many headers',
    answer: (peer) => peer.write(`HTTP/1.1 101 Switching Protocols\r\n${'X-A: b\r\n'.repeat(200)}\r\n`),
    type: SecurityError,
    message: /./,
  },
];

for (const { title, answer, type, message, options } of refusals) {
  test(`a handshake answered by ${title} is refused, and no socket is left`, {
    timeout: 20_000,
  }, async () => {
    let gone: Promise<void> | undefined;
    await using server = await rawServer({
      script: (peer) => {
        gone = peer.gone;
        return answer(peer);
      },
    });
    await assert.rejects(connect(server.url, { openTimeout: null, ...options }), (error: Error) => {
      assert.ok(error instanceof type, String(error));
      assert.match(error.message, message);
      return true;
    });
    await gone;
  });
}

test('a refusal carries the response, headers and body', async () => {
  await using server = await rawServer({
    script: (peer) =>
      peer.write('HTTP/1.1 429 Slow Down\r\nRetry-After: 5\r\nContent-Length: 6\r\n\r\nwait a bit'),
  });
  await assert.rejects(connect(server.url), (error: Error) => {
    assert.ok(error instanceof InvalidStatus);
    const { statusCode, reasonPhrase, headers, body } = error.response;
    assert.equal(statusCode, 429);
    assert.equal(reasonPhrase, 'Slow Down');
    assert.equal(new Map(headers).get('Retry-After'), '5');
    assert.equal(Buffer.from(body!).toString(), 'wait a');
    return true;
  });
});

test('limits of the handshake are those of the environment', async (t) => {
  process.env['RINGFEED_MAX_NUM_HEADERS'] = '3';
  t.after(() => {
    delete process.env['RINGFEED_MAX_NUM_HEADERS'];
  });
  await using server = await rawServer({ script: (peer) => peer.write(peer.accept('X-A: b')) });
  await assert.rejects(connect(server.url), SecurityError);
});

const slow: readonly { readonly title: string; readonly script: (peer: RawPeer) => Promise<void> | void }[] =
  [
    { title: 'says nothing', script: () => {} },
    {
      title: 'drips its answer byte by byte',
      script: async (peer) => {
        for (const byte of peer.accept()) {
          await peer.write(Buffer.of(byte));
          await sleep(20);
        }
      },
    },
    {
      title: 'drips the body of its refusal',
      script: async (peer) => {
        await peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n');
        for (let i = 0; i < 1000; i++) {
          await peer.write('x');
          await sleep(20);
        }
      },
    },
  ];

for (const { title, script } of slow) {
  test(`a server that ${title} has the open timeout for all of it`, { timeout: 20_000 }, async () => {
    await using server = await rawServer({ script });
    const at = performance.now();
    await assert.rejects(connect(server.url, { openTimeout: 0.3 }), (error: Error) => {
      assert.ok(error instanceof WebSocketTimeout);
      assert.equal(error.message, 'timed out during opening handshake');
      return true;
    });
    assert.ok(performance.now() - at < 10_000);
  });
}

test('a TLS handshake that stalls has the open timeout as well', { timeout: 20_000 }, async (t) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await assert.rejects(connect(`wss://127.0.0.1:${port}/`, { openTimeout: 0.2 }), WebSocketTimeout);
});

test('a closed port, a name that is none and an address that is none each say what they are', async () => {
  await assert.rejects(connect('ws://127.0.0.1:1/', { proxy: null }), { code: 'ECONNREFUSED' });
  await assert.rejects(connect('http://127.0.0.1/'), InvalidURI);
  await assert.rejects(connect('ws://user@127.0.0.1/'), InvalidURI);
  await assert.rejects(connect('ws://127.0.0.1/#fragment'), InvalidURI);
  await assert.rejects(connect(undefined as unknown as string), InvalidURI);
  await assert.rejects(connect('ws://127.0.0.1/', { openTimeout: -1 }), MisuseError);
});

// ---- TLS, Unix sockets.

test('wss with a private authority', async () => {
  await using server = await rawServer({ script: greet, tls: ISSUED });
  assert.equal(await greeting(server.url, { tls: { ca: AUTHORITY } }), 'hello');
  await assert.rejects(connect(server.url), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await assert.rejects(
    connect(`wss://other.example:${server.port}/`, { host: '127.0.0.1', tls: { ca: AUTHORITY } }),
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  );
  const named = { host: '127.0.0.1', tls: { ca: AUTHORITY, servername: 'server.example' } };
  assert.equal(await greeting(`wss://other.example:${server.port}/`, named), 'hello');
  const anyName = { host: '127.0.0.1', tls: { ca: AUTHORITY, checkHostname: false } };
  assert.equal(await greeting(`wss://other.example:${server.port}/`, anyName), 'hello');
  assert.equal(await greeting(server.url, { tls: { rejectUnauthorized: false } }), 'hello');
  assert.equal(
    await greeting(server.url, { tls: { ca: [Buffer.from(AUTHORITY)], cert: CLIENT.cert, key: CLIENT.key } }),
    'hello',
  );
});

test('an expired certificate is refused', async () => {
  await using server = await rawServer({ script: greet, tls: EXPIRED });
  await assert.rejects(connect(server.url, { tls: { ca: AUTHORITY } }), { code: 'CERT_HAS_EXPIRED' });
});

test('many messages come through TLS as they were sent', async () => {
  const payload = 'wörld'.repeat(3000);
  await using server = await rawServer({
    tls: ISSUED,
    script: async (peer) => {
      await peer.write(peer.accept());
      for (let i = 0; i < 300; i++) await peer.write(text(`${i} ${payload}`));
    },
  });
  const ws = await connect(server.url, { tls: { ca: AUTHORITY }, maxQueue: 4 });
  for (let i = 0; i < 300; i++) assert.equal(await ws.recv(), `${i} ${payload}`);
});

test('a Unix socket', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfeed-client-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'socket');
  await using server = await rawServer({ script: greet });
  const front = createServer((socket) => {
    const back = new (socket.constructor as typeof import('node:net').Socket)();
    back.connect(server.port, '127.0.0.1').pipe(socket).pipe(back);
    back.on('error', () => {});
    socket.on('error', () => {});
  }).listen(path);
  t.after(() => front.close());
  assert.equal(await greeting('ws://localhost/', { path }), 'hello');
});

// ---- Redirects.

test('redirects are followed, with credentials to the same origin alone', async () => {
  const seen: string[] = [];
  const note = (who: string, peer: RawPeer): void => {
    const lines = requestLines(peer.request);
    const secret = lines.filter((line) => /^(authorization|cookie)/i.test(line)).length;
    seen.push(`${who} ${lines[0]} ${secret}`);
  };
  const redirect = (to: string, status = 302): string =>
    `HTTP/1.1 ${status} Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`;
  await using other = await rawServer({
    script: (peer) => {
      note('other', peer);
      return greet(peer);
    },
  });
  await using first = await rawServer({
    script: (peer) => {
      note('first', peer);
      if (peer.request.startsWith('GET /a ')) return peer.write(redirect('/b', 301));
      return peer.write(redirect(other.url, 307));
    },
  });
  const headers = { Cookie: 'secret', Authorization: 'Bearer secret' };
  assert.equal(await greeting(`${first.url}a`, { additionalHeaders: headers }), 'hello');
  assert.deepEqual(seen, ['first GET /a HTTP/1.1 2', 'first GET /b HTTP/1.1 2', 'other GET / HTTP/1.1 0']);
});

test('redirects that go round, to another scheme or away from a host by hand are refused', async () => {
  let location = '/again';
  await using plain = await rawServer({
    script: (peer) => peer.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
  });
  await assert.rejects(connect(plain.url), { name: 'SecurityError', message: /more than 10 redirects/ });
  location = 'ws://other.example/';
  await assert.rejects(connect(plain.url, { host: '127.0.0.1' }), SecurityError);
  location = 'https://other.example/';
  await assert.rejects(connect(plain.url), InvalidURI);
  await using secure = await rawServer({
    tls: ISSUED,
    script: (peer) => peer.write(`HTTP/1.1 302 Found\r\nLocation: ${plain.url}\r\nContent-Length: 0\r\n\r\n`),
  });
  await assert.rejects(connect(secure.url, { tls: { ca: AUTHORITY } }), SecurityError);
});

test('the open timeout is for all redirects together', { timeout: 20_000 }, async () => {
  await using server = await rawServer({
    script: async (peer) => {
      await sleep(80);
      await peer.write('HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n');
    },
  });
  await assert.rejects(connect(server.url, { openTimeout: 0.3 }), WebSocketTimeout);
});

// ---- Proxies.

function withEnvironment(t: TestContext, env: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, env);
  t.after(() => {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

test('a proxy of the option, of the environment, and none', async (t) => {
  await using server = await rawServer({ script: greet });
  await using secure = await rawServer({ script: greet, tls: ISSUED });
  await using proxy = await connectProxy({ auth: ['user', 'p:w'] });
  const url = `http://user:p%3Aw@127.0.0.1:${proxy.port}`;
  const tls = { ca: AUTHORITY };
  assert.equal(await greeting(server.url, { proxy: url }), 'hello');
  assert.equal(await greeting(secure.url, { proxy: url, tls }), 'hello');
  assert.equal(proxy.requests.length, 2);
  assert.match(proxy.requests[0]!, /\r\nUser-Agent: ringfeed\//);
  withEnvironment(t, { ws_proxy: url, wss_proxy: url, no_proxy: '' });
  assert.equal(await greeting(server.url), 'hello');
  assert.equal(await greeting(secure.url, { tls }), 'hello');
  assert.equal(proxy.requests.length, 4);
  assert.equal(await greeting(server.url, { proxy: null }), 'hello');
  process.env['no_proxy'] = '127.0.0.1';
  assert.equal(await greeting(server.url), 'hello');
  assert.equal(proxy.requests.length, 4);
});

test('a proxy that refuses, is none or is not there says so, and not its password', async () => {
  await using server = await rawServer({ script: greet });
  await using proxy = await connectProxy({ auth: ['user', 'right'] });
  const refused = connect(server.url, { proxy: `http://user:s3cret@127.0.0.1:${proxy.port}` });
  await assert.rejects(refused, (error: Error) => {
    assert.ok(error instanceof InvalidProxyStatus && error instanceof ProxyError);
    assert.equal(error.message, 'proxy rejected connection: HTTP 407');
    assert.equal(error.response.statusCode, 407);
    return true;
  });
  await assert.rejects(connect(server.url, { proxy: 'http://user:s3cret@127.0.0.1:1' }), (error: Error) => {
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
    assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /s3cret/);
    return true;
  });
  await assert.rejects(connect(server.url, { proxy: 'ftp://user:s3cret@127.0.0.1' }), (error: Error) => {
    assert.equal(error.name, 'InvalidProxy');
    assert.doesNotMatch(error.message, /s3cret/);
    return true;
  });
});

test('an https:// proxy with a private authority', async () => {
  await using server = await rawServer({ script: greet });
  await using proxy = await connectProxy({ tls: ISSUED });
  const url = `https://localhost:${proxy.port}`;
  assert.equal(await greeting(server.url, { proxy: url, proxyTls: { ca: AUTHORITY } }), 'hello');
  await assert.rejects(connect(server.url, { proxy: url }));
});

for (const [program, start, scheme] of [
  ['tinyproxy', tinyproxy, 'http'],
  ['microsocks', microsocks, 'socks5'],
  ['microsocks', microsocks, 'socks5h'],
] as const) {
  test(`through ${program} as ${scheme}, with and without authentication`, async (t) => {
    const why = missing(program);
    if (why !== undefined) return t.skip(why);
    await using server = await rawServer({ script: greet });
    await using secure = await rawServer({ script: greet, tls: ISSUED });
    await using open = await start();
    await using closed = await start(['user', 'password']);
    const tls = { ca: AUTHORITY };
    const url = `${scheme}://127.0.0.1:${open.port}`;
    assert.equal(await greeting(server.url, { proxy: url }), 'hello');
    assert.equal(await greeting(secure.url, { proxy: url, tls }), 'hello');
    const own = `${scheme}://user:password@127.0.0.1:${closed.port}`;
    assert.equal(await greeting(secure.url, { proxy: own, tls }), 'hello');
    const wrong = `${scheme}://user:wrong@127.0.0.1:${closed.port}`;
    await assert.rejects(connect(server.url, { proxy: wrong }), ProxyError);
  });
}
