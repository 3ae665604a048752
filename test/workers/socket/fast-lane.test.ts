import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { FAULTS, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { ConnectionLog, type LogOptions, shown } from '../../support/connection-log.ts';
import { type RawPeer, rawServer } from '../../support/raw-server.ts';
import { LOCALHOST, type TestCertificate } from '../../support/test-certificates.ts';
import { binary, close, ping, text, wireFrame } from '../../support/wire-frame.ts';

const MIXED = Buffer.concat([
  text('first'),
  binary(Buffer.from([1, 2, 3])),
  text(''),
  ping('p1'),
  text('frag', { fin: false }),
  ping('p2'),
  wireFrame(0, '', { fin: false }),
  wireFrame(0, 'mented'),
  text('b'.repeat(126)),
  text('length in too many bytes', { lengthBytes: 8 }),
  text('last'),
  close(1000),
]);
const MESSAGES = [
  'text first',
  'binary \x01\x02\x03',
  'text ',
  'text fragmented',
  shown(false, Buffer.alloc(126, 'b')),
  'text length in too many bytes',
  'text last',
];
const PONGS = ['p1', 'p2'];

const pongs = (peer: RawPeer): string[] =>
  peer.frames.filter(({ opcode }) => opcode === 10).map(({ payload }) => payload.toString());

/** Writes pieces in turns of the event loop, so that each is a segment and mostly a read of its own. */
async function writePieces(peer: RawPeer, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    if (peer.socket.destroyed) return;
    await peer.write(piece);
    await new Promise(setImmediate);
  }
}

interface Run {
  readonly log: ConnectionLog;
  readonly pongs: readonly string[];
}

async function run(
  pieces: (accept: Buffer) => Iterable<Uint8Array>,
  options?: LogOptions,
  tls?: TestCertificate,
): Promise<Run> {
  let answered: readonly string[] = [];
  let served: Promise<void> = Promise.resolve();
  await using server = await rawServer({
    script: (peer) => {
      served = (async () => {
        await writePieces(peer, pieces(peer.accept()));
        await peer.frame(8);
        answered = pongs(peer);
        peer.socket.end();
      })();
    },
    ...(tls === undefined ? {} : { tls }),
  });
  const log = new ConnectionLog(server.url, options);
  await log.ended;
  await served;
  return { log, pongs: answered };
}

function assertMixed({ log, pongs }: Run, what: string): void {
  assert.deepEqual(log.messages, MESSAGES, what);
  assert.deepEqual(pongs, PONGS, what);
  assert.equal(log.ends[0]?.code, 1000, what);
}

test('messages glued to the reply of the handshake come after opened, as one chunk with one receive time', async () => {
  let before = -1;
  const mixed = await run((accept) => [Buffer.concat([accept, MIXED])], {
    opened: () => {
      before = 0;
    },
    goOn: (log) => {
      assert.equal(log.openings, 1);
      return true;
    },
  });
  assert.equal(before, 0);
  assertMixed(mixed, 'glued');
  assert.deepEqual(
    mixed.log.receivedAtNs,
    MESSAGES.map(() => 1),
  );
  assert.equal(mixed.log.chunks, 1);
});

test('a byte at a time gives the same messages, pongs and end', async () => {
  const bytewise = (bytes: Buffer): Uint8Array[] => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
  assertMixed(await run((accept) => bytewise(Buffer.concat([accept, MIXED]))), 'plain');
  assertMixed(
    await run(
      (accept) => bytewise(Buffer.concat([accept, MIXED])),
      { socket: { ca: LOCALHOST.cert } },
      LOCALHOST,
    ),
    'TLS',
  );
});

test('split in two anywhere, the bytes give the same messages, pongs and end', async () => {
  const splits = Array.from({ length: MIXED.length }, (_, at) => at);
  await Promise.all(
    splits.map(async (at) => {
      const mixed = await run((accept) => [accept, MIXED.subarray(0, at), MIXED.subarray(at)]);
      assertMixed(mixed, `split at ${at}`);
    }),
  );
});

