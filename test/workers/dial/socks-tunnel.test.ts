import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { ProxyError } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import {
  echo,
  echoed,
  type LoopbackServer,
  loopbackServer,
  readText,
} from '../../support/loopback-server.ts';
import { AUTHORITY, ISSUED } from '../../support/private-authority.ts';
import { socks4Server } from '../../support/socks4-server.ts';

const NEVER = new AbortController().signal;
const GRANTED_4 = [0, 90, 0, 0, 0, 0, 0, 0];
const GRANTED_5 = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

const through = async (proxy: string, port = 80, host = 'server.example', secure = false): Promise<Socket> =>
  (
    await dial(
      { secure, host, port },
      { proxy: parseProxy(proxy), tls: { ca: AUTHORITY } },
      { signal: NEVER },
    )
  ).socket;

const refusedWith = (text: string) => (error: unknown) => {
  assert.ok(error instanceof ProxyError);
  assert.equal(error.message.replace(/:\d+/, ''), text);
  assert.doesNotMatch(JSON.stringify({ ...error, cause: error.cause }), /secret/);
  return true;
};

for (const secure of [false, true]) {
  test(`SOCKS4a has the proxy look up the name of a ${secure ? 'secure' : 'plain'} server`, async () => {
    await using server = await loopbackServer(echo, secure ? { tls: ISSUED } : {});
    await using proxy = await socks4Server({ user: 'us er' });
    const socket = await through(
      `socks4a://us%20er:@127.0.0.1:${proxy.port}`,
      server.port,
      'server.example',
      secure,
    );
    assert.equal(await echoed(socket, 'hello'), 'hello');
    assert.deepEqual(proxy.requests, [`server.example:${server.port} us er`]);
    socket.destroy();
    await Promise.all([server.closed(), proxy.closed()]);
  });
}

test('SOCKS4 is told the address of a name', async () => {
  await using server = await loopbackServer(echo);
  await using proxy = await socks4Server();
  const socket = await through(`socks4://127.0.0.1:${proxy.port}`, server.port, 'localhost');
  assert.equal(await echoed(socket, 'hello'), 'hello');
  assert.deepEqual(proxy.requests, [`127.0.0.1:${server.port} `]);
  socket.destroy();
});

test('a SOCKS4 proxy that refuses is an error without a secret', async () => {
  await using proxy = await socks4Server({ user: 'other' });
  const dialing = through(`socks4a://secret:secret@127.0.0.1:${proxy.port}`);
  await assert.rejects(
    dialing,
    refusedWith('socks4a://127.0.0.1: Socks4 Proxy rejected connection - (Failed)'),
  );
  await proxy.closed();
});

test('SOCKS4 and an IPv6 address do not go together', async () => {
  await using proxy = await socks4Server();
  const dialing = through(`socks4a://127.0.0.1:${proxy.port}`, 80, '::1');
  await assert.rejects(dialing, refusedWith('socks4a://127.0.0.1: SOCKS4 cannot connect to an IPv6 address'));
  await proxy.closed();
});

test('a name nobody knows is an error of the network before the proxy is asked', async () => {
  await using proxy = await socks4Server();
  await assert.rejects(through(`socks5://127.0.0.1:${proxy.port}`, 80, 'name.invalid'), {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
  });
  assert.equal(proxy.accepted.length, 0);
});

interface Scripted extends LoopbackServer {
  /** What the client said, one entry for each answer. */
  readonly said: readonly string[];
}

/** A proxy that gives these answers, one for each thing it is told, and ends where there is none left. */
async function scripted(answers: readonly (readonly number[])[], last: 'end' | 'stay'): Promise<Scripted> {
  const said: string[] = [];
  const server = await loopbackServer((socket) => {
    let next = 0;
    socket.on('data', (chunk) => {
      said.push(chunk.toString('latin1'));
      const answer = answers[next++];
      if (answer !== undefined) socket.write(Buffer.from(answer));
      if (next === answers.length && last === 'end') socket.end();
    });
  });
  return Object.assign(server, { said });
}

