import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import type { ConnectOptions } from '../../src/main/options/connect-options.ts';
import {
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../src/shared/protocol/errors/connection-closed.ts';
import {
  ConcurrencyError,
  EOFError,
  PayloadTooBig,
  ProtocolError,
  UnicodeDecodeError,
  WebSocketTimeout,
} from '../../src/shared/protocol/errors/websocket-exception.ts';
import { clientPair, codeOf, received, shown } from '../support/client-pair.ts';
import { binary, close, type FrameShape, text, wireFrame } from '../support/wire-frame.ts';

const more: FrameShape = { fin: false };
const goOn = (payload: string | Uint8Array, shape?: FrameShape): Buffer => wireFrame(0, payload, shape);
const OK = 'ConnectionClosedOK: received 1000 (OK); then sent 1000 (OK)';
const LOST = 'ConnectionClosedError: no close frame received or sent';
const euro = Buffer.from('€');
const bom = Buffer.from('﻿bom');

const streams: readonly {
  readonly title: string;
  readonly bytes: readonly Buffer[];
  readonly heard: string[];
}[] = [
  {
    title: 'texts and bytes',
    bytes: [text('a'), binary(Buffer.of(0, 255)), text('')],
    heard: ['a', '<00ff>', ''],
  },
  { title: 'other scripts', bytes: [text('wörld €'), text('🙂')], heard: ['wörld €', '🙂'] },
  { title: 'a byte order mark', bytes: [text(bom), text(bom, more), goOn('')], heard: ['﻿bom', '﻿bom'] },
  { title: 'an empty message of bytes', bytes: [binary(Buffer.alloc(0))], heard: ['<>'] },
  { title: 'fragments', bytes: [text('a', more), goOn('b', more), goOn('c')], heard: ['abc'] },
  { title: 'empty fragments', bytes: [text('', more), goOn('', more), goOn('')], heard: [''] },
  {
    title: 'a character split among fragments',
    bytes: [text(euro.subarray(0, 1), more), goOn(euro.subarray(1, 2), more), goOn(euro.subarray(2))],
    heard: ['€'],
  },
  {
    title: 'a ping among fragments',
    bytes: [binary(Buffer.of(1), more), wireFrame(9, 'x'), goOn(Buffer.of(2))],
    heard: ['<0102>'],
  },
  { title: 'pongs that nobody asked for', bytes: [wireFrame(10, 'x'), text('a')], heard: ['a'] },
];

for (const { title, bytes, heard } of streams) {
  for (const pieces of ['at once', 'byte by byte']) {
    test(`${title} are received as sent, ${pieces}`, async () => {
      await using pair = await clientPair();
      const all = Buffer.concat([...bytes, close(1000)]);
      if (pieces === 'at once') await pair.peer.write(all);
      else for (const byte of all) await pair.peer.write(Buffer.of(byte)).then(() => sleep(0));
      await pair.peer.frame(8);
      pair.peer.socket.end();
      assert.deepEqual(await received(pair.ws), [...heard, OK]);
    });
  }
}

const ends: readonly {
  readonly title: string;
  readonly bytes: readonly Buffer[];
  readonly end: 'wait' | 'fin' | 'reset';
  readonly options?: ConnectOptions;
  readonly heard: readonly string[];
  readonly cause?: { readonly type: new (...args: never[]) => Error; readonly message: string };
  /** What the server is told. */
  readonly code?: number | undefined;
  readonly closeCode: number;
}[] = [
  {
    title: 'the end of the stream without a close frame',
    bytes: [text('a')],
    end: 'fin',
    heard: ['a', LOST],
    cause: { type: EOFError, message: 'unexpected end of stream' },
    closeCode: 1006,
  },
  {
    title: 'the end of the stream within a frame',
    bytes: [text('a'), text('bcdef').subarray(0, 4)],
    end: 'fin',
    heard: ['a', LOST],
    cause: { type: EOFError, message: 'stream ends after 2 bytes, expected 5 bytes' },
    closeCode: 1006,
  },
  {
    title: 'the end of the stream within a message',
    bytes: [text('a'), text('bcdef', more)],
    end: 'fin',
    heard: ['a', LOST],
    cause: { type: EOFError, message: 'unexpected end of stream' },
    closeCode: 1006,
  },
  { title: 'a reset', bytes: [text('a')], end: 'reset', heard: ['a', LOST], closeCode: 1006 },
  {
    title: 'a reset within a frame',
    bytes: [text('a'), text('bcdef').subarray(0, 4)],
    end: 'reset',
    heard: ['a', LOST],
    closeCode: 1006,
  },
  {
    title: 'a close frame without a code',
    bytes: [text('a'), wireFrame(8)],
    end: 'wait',
    heard: [
      'a',
      'ConnectionClosedOK: received 1005 (no status received [internal]); then sent 1005 (no status received [internal])',
    ],
    closeCode: 1005,
  },
  {
    title: 'a close frame of a server that goes away',
    bytes: [close(1001, 'bye')],
    end: 'wait',
    heard: ['ConnectionClosedOK: received 1001 (going away) bye; then sent 1001 (going away) bye'],
    code: 1001,
    closeCode: 1001,
  },
  {
    title: 'a close frame of a server in trouble',
    bytes: [text('a'), close(1011, 'oh'), text('never seen')],
    end: 'wait',
    heard: [
      'a',
      'ConnectionClosedError: received 1011 (internal error) oh; then sent 1011 (internal error) oh',
    ],
    code: 1011,
    closeCode: 1011,
  },
  {
    title: 'text that is no UTF-8',
    bytes: [text('a'), text(Buffer.of(0x61, 0xff)), text('b')],
    end: 'wait',
    heard: [
      'a',
      'ConnectionClosedError: sent 1007 (invalid frame payload data) invalid start byte at position 1; no close frame received',
    ],
    cause: { type: UnicodeDecodeError, message: 'invalid start byte at position 1' },
    code: 1007,
    closeCode: 1006,
  },
  {
    title: 'a masked frame',
    bytes: [text('a'), text('b', { masked: true })],
    end: 'wait',
    heard: [
      'a',
      'ConnectionClosedError: sent 1002 (protocol error) incorrect masking; no close frame received',
    ],
    cause: { type: ProtocolError, message: 'incorrect masking' },
    code: 1002,
    closeCode: 1006,
  },
  {
    title: 'a reserved bit',
    bytes: [text('a', { rsv: 4 })],
    end: 'wait',
    heard: [
      'ConnectionClosedError: sent 1002 (protocol error) reserved bits must be 0; no close frame received',
    ],
    cause: { type: ProtocolError, message: 'reserved bits must be 0' },
    code: 1002,
    closeCode: 1006,
  },
  {
    title: 'a continuation of nothing',
    bytes: [goOn('a')],
    end: 'wait',
    heard: [
      'ConnectionClosedError: sent 1002 (protocol error) unexpected continuation frame; no close frame received',
    ],
    cause: { type: ProtocolError, message: 'unexpected continuation frame' },
    code: 1002,
    closeCode: 1006,
  },
  {
    title: 'a frame that is too long, by its header alone',
    bytes: [text('a'), text('', { announced: 200n }).subarray(0, 4)],
    end: 'wait',
    options: { maxSize: 100 },
    heard: [
      'a',
      'ConnectionClosedError: sent 1009 (message too big) frame with 200 bytes exceeds limit of 100 bytes; no close frame received',
    ],
    cause: { type: PayloadTooBig, message: 'frame with 200 bytes exceeds limit of 100 bytes' },
    code: 1009,
    closeCode: 1006,
  },
  {
    title: 'a message that is too long in its second frame',
    bytes: [text('a'.repeat(60), more), goOn('b'.repeat(60))],
    end: 'wait',
    options: { maxSize: 100 },
    heard: [
      'ConnectionClosedError: sent 1009 (message too big) frame with 60 bytes after reading 60 bytes exceeds limit of 100 bytes; no close frame received',
    ],
    cause: {
      type: PayloadTooBig,
      message: 'frame with 60 bytes after reading 60 bytes exceeds limit of 100 bytes',
    },
    code: 1009,
    closeCode: 1006,
  },
  {
    title: 'a fragment that is longer than fragments may be',
    bytes: [text('a'.repeat(60))],
    end: 'wait',
    options: { maxSize: [100, 50] },
    heard: [
      'ConnectionClosedError: sent 1009 (message too big) frame with 60 bytes exceeds limit of 50 bytes; no close frame received',
    ],
    code: 1009,
    closeCode: 1006,
  },
  {
    title: 'a length of 2^63 without a limit',
    bytes: [text('', { announced: (1n << 63n) - 1n, lengthBytes: 8 })],
    end: 'wait',
    options: { maxSize: null },
    heard: [
      'ConnectionClosedError: sent 1009 (message too big) frame with 9223372036854776000 bytes exceeds limit of 2147483647 bytes; no close frame received',
    ],
    code: 1009,
    closeCode: 1006,
  },
];

for (const { title, bytes, end, options, heard, cause, code, closeCode } of ends) {
  test(`${title} ends the connection, and what came before is received`, async () => {
    await using pair = await clientPair({ closeTimeout: 0.2, ...options });
    const { ws, peer } = pair;
    await peer.write(Buffer.concat(bytes));
    if (end === 'fin') peer.socket.end();
    const before: string[] = [];
    if (end === 'reset') {
      // A reset takes from the kernel what was not read from it.
      before.push(shown(await ws.recv()));
      peer.socket.resetAndDestroy();
    }
    const told = end === 'wait' ? codeOf(await peer.frame(8)) : undefined;
    assert.equal(told, code);
    if (end === 'wait' && heard.at(-1)!.includes('received 1')) peer.socket.end();
    assert.deepEqual([...before, ...(await received(ws))], heard);
    assert.equal(ws.closeCode, closeCode);
    const info = ws.closeInfo!;
    assert.ok(info instanceof ConnectionClosed);
    assert.equal(info instanceof ConnectionClosedOK, heard.at(-1)!.startsWith('ConnectionClosedOK'));
    if (cause !== undefined) {
      assert.ok(info.cause instanceof cause.type, `the cause is ${String(info.cause)}`);
      assert.ok(info.cause.message.startsWith(cause.message), info.cause.message);
    }
  });
}

test('an iteration ends with 1000, 1001 or no code, and throws where the connection ends otherwise', async () => {
  for (const [frame, throws] of [
    [close(1000), false],
    [close(1001), false],
    [wireFrame(8), false],
    [close(1011), true],
    [close(4000), true],
    [undefined, true],
  ] as const) {
    await using pair = await clientPair();
    await pair.peer.write(text('a'));
    if (frame !== undefined) await pair.peer.write(frame).then(() => pair.peer.frame(8));
    pair.peer.socket.end();
    const heard: string[] = [];
    const iterated = (async () => {
      for await (const message of pair.ws) heard.push(shown(message));
    })();
    if (throws) await assert.rejects(iterated, ConnectionClosedError);
    else await iterated;
    assert.deepEqual(heard, ['a']);
    assert.ok(pair.ws.closeInfo instanceof (throws ? ConnectionClosedError : ConnectionClosedOK));
  }
});

test('a timeout says how long it was and loses nothing, nor half a message', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  await assert.rejects(ws.recv({ timeout: 0.1 }), (error: Error) => {
    assert.ok(error instanceof WebSocketTimeout);
    assert.equal(error.message, 'timed out in 0.1s');
    return true;
  });
  await assert.rejects(ws.recv({ timeout: 0 }), { message: 'timed out in 0s' });
  await assert.rejects(ws.recv({ timeout: -1 }), WebSocketTimeout);
  await peer.write(text('a', more));
  await assert.rejects(ws.recv({ timeout: 0.05 }), WebSocketTimeout);
  await peer.write(Buffer.concat([goOn('b', more), goOn('c'), text('d')]));
  assert.equal(await ws.recv({ timeout: 5 }), 'abc');
  assert.equal(await ws.recv({ timeout: 1e12 }), 'd');
});

