import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type CreateConnectionOptions,
  createConnection,
  createConnectionAsync,
} from '../../src/main/websocket-client/create-connection.ts';
import { WebSocket } from '../../src/main/websocket-client/websocket.ts';
import {
  ValueError,
  WebSocketAddressException,
  WebSocketBadStatusException,
  WebSocketConnectionClosedException,
  WebSocketException,
  WebSocketProxyException,
  WebSocketTimeoutException,
} from '../../src/shared/websocket-client/exceptions.ts';
import { connectProxy } from '../support/connect-proxy.ts';
import { AUTHORITY, ISSUED } from '../support/private-authority.ts';
import { type RawPeer, type RawServer, rawServer } from '../support/raw-server.ts';
import { text } from '../support/wire-frame.ts';

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A server that accepts and then does as it is told. */
const accepting = (script: (peer: RawPeer) => void | Promise<void>): Promise<RawServer> =>
  rawServer({
    script: async (peer) => {
      await peer.write(peer.accept());
      await script(peer);
    },
  });

const CLOSED = { name: 'WebSocketConnectionClosedException', message: 'socket is already closed.' };

// ---- The handshake.

const HANDSHAKES: readonly {
  readonly what: string;
  readonly options: CreateConnectionOptions;
  readonly lines: (port: number) => readonly string[];
}[] = [
  {
    what: 'without options',
    options: {},
    lines: (port) => [
      'Upgrade: websocket',
      `Host: 127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}`,
      'Sec-WebSocket-Key: KEY',
      'Sec-WebSocket-Version: 13',
      'Connection: Upgrade',
    ],
  },
  {
    what: 'with all of them',
    options: {
      header: ['X-One: 1', 'X-Two:2'],
      cookie: 'token=abc',
      origin: 'https://example.com',
      host: 'example.com',
      connection: 'Connection: keep-alive, Upgrade',
      subprotocols: ['One', 'two'],
    },
    lines: () => [
      'Upgrade: websocket',
      'Host: example.com',
      'Origin: https://example.com',
      'Sec-WebSocket-Key: KEY',
      'Sec-WebSocket-Version: 13',
      'Connection: keep-alive, Upgrade',
      'Sec-WebSocket-Protocol: One,two',
      'X-One: 1',
      'X-Two: 2',
      'Cookie: token=abc',
    ],
  },
  {
    what: 'with headers by name and no origin',
    options: { header: { 'X-One': '1', 'X-None': null }, suppressOrigin: true },
    lines: (port) => [
      'Upgrade: websocket',
      `Host: 127.0.0.1:${port}`,
      'Sec-WebSocket-Key: KEY',
      'Sec-WebSocket-Version: 13',
      'Connection: Upgrade',
      'X-One: 1',
    ],
  },
];

for (const { what, options, lines } of HANDSHAKES) {
  test(`the request is byte for byte that of the original ${what}`, async () => {
    let request = '';
    await using server = await rawServer({
      script: (peer) => {
        ({ request } = peer);
        return peer.write(peer.accept('Sec-WebSocket-Protocol: oNE', 'X-Many: a', 'X-Many: b'));
      },
    });
    const ws = await createConnectionAsync(`${server.url}path?a=b#c`, options);
    const shown = request.replace(/(Sec-WebSocket-Key: )[A-Za-z0-9+/]{22}==/, '$1KEY');
    assert.equal(shown, ['GET /path?a=b HTTP/1.1', ...lines(server.port), '', ''].join('\r\n'));
    assert.equal(ws.status, 101);
    assert.equal(ws.getstatus(), 101);
    assert.equal(ws.headers?.['x-many'], 'a, b');
    assert.equal(ws.getheaders()?.['upgrade'], 'websocket');
    assert.equal(ws.subprotocol, options.subprotocols === undefined ? null : 'one');
    assert.equal(ws.getsubprotocol(), ws.subprotocol);
    assert.equal(ws.isSsl(), false);
    assert.equal(ws.fileno(), -1);
    assert.equal(ws.connected, true);
    ws.shutdown();
    assert.equal(ws.connected, false);
  });
}

test('a server that picks no subprotocol of those offered is refused', async () => {
  for (const answer of [[], ['Sec-WebSocket-Protocol: other']]) {
    await using server = await rawServer({ script: (peer) => peer.write(peer.accept(...answer)) });
    await assert.rejects(createConnectionAsync(server.url, { subprotocols: ['one'] }), {
      name: 'WebSocketException',
      message: 'Invalid WebSocket Header',
    });
  }
});

