import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FAULTS, type FaultName, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import type { ConnectionEnd } from '../../../src/workers/feed-events.ts';
import { ConnectionLog, type LogOptions } from '../../support/connection-log.ts';
import { type RawServerOptions, rawServer } from '../../support/raw-server.ts';
import { ELSEWHERE, LOCALHOST } from '../../support/test-certificates.ts';
import { close, ping, text, wireFrame } from '../../support/wire-frame.ts';

type Script = RawServerOptions['script'];

interface Played {
  readonly log: ConnectionLog;
  readonly end: ConnectionEnd;
}

/** Plays a script to a connection of ours until it has ended, once. */
async function play(
  script: Script,
  options?: LogOptions,
  server?: Omit<RawServerOptions, 'script'>,
): Promise<Played> {
  await using raw = await rawServer({ script, ...server });
  const log = new ConnectionLog(raw.url, options);
  const end = await log.ended;
  assert.equal(log.ends.length, 1, 'one end');
  return { log, end };
}

/** The connection is accepted, and these bytes follow. The server keeps its side open. */
const says =
  (...bytes: Uint8Array[]): Script =>
  (peer) => {
    peer.socket.write(Buffer.concat([peer.accept(), ...bytes]));
  };

const replies =
  (...lines: string[]): Script =>
  (peer) => {
    peer.socket.end(lines.join('\r\n'));
  };

/** What the end should say; `code` where it is not 1006. */
interface Expected {
  readonly fault: FaultName;
  readonly code?: number;
  readonly detail: RegExp;
  readonly ours?: boolean;
  readonly httpStatus?: number;
  readonly retryAfterS?: number;
}

function assertEnd(end: ConnectionEnd, expected: Expected): void {
  const { detail, ...rest } = end;
  const { detail: pattern, ...wanted } = expected;
  assert.deepEqual({ ...rest, fault: faultName(rest.fault) }, { code: 1006, ours: false, ...wanted });
  assert.match(detail, pattern);
}

const halfFrame = text('a'.repeat(100)).subarray(0, 50);
const fragments = (count: number, payload: string): Buffer =>
  Buffer.concat([
    text('a', { fin: false }),
    ...Array<Buffer>(count).fill(wireFrame(0, payload, { fin: false })),
  ]);