test('fragments of a message that was received in half are put back, and can be read one by one', async () => {
  await using pair = await clientPair();
  await pair.peer.write(Buffer.concat([text('a', more), goOn('b', more)]));
  await assert.rejects(pair.ws.recv({ timeout: 0.05 }), WebSocketTimeout);
  await pair.peer.write(goOn('c'));
  const parts: string[] = [];
  for await (const part of pair.ws.recvStreaming()) parts.push(shown(part));
  assert.deepEqual(parts, ['a', 'b', 'c']);
});

test('polling without waiting sees messages, and the end', async () => {
  await using pair = await clientPair();
  await pair.peer.write(Buffer.concat([text('a'), close(1000)]));
  pair.peer.socket.end();
  const heard: string[] = [];
  for (let polls = 0; heard.length < 2; polls++) {
    assert.ok(polls < 1e6);
    await pair.ws.recv({ timeout: 0 }).then(
      (message) => heard.push(shown(message)),
      (error: Error) => {
        if (!(error instanceof WebSocketTimeout)) heard.push(error.name);
      },
    );
  }
  assert.deepEqual(heard, ['a', 'ConnectionClosedOK']);
});

test('decode makes bytes of texts and texts of bytes', async () => {
  await using pair = await clientPair();
  await pair.peer.write(
    Buffer.concat([text('€'), binary(euro), text('€', more), goOn('a'), binary(euro, more), goOn('a')]),
  );
  const { ws } = pair;
  assert.deepEqual(await ws.recv({ decode: false }), new Uint8Array(euro));
  assert.equal(await ws.recv({ decode: true }), '€');
  assert.deepEqual(await ws.recv({ decode: false }), new Uint8Array(Buffer.from('€a')));
  assert.equal(await ws.recv({ decode: true }), '€a');
});

