import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import {
  InvalidProxyMessage,
  InvalidProxyStatus,
  ProxyError,
} from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { readText } from '../../support/loopback-server.ts';
import { AUTHORITY, ISSUED } from '../../support/private-authority.ts';
import { type RawPeer, rawServer } from '../../support/raw-server.ts';

const NEVER = new AbortController().signal;
const TARGET = { secure: false, host: 'server.example', port: 80 };

/** What comes of a proxy that runs this script once it was asked. */
async function asked<T>(
  script: (peer: RawPeer) => void | Promise<void>,
  then: (dialing: Promise<Socket>) => Promise<T>,
  options: { readonly secure?: boolean; readonly proxyTimeoutMs?: number } = {},
): Promise<T> {
  let gone: Promise<void> | undefined;
  await using proxy = await rawServer({
    script: (peer) => {
      gone = peer.gone;
      return script(peer);
    },
    ...(options.secure === true ? { tls: ISSUED } : {}),
  });
  const scheme = options.secure === true ? 'https' : 'http';
  const result = await then(
    dial(
      TARGET,
      {
        proxy: parseProxy(`${scheme}://user:secret@localhost:${proxy.port}`),
        proxyTls: { ca: AUTHORITY },
        ...(options.proxyTimeoutMs === undefined ? {} : { proxyTimeoutMs: options.proxyTimeoutMs }),
      },
      { signal: NEVER },
    ).then(({ socket }) => socket),
  );
  await gone;
  return result;
}

const NOT_HTTP = 'did not receive a valid HTTP response from proxy: ';
const OK = 'HTTP/1.1 200 OK\r\n';
const header = (i: number): string => `X-${i}: ${'x'.repeat(500)}\r\n`;

const REFUSED: readonly (readonly [
  title: string,
  answer: string | Buffer,
  kind: typeof InvalidProxyMessage | typeof InvalidProxyStatus,
  text: string,
])[] = [
  ['nothing', '', InvalidProxyMessage, `${NOT_HTTP}connection closed while reading HTTP status line`],
  [
    'half a status line',
    'HTTP/1.1 20',
    InvalidProxyMessage,
    `${NOT_HTTP}connection closed while reading HTTP status line`,
  ],
  [
    'half a head',
    `${OK}A: b\r\n`,
    InvalidProxyMessage,
    `${NOT_HTTP}connection closed while reading HTTP headers`,
  ],
  [
    'another protocol',
    'SSH-2.0-OpenSSH_9\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}invalid HTTP status line: SSH-2.0-OpenSSH_9`,
  ],
  [
    'no version',
    '200 OK OK\r\n\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}unsupported protocol; expected HTTP/1.1 or HTTP/1.0: 200 OK OK`,
  ],
  [
    'HTTP/2',
    'HTTP/2 200 OK\r\n\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}unsupported protocol; expected HTTP/1.1 or HTTP/1.0: HTTP/2 200 OK`,
  ],
  [
    'no status',
    'HTTP/1.1 abc OK\r\n\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}invalid status code; expected integer; got abc`,
  ],
  [
    'status 999',
    'HTTP/1.1 999 OK\r\n\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}invalid status code; expected 100–599; got 999`,
  ],
  ['lines without CR', 'HTTP/1.1 200 OK\n\n', InvalidProxyMessage, `${NOT_HTTP}line without CRLF`],
  [
    'control characters',
    'HTTP/1.1 \u001b[2J OK\r\n\r\n',
    InvalidProxyMessage,
    `${NOT_HTTP}invalid status code; expected integer; got \\x1b[2J`,
  ],
  [
    'a header without a colon',
    `${OK}nonsense\r\n\r\n`,
    InvalidProxyMessage,
    `${NOT_HTTP}invalid HTTP header line: nonsense`,
  ],
  [
    'bytes',
    Buffer.alloc(300, 0xff),
    InvalidProxyMessage,
    `${NOT_HTTP}connection closed while reading HTTP status line`,
  ],
  [
    'a status line of 64 KiB',
    'H'.repeat(65_536),
    InvalidProxyMessage,
    `${NOT_HTTP}read 8193 bytes, expected no more than 8192 bytes`,
  ],
  [
    'a header line of 64 KiB',
    `${OK}A: ${'x'.repeat(65_536)}\r\n\r\n`,
    InvalidProxyMessage,
    `${NOT_HTTP}read 8193 bytes, expected no more than 8192 bytes`,
  ],
  [
    '129 headers',
    `${OK}${Array.from({ length: 129 }, (_, i) => header(i)).join('')}\r\n`,
    InvalidProxyMessage,
    `${NOT_HTTP}expected no more than 128 headers`,
  ],
  ['100', 'HTTP/1.1 100 Continue\r\n\r\n', InvalidProxyStatus, 'proxy rejected connection: HTTP 100'],
  [
    '302',
    'HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n',
    InvalidProxyStatus,
    'proxy rejected connection: HTTP 302',
  ],
  ['407', 'HTTP/1.1 407 No\r\n\r\n', InvalidProxyStatus, 'proxy rejected connection: HTTP 407'],
  [
    '502 with a body',
    'HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad',
    InvalidProxyStatus,
    'proxy rejected connection: HTTP 502',
  ],
];