const AFTER_OPEN: readonly (readonly [string, Script, Expected])[] = [
  [
    'a reset in the middle of a frame',
    async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), text('whole'), halfFrame]));
      await peer.frame(1);
      peer.socket.resetAndDestroy();
    },
    { fault: 'CONNECTION_RESET', detail: /ECONNRESET/ },
  ],
  [
    'an end in the middle of a frame',
    (peer) => {
      peer.socket.end(Buffer.concat([peer.accept(), text('whole'), halfFrame]));
    },
    { fault: 'CONNECTION_ENDED', detail: /without a close frame/ },
  ],
  [
    'an end between frames',
    (peer) => {
      peer.socket.end(Buffer.concat([peer.accept(), text('whole')]));
    },
    { fault: 'CONNECTION_ENDED', detail: /without a close frame/ },
  ],
  ...([1000, 1001, 1008, 1011, 1012, 1013, 4321] as const).map(
    (code) =>
      [
        `close code ${code}`,
        says(text('whole'), close(code, 'because')),
        { fault: 'SERVER_CLOSED', code, detail: /^because$/ },
      ] as const,
  ),
  ['a close frame without code', says(wireFrame(8)), { fault: 'SERVER_CLOSED', code: 1005, detail: /^$/ }],
  [
    'a close frame followed by a reset',
    async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), close(1001)]));
      await peer.frame(8);
      peer.socket.resetAndDestroy();
    },
    { fault: 'SERVER_CLOSED', code: 1001, detail: /^$/ },
  ],
  ['close code 1005 on the wire', says(close(1005)), { fault: 'PROTOCOL_ERROR', detail: /status code 1005/ }],
  [
    'a close frame of one byte',
    says(wireFrame(8, 'x')),
    { fault: 'PROTOCOL_ERROR', detail: /payload length 1/ },
  ],
  [
    'a close reason that is not UTF-8',
    says(wireFrame(8, Buffer.from([3, 232, 0xff]))),
    { fault: 'PROTOCOL_ERROR', detail: /UTF-8/ },
  ],
  ['a masked frame', says(text('x', { masked: true })), { fault: 'PROTOCOL_ERROR', detail: /MASK/ }],
  ['RSV1 without compression', says(text('x', { rsv: 4 })), { fault: 'PROTOCOL_ERROR', detail: /RSV1/ }],
  ['RSV2', says(text('x', { rsv: 2 })), { fault: 'PROTOCOL_ERROR', detail: /RSV2/ }],
  ['a reserved opcode', says(wireFrame(3)), { fault: 'PROTOCOL_ERROR', detail: /opcode 3/ }],
  ['a reserved control opcode', says(wireFrame(11)), { fault: 'PROTOCOL_ERROR', detail: /opcode 11/ }],
  ['a continuation of nothing', says(wireFrame(0, 'x')), { fault: 'PROTOCOL_ERROR', detail: /opcode 0/ }],
  [
    'a message in the middle of another',
    says(text('x', { fin: false }), text('y')),
    { fault: 'PROTOCOL_ERROR', detail: /opcode 1/ },
  ],
  ['a ping in fragments', says(wireFrame(9, '', { fin: false })), { fault: 'PROTOCOL_ERROR', detail: /FIN/ }],
  [
    'a ping of 126 bytes',
    says(ping('x'.repeat(126))),
    { fault: 'PROTOCOL_ERROR', detail: /payload length 126/ },
  ],
  [
    'a ping with a length in two bytes',
    says(wireFrame(9, 'x', { lengthBytes: 2 })),
    { fault: 'PROTOCOL_ERROR', detail: /payload length 126/ },
  ],
  [
    'fragments that are not UTF-8',
    says(text(Buffer.from([0xc3]), { fin: false }), wireFrame(0, 'x')),
    { fault: 'PROTOCOL_ERROR', detail: /UTF-8/ },
  ],
  [
    'a message longer than accepted, of which only the header came',
    says(text('', { announced: 1024n * 1024n + 1n })),
    { fault: 'MESSAGE_TOO_LONG', detail: /maxPayload/ },
  ],
  [
    'a message of 2^63 bytes',
    says(text('', { announced: 2n ** 63n })),
    { fault: 'MESSAGE_TOO_LONG', detail: /2\^53/ },
  ],
  [
    'fragments that are together longer than accepted',
    says(fragments(1100, 'x'.repeat(1000))),
    { fault: 'MESSAGE_TOO_LONG', detail: /maxPayload/ },
  ],
  ['20000 fragments', says(fragments(20_000, 'x')), { fault: 'PROTOCOL_ERROR', detail: /fragments/ }],
  ['20000 empty fragments', says(fragments(20_000, '')), { fault: 'PROTOCOL_ERROR', detail: /fragments/ }],
];

for (const [what, script, expected] of AFTER_OPEN) {
  test(`${what} ends an open connection with ${expected.fault}, and nothing is handed over after it`, async () => {
    const { log, end } = await play(
      async (peer) => {
        await script(peer);
        if (expected.fault === 'PROTOCOL_ERROR' || expected.fault === 'SERVER_CLOSED')
          peer.socket.write(text('too late'));
      },
      { opened: (connection) => connection.send('hello') },
    );
    assertEnd(end, expected);
    assert.equal(log.openings, 1);
    assert.ok(!log.messages.includes('text too late'));
  });
}