test('there is one receiver at a time', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  const first = ws.recv();
  await assert.rejects(ws.recv(), ConcurrencyError);
  await assert.rejects(ws.recvStreaming().next(), ConcurrencyError);
  await assert.rejects(ws[Symbol.asyncIterator]().next(), ConcurrencyError);
  await peer.write(text('a'));
  assert.equal(await first, 'a');
  await peer.write(Buffer.concat([text('b', more), goOn('c'), text('d')]));
  const parts = ws.recvStreaming();
  assert.deepEqual(await parts.next(), { done: false, value: 'b' });
  await assert.rejects(ws.recv(), ConcurrencyError);
  assert.deepEqual(await parts.next(), { done: false, value: 'c' });
  assert.deepEqual(await parts.next(), { done: true, value: undefined });
  assert.equal(await ws.recv(), 'd');
});

test('fragments come one by one, as text where a character is whole', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  await peer.write(text(Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]), more));
  const parts = ws.recvStreaming();
  assert.equal((await parts.next()).value, 'a');
  const next = parts.next();
  await peer.write(goOn(euro.subarray(1, 2), more));
  assert.equal((await next).value, '');
  await peer.write(goOn(Buffer.concat([euro.subarray(2), Buffer.from('b')])));
  assert.equal((await parts.next()).value, '€b');
  assert.equal((await parts.next()).done, true);
  await peer.write(Buffer.concat([binary(Buffer.of(1), more), goOn(Buffer.of(2)), text('whole')]));
  const bytes: string[] = [];
  for await (const part of ws.recvStreaming()) bytes.push(shown(part));
  for await (const part of ws.recvStreaming()) bytes.push(shown(part));
  assert.deepEqual(bytes, ['<01>', '<02>', 'whole']);
});