test('an answer that is no upgrade is an exception with status, headers and body', async () => {
  await using server = await rawServer({
    script: (peer) => peer.write('HTTP/1.1 403 Forbidden\r\nX-Why: token\r\nContent-Length: 5\r\n\r\nsorry'),
  });
  const error = await createConnectionAsync(server.url).catch((error: unknown) => error);
  assert.ok(error instanceof WebSocketBadStatusException && error instanceof WebSocketException);
  assert.equal(error.statusCode, 403);
  assert.equal(error.statusMessage, 'Forbidden');
  assert.equal(error.respHeaders?.['x-why'], 'token');
  assert.deepEqual(error.respBody, ascii('sorry'));
});

test('what keeps a connection from opening has its own class', async () => {
  await using none = await rawServer({ script: (peer) => void peer.socket.end('nonsense\r\n\r\n') });
  await using gone = await rawServer({ script: (peer) => void peer.socket.end() });
  await using silent = await rawServer({ script: () => {} });
  const cases: readonly [string, CreateConnectionOptions, object][] = [
    ['http://localhost/', {}, { name: 'ValueError', message: 'scheme http is invalid' }],
    ['ws://', {}, ValueError],
    ['ws://127.0.0.1:1/', {}, { code: 'ECONNREFUSED' }],
    ['ws://nowhere.invalid/', {}, WebSocketAddressException],
    [none.url, {}, WebSocketException],
    [gone.url, {}, WebSocketConnectionClosedException],
    [silent.url, { timeout: 0.05 }, WebSocketTimeoutException],
    [silent.url, { sockopt: [[1, 99, 1]] }, WebSocketException],
    [silent.url, { timeout: -1 }, WebSocketException],
    [silent.url, { maxSize: 0 }, WebSocketException],
    [silent.url, { header: ['X: a\r\nb'] }, WebSocketException],
  ];
  for (const [url, options, expected] of cases) {
    await assert.rejects(createConnectionAsync(url, options), expected, url);
    // The servers of this thread cannot answer while it is blocked.
    if (!url.includes('127.0.0.1') || url.endsWith(':1/'))
      assert.throws(() => createConnection(url, options), expected, url);
  }
});

// ---- Redirects and cookies.

const redirecting = (status: number, location: string, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} Elsewhere`, `Location: ${location}`, 'Content-Length: 0', ...headers, '', ''].join(
    '\r\n',
  );

test('redirects are followed, and credentials stay with the origin they were given for', async () => {
  const requests: string[] = [];
  await using other = await rawServer({
    script: (peer) => {
      requests.push(peer.request);
      return peer.write(peer.accept());
    },
  });
  await using server = await rawServer({
    script: (peer) => {
      requests.push(peer.request);
      const isFirst = peer.request.startsWith('GET /first ');
      return peer.write(
        isFirst ? redirecting(307, 'second?a=b') : redirecting(301, other.url.replace('ws', 'http')),
      );
    },
  });
  const ws = await createConnectionAsync(`${server.url}first`, {
    header: ['Authorization: Bearer secret', 'X-Mine: kept'],
    cookie: 'token=secret',
    host: 'given.example',
  });
  const [first, second, third] = requests;
  assert.match(second!, /^GET \/second\?a=b /);
  for (const own of [first, second]) {
    assert.match(own!, /\r\nAuthorization: Bearer secret\r\n/);
    assert.match(own!, /\r\nCookie: token=secret\r\n/);
    assert.match(own!, /\r\nHost: given\.example\r\n/);
  }
  assert.doesNotMatch(third!, /secret|given/);
  assert.match(third!, /\r\nX-Mine: kept\r\n/);
  assert.match(third!, new RegExp(`\r\nHost: 127.0.0.1:${other.port}\r\n`));
  ws.shutdown();
});

test('redirects end at the limit, and never lead out of TLS or to what is no WebSocket', async () => {
  let asked = 0;
  await using loop = await rawServer({
    script: (peer) => {
      asked++;
      return peer.write(redirecting(302, '/'));
    },
  });
  for (const [redirectLimit, times] of [
    [undefined, 4],
    [1, 2],
    [0, 1],
  ] as const) {
    asked = 0;
    await assert.rejects(createConnectionAsync(loop.url, { redirectLimit }), {
      name: 'WebSocketBadStatusException',
      message: `more than ${redirectLimit ?? 3} redirects`,
      statusCode: 302,
    });
    assert.equal(asked, times);
  }
  for (const [location, message] of [
    ['ws://localhost/?key=secret', 'cannot follow redirect to non-secure URI ws://localhost/?***'],
    ['http://localhost/', 'cannot follow redirect to non-secure URI ws://localhost/'],
    ['ftp://user:secret@localhost/', 'cannot follow redirect to ftp://***@localhost/'],
  ]) {
    await using server = await rawServer({
      tls: ISSUED,
      script: (peer) => peer.write(redirecting(308, location!)),
    });
    await assert.rejects(createConnectionAsync(server.url, { sslopt: { certReqs: 0 } }), {
      name: 'WebSocketException',
      message,
    });
  }
});

test('cookies that any answer sets with a domain go out with what follows, joined to the given ones', async () => {
  const requests: string[] = [];
  await using server = await rawServer({
    script: (peer) => {
      requests.push(peer.request);
      const cookie = 'Set-Cookie: session=1; Domain=localhost; Path=/';
      return peer.write(
        requests.length === 1
          ? redirecting(302, '/next', cookie, 'Set-Cookie: other=2; Domain=example.com', 'Set-Cookie: bare=3')
          : peer.accept(),
      );
    },
  });
  const ws = await createConnectionAsync(`ws://localhost:${server.port}/`, { cookie: 'mine=4' });
  ws.shutdown();
  assert.match(requests[0]!, /\r\nCookie: mine=4\r\n/);
  assert.match(requests[1]!, /\r\nCookie: session=1; mine=4\r\n/);
});