for (const [title, answer, kind, text] of REFUSED) {
  for (const secure of [false, true]) {
    test(`${secure ? 'an https' : 'a'} proxy that answers ${title} is refused`, async () => {
      await asked(
        ({ socket }) => void socket.end(answer),
        (dialing) =>
          assert.rejects(dialing, (error: unknown) => {
            assert.ok(error instanceof kind, String(error));
            assert.equal(error.message, text);
            return true;
          }),
        { secure },
      );
    });
  }
}

test('a proxy that resets the connection is an error of the network', async () => {
  await asked(
    ({ socket }) => void socket.resetAndDestroy(),
    (dialing) => assert.rejects(dialing, { code: 'ECONNRESET', message: /^proxy http:\/\/localhost:\d+: / }),
  );
});

const GRANTED: readonly (readonly [title: string, head: string])[] = [
  ['200', `${OK}\r\n`],
  ['another 2xx', 'HTTP/1.1 299 Fine\r\n\r\n'],
  ['HTTP/1.0', 'HTTP/1.0 200 Connection established\r\n\r\n'],
  ['a status without a reason', 'HTTP/1.1 200 \r\n\r\n'],
  ['lengths that mean nothing here', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['128 headers, 64 KiB in all', `${OK}${Array.from({ length: 128 }, (_, i) => header(i)).join('')}\r\n`],
];

for (const [title, head] of GRANTED) {
  for (const secure of [false, true]) {
    test(`${secure ? 'an https' : 'a'} proxy that answers ${title} is taken, with what came behind it`, async () => {
      await asked(
        async ({ socket, write }) => {
          await write(`${head}first`);
          socket.write(' second');
        },
        async (dialing) => {
          const socket = await dialing;
          assert.equal(await readText(socket, 12), 'first second');
          socket.destroy();
        },
        { secure },
      );
    });
  }
}

test('an answer may come one byte at a time', async () => {
  await asked(
    async ({ write }) => {
      for (const byte of Buffer.from(`${OK}A: b\r\n\r\nfirst`)) await write(Buffer.of(byte));
    },
    async (dialing) => {
      const socket = await dialing;
      assert.equal(await readText(socket, 5), 'first');
      socket.destroy();
    },
  );
});

test('a proxy that closes behind its answer is told by the socket', async () => {
  await asked(
    ({ socket }) => void socket.end(`${OK}\r\nfirst`),
    async (dialing) => {
      const socket = await dialing;
      assert.equal(await readText(socket, 5), 'first');
      await new Promise((resolve) => socket.on('close', resolve).resume());
    },
  );
});

for (const [title, drip] of [
  ['says nothing', undefined],
  ['never comes to an end', 'HTTP/1.1 200 OK\r\nA: '],
] as const) {
  test(`a proxy that ${title} has its time and no more`, async () => {
    await asked(
      async ({ socket, write }) => {
        if (drip === undefined) return;
        await write(drip);
        const dripping = setInterval(() => socket.write('x'), 5);
        socket.on('close', () => clearInterval(dripping));
      },
      (dialing) =>
        assert.rejects(dialing, (error: unknown) => {
          assert.ok(error instanceof ProxyError);
          assert.match(error.message, /^http:\/\/localhost:\d+: timed out after 100 ms$/);
          return true;
        }),
      { proxyTimeoutMs: 100 },
    );
  });
}

test('who asks is told in one line or not at all', async () => {
  await using proxy = await rawServer({ script: () => {} });
  const options = { proxy: parseProxy(`http://localhost:${proxy.port}`), userAgent: 'a\r\nX-Other: y' };
  await assert.rejects(dial(TARGET, options, { signal: NEVER }), /invalid User-Agent header/);
});