const REFUSALS: readonly (readonly [string, Script, Expected])[] = [
  [
    '429 with Retry-After in seconds',
    replies('HTTP/1.1 429 Too Many Requests', 'Retry-After: 7', 'Content-Length: 9', '', 'slow down'),
    {
      fault: 'HANDSHAKE_REFUSED',
      httpStatus: 429,
      retryAfterS: 7,
      detail: /HTTP 429.*retry after 7 s.*slow down/,
    },
  ],
  [
    '503 with Retry-After as a date long ago',
    replies(
      'HTTP/1.1 503 Unavailable',
      'Retry-After: Wed, 21 Oct 2015 07:28:00 GMT',
      'Content-Length: 0',
      '',
      '',
    ),
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 503, retryAfterS: 0, detail: /HTTP 503/ },
  ],
  [
    '418 without a body',
    replies('HTTP/1.1 418 Teapot', 'Retry-After: soon', '', ''),
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 418, detail: /HTTP 418 instead of an upgrade$/ },
  ],
  [
    '403 with a page without end',
    (peer) => {
      peer.socket.write(`HTTP/1.1 403 Forbidden\r\n\r\n${'<p>forbidden \x1b[2J</p>\n'.repeat(10_000)}`);
    },
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 403, detail: /^[ -~]{50,500}…$/ },
  ],
  [
    '429 and a body that breaks off in the middle',
    replies('HTTP/1.1 429 No', 'Retry-After: 3', 'Content-Length: 1000', '', 'slow'),
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 429, retryAfterS: 3, detail: /HTTP 429/ },
  ],
  [
    '200 and more bytes than announced',
    replies('HTTP/1.1 200 OK', 'Content-Length: 1', '', 'hello'),
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 200, detail: /HTTP 200/ },
  ],
  [
    'a redirect',
    replies(
      'HTTP/1.1 302 Found',
      'Location: https://u:pass@login.example/x?key=1',
      'Content-Length: 0',
      '',
      '',
    ),
    {
      fault: 'HANDSHAKE_REFUSED',
      httpStatus: 302,
      detail: /https:\/\/\*\*\*@login\.example\/x\?\*\*\*, which is not followed/,
    },
  ],
  [
    'a page (captive portal)',
    replies('HTTP/1.1 200 OK', 'Content-Length: 45', '', '<html><style>p{}</style><p>Sign in</p></html>'),
    { fault: 'HANDSHAKE_REFUSED', httpStatus: 200, detail: /says: Sign in/ },
  ],
  [
    'a wrong Sec-WebSocket-Accept',
    (peer) => {
      peer.socket.write(
        peer
          .accept()
          .toString()
          .replace(/Accept: .*/, 'Accept: AAAA'),
      );
    },
    { fault: 'PROTOCOL_ERROR', detail: /Sec-WebSocket-Accept/ },
  ],
  [
    'an extension that was not asked for',
    (peer) => {
      peer.socket.write(peer.accept('Sec-WebSocket-Extensions: permessage-deflate'));
    },
    { fault: 'PROTOCOL_ERROR', detail: /Sec-WebSocket-Extensions/ },
  ],
  [
    'a subprotocol that was not asked for',
    (peer) => {
      peer.socket.write(peer.accept('Sec-WebSocket-Protocol: mqtt'));
    },
    { fault: 'PROTOCOL_ERROR', detail: /subprotocol/ },
  ],
  [
    'an upgrade to something else',
    (peer) => {
      peer.socket.write(peer.accept().toString().replace('websocket', 'h2c'));
    },
    { fault: 'PROTOCOL_ERROR', detail: /Upgrade/ },
  ],
  ['something that is not HTTP', replies('SSH-2.0-OpenSSH_9', ''), { fault: 'PROTOCOL_ERROR', detail: /./ }],
  [
    'a header of 20 KiB',
    (peer) => {
      peer.socket.write(peer.accept(`X-Long: ${'x'.repeat(20 * 1024)}`));
    },
    { fault: 'PROTOCOL_ERROR', detail: /./ },
  ],
  [
    'nothing, and hangs up',
    (peer) => {
      peer.socket.end();
    },
    { fault: 'CONNECT_FAILED', detail: /hang up/ },
  ],
  [
    'a reset',
    (peer) => {
      peer.socket.resetAndDestroy();
    },
    { fault: 'CONNECT_FAILED', detail: /ECONNRESET/ },
  ],
];

for (const [what, script, expected] of REFUSALS) {
  test(`a server that answers the handshake with ${what} ends the attempt with ${expected.fault}`, async () => {
    const { log, end } = await play(script);
    assertEnd(end, expected);
    assert.equal(log.openings, 0);
  });
}

test('an answer in which a bare LF ends the header never has its frames read at a wrong place', async () => {
  const { log, end } = await play((peer) => {
    const accept = peer.accept().toString().replace(/\r\n/g, '\n');
    peer.socket.end(Buffer.concat([Buffer.from(accept), text('in the same write'), close(1000)]));
  });
  assert.equal(faultName(end.fault), 'PROTOCOL_ERROR');
  assert.deepEqual(log.messages, []);
});

test('an informational answer before the upgrade is passed over', async () => {
  const { log } = await play((peer) => {
    peer.socket.write(
      Buffer.concat([
        Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'),
        peer.accept(),
        text('hello'),
        close(1000),
      ]),
    );
  });
  assert.deepEqual(log.messages, ['text hello']);
});

const STALLS: readonly (readonly [string, RawServerOptions])[] = [
  ['never answers', { script: () => {} }],
  [
    'answers a byte at a time for ever',
    {
      script: (peer) => {
        const timer = setInterval(() => peer.socket.write('H'), 5);
        peer.socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Slow: ');
        return peer.gone.then(() => clearInterval(timer));
      },
    },
  ],
];