const TALKS: readonly (readonly [
  title: string,
  proxy: string,
  host: string,
  answers: readonly (readonly number[])[],
  said: readonly string[],
])[] = [
  [
    'without credentials',
    'socks5h://127.0.0.1',
    'server.example',
    [[5, 0], GRANTED_5],
    ['\x05\x01\x00', '\x05\x01\x00\x03\x0eserver.example\x00\x50'],
  ],
  [
    'with credentials',
    'socks5h://u:pw@127.0.0.1',
    'server.example',
    [[5, 2], [1, 0], GRANTED_5],
    ['\x05\x02\x00\x02', '\x01\x01u\x02pw', '\x05\x01\x00\x03\x0eserver.example\x00\x50'],
  ],
  [
    'with an IPv4 address',
    'socks5h://127.0.0.1',
    '192.0.2.1',
    [[5, 0], GRANTED_5],
    ['\x05\x01\x00', '\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50'],
  ],
  [
    'with an IPv6 address',
    'socks5h://127.0.0.1',
    '2001:db8::1',
    [[5, 0], GRANTED_5],
    ['\x05\x01\x00', '\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50'],
  ],
  [
    'with an answer that names an IPv6 address',
    'socks5h://127.0.0.1',
    'server.example',
    [
      [5, 0],
      [5, 0, 0, 4, ...new Array<number>(16).fill(0), 0, 80],
    ],
    ['\x05\x01\x00', '\x05\x01\x00\x03\x0eserver.example\x00\x50'],
  ],
  [
    'with an answer that has a name',
    'socks5h://127.0.0.1',
    'server.example',
    [
      [5, 0],
      [5, 0, 0, 3, 1, 97, 0, 80],
    ],
    ['\x05\x01\x00', '\x05\x01\x00\x03\x0eserver.example\x00\x50'],
  ],
];

for (const [title, address, host, answers, said] of TALKS) {
  test(`SOCKS5 is spoken ${title}, and what comes behind the answer is read first`, async () => {
    const first = [...Buffer.from('first')];
    await using proxy = await scripted([...answers.slice(0, -1), [...answers.at(-1)!, ...first]], 'stay');
    const socket = await through(`${address}:${proxy.port}`, 80, host);
    // Longer than the package would have waited before it let the socket flow.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await readText(socket, 5), 'first');
    assert.deepEqual(proxy.said, said);
    socket.destroy();
    await proxy.closed();
  });
}

test('an answer may come one byte at a time', async () => {
  await using server = await loopbackServer((socket) => {
    const bytes = Buffer.from([...GRANTED_4, ...Buffer.from('first')]);
    const writeFrom = (at: number): void => {
      if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setImmediate(writeFrom, at + 1));
    };
    socket.once('data', () => writeFrom(0));
  });
  const socket = await through(`socks4a://127.0.0.1:${server.port}`);
  assert.equal(await readText(socket, 5), 'first');
  socket.destroy();
});

const CLOSED = 'connection closed during the SOCKS handshake';
const REFUSED: readonly (readonly [
  title: string,
  scheme: string,
  answers: readonly (readonly number[])[],
  text: string,
])[] = [
  ['nothing', 'socks5h', [[]], CLOSED],
  ['half a greeting', 'socks5h', [[5]], CLOSED],
  ['half an answer', 'socks5h', [[5, 0], GRANTED_5.slice(0, 7)], CLOSED],
  ['half an answer', 'socks4a', [GRANTED_4.slice(0, 7)], CLOSED],
  [
    'HTTP',
    'socks5h',
    [[...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
    'Received invalid Socks5 initial handshake (invalid socks version)',
  ],
  ['bytes', 'socks4a', [new Array<number>(300).fill(0xff)], 'Socks4 Proxy rejected connection'],
  [
    'that no method is good',
    'socks5h',
    [[5, 255]],
    'Received invalid Socks5 initial handshake (no accepted authentication type)',
  ],
  [
    'with a method nobody knows',
    'socks5h',
    [[5, 77]],
    'Received invalid Socks5 initial handshake (unknown authentication type)',
  ],
  [
    'that the password is wrong',
    'socks5h',
    [
      [5, 2],
      [1, 1],
    ],
    'Socks5 Authentication failed',
  ],
  [
    'that it cannot connect',
    'socks5h',
    [
      [5, 0],
      [5, 5, 0, 1, 0, 0, 0, 0, 0, 0],
    ],
    'Socks5 proxy rejected connection - ConnectionRefused',
  ],
  [
    'more than it was asked',
    'socks5h',
    [
      [5, 2],
      [1, 0, 5, 0, 0, 1],
    ],
    'SocksClient internal error (this should not happen)',
  ],
];

for (const [title, scheme, answers, text] of REFUSED) {
  test(`a ${scheme} proxy that answers ${title} is refused without a secret`, async () => {
    await using proxy = await scripted(answers, 'end');
    const dialing = through(`${scheme}://user:secret@127.0.0.1:${proxy.port}`);
    await assert.rejects(dialing, refusedWith(`${scheme}://127.0.0.1: ${text}`));
    await proxy.closed();
  });
}

test('a SOCKS proxy that says nothing has its time and no more', async () => {
  await using proxy = await loopbackServer((socket) => void socket.resume());
  const dialing = dial(
    { secure: false, host: 'server.example', port: 80 },
    { proxy: parseProxy(`socks5h://127.0.0.1:${proxy.port}`), proxyTimeoutMs: 50 },
    { signal: NEVER },
  );
  await assert.rejects(dialing, refusedWith('socks5h://127.0.0.1: timed out after 50 ms'));
  await proxy.closed();
});