test('a message longer than several chunks arrives whole, with the time of the chunk that completed it', async () => {
  const long = Buffer.alloc(900_000, 'long ');
  const { log } = await run((accept) => [accept, text(long), text('after'), text(long), close(1000)]);
  assert.deepEqual(
    log.messages.map((message) => message.slice(0, 17)),
    ['text 900000 bytes', 'text after', 'text 900000 bytes'],
  );
  assert.ok(log.receivedAtNs[0]! > 5);
});

const FLOOD = 5_000;
const flood = (): Buffer => Buffer.concat(Array.from({ length: FLOOD }, (_, i) => text(`${i}`)));

for (const [how, tls] of [
  ['plain', undefined],
  ['TLS', LOCALHOST],
] as const) {
  test(`${how}: a stop in the first of ${FLOOD} messages of a chunk holds back all others until resume`, async () => {
    await using server = await rawServer({
      script: (peer) => void peer.socket.write(Buffer.concat([peer.accept(), flood(), close(1000)])),
      ...(tls === undefined ? {} : { tls }),
    });
    let goOn = false;
    const log = new ConnectionLog(server.url, { goOn: () => goOn, socket: { ca: LOCALHOST.cert } });
    for (let expected = 1; expected <= 3; expected++) {
      await log.until(() => log.messages.length >= expected);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(log.messages.length, expected);
      assert.equal(log.chunks, expected);
      if (expected === 3) goOn = true;
      log.connection.resume();
    }
    await log.ended;
    assert.deepEqual(
      log.messages,
      Array.from({ length: FLOOD }, (_, i) => `text ${i}`),
    );
  });
}

test('a stop is obeyed between a fragmented message and what follows it, and pings wait behind it', async () => {
  let answered: string[] = [];
  await using server = await rawServer({
    script: async (peer) => {
      peer.socket.write(
        Buffer.concat([
          peer.accept(),
          text('a', { fin: false }),
          wireFrame(0, 'b'),
          ping('p'),
          text('c'),
          close(1000),
        ]),
      );
      await peer.frame(1);
      answered = pongs(peer);
      peer.socket.write(text('unread'));
    },
  });
  const log = new ConnectionLog(server.url, { goOn: ({ messages }) => messages.length !== 1 });
  await log.until(() => log.messages.length === 1);
  log.connection.send('now');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(log.messages, ['text ab']);
  assert.deepEqual(answered, []);
  log.connection.resume();
  await log.ended;
  assert.deepEqual(log.messages, ['text ab', 'text c']);
});

test('stopping at every message and resuming from chunkEnd hands over all, without recursion', async () => {
  const { log } = await run((accept) => [Buffer.concat([accept, flood(), flood(), close(1000)])], {
    goOn: () => false,
    chunkEnd: ({ connection }) => connection.resume(),
  });
  assert.equal(log.messages.length, 2 * FLOOD);
  assert.equal(log.chunks, 2 * FLOOD);
});

test('stopping at every message and resuming in a later turn hands over all', async () => {
  const { log } = await run((accept) => [accept, MIXED], {
    goOn: ({ connection }) => {
      setImmediate(() => connection.resume());
      return false;
    },
  });
  assert.deepEqual(log.messages, MESSAGES);
});