for (const [what, options] of STALLS) {
  test(`a server that ${what} is given up at the deadline for the whole attempt`, async () => {
    const { end } = await play(options.script, { connectTimeoutMs: 100 });
    assertEnd(end, { fault: 'CONNECT_TIMEOUT', detail: /not open after 100 ms/ });
  });
}

test('a refusal whose body never comes is reported as one at the deadline', async () => {
  const { end } = await play(
    (peer) => void peer.socket.write('HTTP/1.1 429 No\r\nRetry-After: 9\r\nContent-Length: 5\r\n\r\n'),
    { connectTimeoutMs: 100 },
  );
  assertEnd(end, { fault: 'HANDSHAKE_REFUSED', httpStatus: 429, retryAfterS: 9, detail: /HTTP 429/ });
});

test('a server that never answers the TLS handshake is given up at the deadline', async () => {
  await using raw = await rawServer({ script: () => {}, atOnce: true });
  const log = new ConnectionLog(raw.url.replace('ws://', 'wss://'), { connectTimeoutMs: 100 });
  assertEnd(await log.ended, { fault: 'CONNECT_TIMEOUT', detail: /not open after 100 ms/ });
});

test('a port on which nothing listens is a failed attempt that says what to do', async () => {
  const raw = await rawServer({ script: () => {} });
  await raw.close();
  const log = new ConnectionLog(raw.url);
  assertEnd(await log.ended, { fault: 'CONNECT_FAILED', detail: /ECONNREFUSED.*nothing listens there/ });
  assert.equal(log.ends.length, 1);
});

test('a name that does not exist is a failed attempt that says what to do', async () => {
  const log = new ConnectionLog('wss://no-such-host.invalid/');
  assertEnd(await log.ended, { fault: 'CONNECT_FAILED', detail: /ENOTFOUND|EAI_AGAIN/ });
});

test('a host with several addresses of which none answers names each', async () => {
  const raw = await rawServer({ script: () => {} });
  await raw.close();
  const log = new ConnectionLog(`ws://localhost:${raw.port}/`);
  assertEnd(await log.ended, { fault: 'CONNECT_FAILED', detail: /ECONNREFUSED/ });
});

test('over TLS messages arrive as they do without, where the certificate is trusted through the option ca', async () => {
  const { log, end } = await play(
    says(text('secret'), ping(), text('s'.repeat(100_000)), close(1000)),
    { socket: { ca: LOCALHOST.cert } },
    { tls: LOCALHOST },
  );
  assert.equal(log.messages.length, 2);
  assert.equal(end.code, 1000);
});

test('a self-signed certificate is refused, with a word on the option ca', async () => {
  const { log, end } = await play(says(), {}, { tls: LOCALHOST });
  assertEnd(end, { fault: 'TLS_FAILED', detail: /self-signed certificate.*option ca/ });
  assert.equal(log.openings, 0);
});

test('a certificate is refused even where NODE_TLS_REJECT_UNAUTHORIZED says to accept all', async (t) => {
  allowAllCertificates(t);
  const { end } = await play(says(), {}, { tls: LOCALHOST });
  assertEnd(end, { fault: 'TLS_FAILED', detail: /self-signed certificate/ });
});

function allowAllCertificates(t: TestContext): void {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.after(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });
}

test('a certificate for another host is refused although its issuer is trusted', async () => {
  const { end } = await play(says(), { socket: { ca: ELSEWHERE.cert } }, { tls: ELSEWHERE });
  assertEnd(end, { fault: 'TLS_FAILED', detail: /another host/ });
});

test('a server without TLS behind a wss url is a TLS failure', async () => {
  await using raw = await rawServer({ script: (peer) => void peer.socket.end('220 smtp\r\n'), atOnce: true });
  const log = new ConnectionLog(raw.url.replace('ws://', 'wss://'));
  assert.equal(faultName((await log.ended).fault), 'TLS_FAILED');
});

test('what we close is ours, with the code the server answered', async () => {
  const { end } = await play(
    async (peer) => {
      await peer.write(peer.accept());
      const frame = await peer.frame(8);
      assert.equal(frame?.payload.readUInt16BE(0), 1000);
      peer.socket.end(close(1000));
    },
    { opened: (connection) => connection.close(1000, 'bye', 5_000) },
  );
  assertEnd(end, { fault: 'NONE', code: 1000, ours: true, detail: /^bye$/ });
});