// ---- Proxies and TLS.

test('a proxy is asked to connect, with its credentials, unless the host is an exception', async () => {
  await using server = await accepting((peer) => peer.write(text('through')));
  await using proxy = await connectProxy({ auth: ['user', 'p:ss'] });
  const options = {
    httpProxyHost: '127.0.0.1',
    httpProxyPort: proxy.port,
    httpNoProxy: ['elsewhere.example'],
  };
  const ws = await createConnectionAsync(server.url, { ...options, httpProxyAuth: ['user', 'p:ss'] });
  assert.equal(await ws.recvAsync(), 'through');
  assert.match(proxy.requests[0]!, new RegExp(`^CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n`));
  ws.shutdown();
  await assert.rejects(createConnectionAsync(server.url, options), {
    name: 'WebSocketProxyException',
    message: 'failed CONNECT via proxy status: 407',
  });
  await assert.rejects(
    createConnectionAsync(server.url, { ...options, httpProxyPort: 0 }),
    WebSocketProxyException,
  );
  await assert.rejects(
    createConnectionAsync(server.url, { ...options, proxyType: 'ftp' }),
    WebSocketProxyException,
  );
  const asked = proxy.requests.length;
  // Version 1.8 never uses one for this machine, unless there is another list.
  const direct = await createConnectionAsync(server.url, { ...options, httpNoProxy: [] });
  assert.equal(proxy.requests.length, asked);
  direct.shutdown();
});

test('TLS is checked against the authority that is given', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfeed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const caCerts = join(folder, 'ca.pem');
  writeFileSync(caCerts, AUTHORITY);
  await using server = await rawServer({ tls: ISSUED, script: (peer) => peer.write(peer.accept()) });
  const ws = await createConnectionAsync(server.url, { sslopt: { caCerts } });
  assert.equal(ws.isSsl(), true);
  ws.shutdown();
  await assert.rejects(createConnectionAsync(server.url), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  const unchecked = await createConnectionAsync(server.url, { sslopt: { certReqs: 0 } });
  unchecked.shutdown();
  const wrongName = createConnectionAsync(server.url, {
    sslopt: { caCerts, serverHostname: 'other.example' },
  });
  await assert.rejects(wrongName, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

// ---- An opening that is given up.

test('an opening is ended by whatever ends a connection', async () => {
  await using server = await rawServer({ script: () => {} });
  for (const end of ['abort', 'shutdown', 'close'] as const) {
    const ws = new WebSocket();
    const opening = ws.connectAsync(server.url);
    ws[end]();
    await assert.rejects(opening, CLOSED);
    assert.equal(ws.connected, false);
  }
});