test('a message that is being read in fragments throws where the connection ends within it', async () => {
  await using pair = await clientPair();
  await pair.peer.write(text('a', more));
  pair.peer.socket.end();
  const parts = pair.ws.recvStreaming();
  assert.equal((await parts.next()).value, 'a');
  await assert.rejects(parts.next(), ConnectionClosedError);
  await assert.rejects(pair.ws.recv(), ConnectionClosedError);
});

const deflated = (payload: string | Buffer): Buffer => {
  const bytes = deflateRawSync(payload, { finishFlush: 2 });
  return bytes.subarray(0, bytes.length - 4);
};

test('compressed messages come whole, as many frames as they had', async () => {
  await using pair = await clientPair({}, ['Sec-WebSocket-Extensions: permessage-deflate']);
  const packed = deflated('compressed '.repeat(100));
  await pair.peer.write(
    Buffer.concat([
      text(packed, { rsv: 4 }),
      text('plain'),
      text(packed.subarray(0, 3), { rsv: 4, fin: false }),
      goOn(packed.subarray(3)),
    ]),
  );
  assert.equal(await pair.ws.recv(), 'compressed '.repeat(100));
  assert.equal(await pair.ws.recv(), 'plain');
  assert.equal(await pair.ws.recv(), 'compressed '.repeat(100));
});

test('a deflate bomb ends the connection with 1009 and stays within the limit', async () => {
  await using pair = await clientPair({ maxSize: 100_000, closeTimeout: 0.2 }, [
    'Sec-WebSocket-Extensions: permessage-deflate',
  ]);
  await pair.peer.write(text(deflated(Buffer.alloc(50_000_000)), { rsv: 4 }));
  assert.equal(codeOf(await pair.peer.frame(8)), 1009);
  await assert.rejects(pair.ws.recv(), (error: Error) => {
    assert.ok(error instanceof ConnectionClosedError && error.cause instanceof PayloadTooBig);
    assert.equal(error.cause.maxSize, 100_000);
    return true;
  });
});

test('what is no deflate stream ends the connection with 1002', async () => {
  await using pair = await clientPair({ closeTimeout: 0.2 }, [
    'Sec-WebSocket-Extensions: permessage-deflate',
  ]);
  await pair.peer.write(text(Buffer.of(0xff, 0xff, 0xff), { rsv: 4 }));
  assert.equal(codeOf(await pair.peer.frame(8)), 1002);
  await assert.rejects(pair.ws.recv(), ConnectionClosedError);
});