test('a server that ignores our close is cut when the time for it is up', async () => {
  const { end } = await play(says(), { opened: (connection) => connection.close(1000, 'bye', 50) });
  assertEnd(end, { fault: 'NONE', ours: true, detail: /^bye$/ });
});

test('a server that sends its close frame and keeps the connection open is cut', async () => {
  const { end } = await play((peer) => {
    peer.socket.allowHalfOpen = true;
    peer.socket.write(Buffer.concat([peer.accept(), close(1012, 'restart')]));
  });
  assertEnd(end, { fault: 'SERVER_CLOSED', code: 1012, detail: /^restart$/ });
});

const OURS: readonly (readonly [string, NonNullable<LogOptions['opened']>])[] = [
  ['terminate', (connection) => connection.terminate(FAULTS.PING_TIMEOUT.id, 'no pong')],
  [
    'terminate, twice and with a close in between',
    (connection) => {
      connection.terminate(FAULTS.PING_TIMEOUT.id, 'no pong');
      connection.close(1000, '', 10);
      connection.terminate(FAULTS.FEED_SILENT.id, 'silent');
      connection.resume();
      connection.send('x');
      connection.ping();
    },
  ],
];

for (const [what, opened] of OURS) {
  test(`${what}: the end is ours, with the fault given first`, async () => {
    const { end } = await play(says(text('x')), { opened });
    assertEnd(end, { fault: 'PING_TIMEOUT', ours: true, detail: /^no pong$/ });
  });
}

test('a message handler may cut the connection, and no message follows', async () => {
  const { log, end } = await play(says(text('1'), text('2'), ping(), text('3')), {
    goOn: ({ connection }) => {
      connection.terminate(FAULTS.PROTOCOL_ERROR.id, 'not UTF-8');
      return true;
    },
  });
  assert.deepEqual(log.messages, ['text 1']);
  assertEnd(end, { fault: 'PROTOCOL_ERROR', ours: true, detail: /not UTF-8/ });
});

for (const how of ['close', 'terminate', 'signal'] as const) {
  test(`${how} while the connection is being made ends the attempt, after the call has returned`, async () => {
    await using raw = await rawServer({ script: () => {} });
    const abort = new AbortController();
    const log = new ConnectionLog(raw.url, { signal: abort.signal });
    if (how === 'close') log.connection.close(1000, 'stop', 50);
    if (how === 'terminate') log.connection.terminate(FAULTS.NONE.id, 'stop');
    if (how === 'signal') abort.abort();
    assert.equal(log.ends.length, 0);
    const end = await log.ended;
    assert.equal(end.ours, true);
    assert.equal(faultName(end.fault), 'NONE');
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
  });
}

test('a signal that is aborted already ends the attempt, after the call has returned', async () => {
  await using raw = await rawServer({ script: () => {} });
  const log = new ConnectionLog(raw.url, { signal: AbortSignal.abort() });
  assert.equal(log.ends.length, 0);
  assertEnd(await log.ended, { fault: 'NONE', ours: true, detail: /aborted/ });
});

test('pings are answered and our own pongs are told', async () => {
  await using raw = await rawServer({
    script: async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), ping('a'), ping('b')]));
      await peer.frame(9);
      peer.socket.write(wireFrame(10));
      await peer.frame(1);
      assert.deepEqual(
        peer.frames.map(({ opcode, payload }) => `${opcode} ${payload}`),
        ['9 ', '10 a', '10 b', '1 done'],
      );
      peer.socket.write(close(1000));
    },
  });
  const log = new ConnectionLog(raw.url, { opened: (connection) => connection.ping() });
  await log.until(() => log.pongs === 1);
  log.connection.send('done');
  assert.equal((await log.ended).code, 1000);
});

test('thousands of pings in one read are all answered', async () => {
  const PINGS = 40_000;
  let pongs = 0;
  const { log } = await play(async (peer) => {
    peer.socket.write(Buffer.concat([peer.accept(), ...Array<Buffer>(PINGS).fill(ping()), text('alive')]));
    peer.socket.on('data', () => {
      pongs = peer.frames.filter(({ opcode }) => opcode === 10).length;
      if (pongs === PINGS) peer.socket.write(close(1000));
    });
  });
  assert.equal(pongs, PINGS);
  assert.deepEqual(log.messages, ['text alive']);
});