test('the end of the connection waits behind the messages that wait', async () => {
  for (const end of ['end', 'close frame'] as const) {
    await using server = await rawServer({
      script: (peer) => {
        peer.socket.end(
          Buffer.concat([peer.accept(), text('1'), text('2'), end === 'end' ? text('3') : close(1001)]),
        );
      },
    });
    const log = new ConnectionLog(server.url, { goOn: () => false });
    await log.until(() => log.messages.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(log.ends.length, 0);
    while (log.ends.length === 0) {
      log.connection.resume();
      await new Promise(setImmediate);
    }
    assert.deepEqual(log.messages, end === 'end' ? ['text 1', 'text 2', 'text 3'] : ['text 1', 'text 2']);
    assert.equal(faultName(log.ends[0]!.fault), end === 'end' ? 'CONNECTION_ENDED' : 'SERVER_CLOSED');
  }
});

test('a connection that waits for a resume can be cut and closed', async () => {
  for (const how of ['terminate', 'close'] as const) {
    await using server = await rawServer({
      script: (peer) => void peer.socket.write(Buffer.concat([peer.accept(), flood()])),
    });
    const log = new ConnectionLog(server.url, { goOn: () => false });
    await log.until(() => log.messages.length === 1);
    if (how === 'terminate') log.connection.terminate(FAULTS.FEED_SILENT.id, 'enough');
    else log.connection.close(1000, 'enough', 50);
    const end = await log.ended;
    assert.equal(end.ours, true);
    log.connection.resume();
    await new Promise(setImmediate);
    assert.equal(log.messages.length, 1);
  }
});

const deflated = (payload: string | Uint8Array): Buffer =>
  deflateRawSync(payload, { finishFlush: 2 }).subarray(0, -4);
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover';

test('with compression, compressed and plain messages and pings keep their order, one by one', async () => {
  const pieces = (accept: Buffer): Uint8Array[] => [
    Buffer.concat([
      accept,
      text(deflated('squeezed'), { rsv: 4 }),
      text('plain'),
      ping('p'),
      text(deflated('in fragments').subarray(0, 5), { rsv: 4, fin: false }),
      ping('q'),
      wireFrame(0, deflated('in fragments').subarray(5)),
      binary(deflated('a'.repeat(1000)), { rsv: 4 }),
      text('last'),
      close(1000),
    ]),
  ];
  const accepting = (accept: Buffer): Buffer =>
    Buffer.from(accept.toString('latin1').replace('\r\n\r\n', `\r\n${DEFLATE}\r\n\r\n`), 'latin1');
  for (const stops of [false, true]) {
    const { log, pongs } = await run((accept) => pieces(accepting(accept)), {
      socket: { compression: true },
      goOn: ({ connection }) => {
        if (stops) setImmediate(() => connection.resume());
        return !stops;
      },
    });
    assert.deepEqual(log.messages, [
      'text squeezed',
      'text plain',
      'text in fragments',
      shown(true, Buffer.alloc(1000, 'a')),
      'text last',
    ]);
    assert.deepEqual(pongs, ['p', 'q']);
    assert.equal(log.ends[0]?.code, 1000);
  }
});

test('with compression, too, a stop holds back every message until resume', async () => {
  await using server = await rawServer({
    script: (peer) => {
      const messages = Array.from({ length: 100 }, (_, i) => text(deflated(`${i}`), { rsv: 4 }));
      peer.socket.write(Buffer.concat([peer.accept(DEFLATE), ...messages, text('plain'), close(1000)]));
    },
  });
  const log = new ConnectionLog(server.url, { goOn: () => false, socket: { compression: true } });
  for (let expected = 1; expected <= 5; expected++) {
    await log.until(() => log.messages.length >= expected);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(log.messages.length, expected);
    log.connection.resume();
  }
  log.connection.terminate(FAULTS.NONE.id, '');
  await log.ended;
});

test('a compressed message that unpacks beyond maxPayload, or does not unpack, ends the connection', async () => {
  for (const [payload, fault] of [
    [deflated(Buffer.alloc(64 * 1024 * 1024)), 'MESSAGE_TOO_LONG'],
    [Buffer.from([0xff, 0xff, 0xff]), 'PROTOCOL_ERROR'],
  ] as const) {
    await using server = await rawServer({
      script: (peer) => {
        peer.socket.write(Buffer.concat([peer.accept(DEFLATE), text(payload, { rsv: 4 }), text('too late')]));
      },
    });
    const log = new ConnectionLog(server.url, { socket: { compression: true } });
    assert.equal(faultName((await log.ended).fault), fault);
    assert.deepEqual(log.messages, []);
  }
});