test('a server that sends pings and reads no pongs is not read any further', async () => {
  const PINGS = Buffer.concat(Array<Buffer>(1_000).fill(ping('x'.repeat(125))));
  const SENT_MAX = 64 * 1024 * 1024;
  let sent = 0;
  await using raw = await rawServer({
    script: async (peer) => {
      peer.socket.pause();
      await peer.write(peer.accept());
      let stalled = false;
      while (!stalled && sent < SENT_MAX) {
        const waited = new Promise<boolean>((resolve) => setTimeout(resolve, 500, true));
        stalled = await Promise.race([peer.write(PINGS).then(() => false), waited]);
        sent += PINGS.length;
      }
      log.connection.terminate(FAULTS.PING_TIMEOUT.id, 'no pong');
    },
  });
  const log = new ConnectionLog(raw.url);
  assertEnd(await log.ended, { fault: 'PING_TIMEOUT', ours: true, detail: /no pong/ });
  assert.ok(sent < SENT_MAX, 'the server could not send on');
});

test('what waits to be sent to a server that does not read is bounded', async () => {
  const { end } = await play(
    (peer) => {
      peer.socket.write(peer.accept());
      peer.socket.pause();
    },
    {
      opened: (connection) => {
        for (let sent = 0; sent < 64; sent++) connection.send('x'.repeat(512 * 1024));
      },
    },
  );
  assertEnd(end, { fault: 'PEER_NOT_READING', ours: true, detail: /does not read/ });
});

test('a url, header or limit that cannot work is misuse, said at once and without its secrets', () => {
  const cases: readonly (readonly [string, LogOptions, RegExp])[] = [
    [
      'ws://key:s3cret@exchange.example/?token=s3cret',
      {},
      /ws:\/\/\*\*\*@exchange\.example\/\?\*\*\*, expected wss/,
    ],
    ['ws://localhost.example/', {}, /allowPlain/],
    ['http://localhost/', {}, /expected a ws:\/\/ or wss:\/\/ URL/],
    ['not a url', {}, /not a URL.*expected a URL/],
    ['wss://localhost/#frag', {}, /fragment/],
    ['ws://localhost:1/', { socket: { maxPayload: 0 } }, /maxPayload/],
    ['ws://localhost:1/', { socket: { headers: { 'x-key': 'a\r\nb' } } }, /x-key/],
  ];
  for (const [url, options, message] of cases) {
    assert.throws(
      () => new ConnectionLog(url, options),
      (error) => {
        assert.ok(error instanceof MisuseError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  }
});

test('a plain connection elsewhere is made where it is allowed', async () => {
  const log = new ConnectionLog('ws://no-such-host.invalid/', { socket: { allowPlain: true } });
  assert.equal(faultName((await log.ended).fault), 'CONNECT_FAILED');
});

test('secrets of the url are masked where the server repeats them', async () => {
  await using raw = await rawServer({
    script: (peer) => {
      const asked = /^GET (\S+)/.exec(peer.request)?.[1];
      peer.socket.end(`HTTP/1.1 404 Not Found\r\n\r\nCannot GET ${asked}, token s3cret t0ken of us&er`);
    },
  });
  const url = `${raw.url.replace('ws://', 'ws://us%26er:pa55word@')}feed?token=s3cret%20t0ken`;
  const { detail } = await new ConnectionLog(url).ended;
  assert.match(detail, /Cannot GET \/feed\?\*\*\*, token \*\*\* of \*\*\*/);
});

test('headers and the request reach the server as configured, with compression offered only where asked for', async () => {
  for (const compression of [false, true]) {
    let request = '';
    await play(
      (peer) => {
        request = peer.request;
        peer.socket.write(Buffer.concat([peer.accept(), close(1000)]));
      },
      { socket: { compression, headers: { 'X-Client': 'ringfeed' } } },
    );
    assert.match(request, /^GET \/ HTTP\/1\.1\r\n/);
    assert.match(request, /^X-Client: ringfeed\r$/m);
    assert.equal(/permessage-deflate/.test(request), compression);
  }
});

test('a connection that is refused leaves the port usable for the next', async () => {
  await using raw = await rawServer({ script: says(close(1000)) });
  for (let attempt = 0; attempt < 20; attempt++)
    assert.equal((await new ConnectionLog(raw.url).ended).code, 1000);
  await new Promise<void>((resolve) => {
    const probe = connect(raw.port, '127.0.0.1', () => {
      probe.destroy();
      resolve();
    });
  });
});
