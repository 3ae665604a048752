import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { Close } from '../../../src/shared/protocol/close-code.ts';
import {
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../../src/shared/protocol/errors/connection-closed.ts';
import { InvalidMessage } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import {
  EOFError,
  InvalidState,
  ProtocolError,
} from '../../../src/shared/protocol/errors/websocket-exception.ts';
import type { Frame } from '../../../src/shared/protocol/frame.ts';
import { PermessageDeflate } from '../../../src/shared/protocol/permessage-deflate.ts';
import {
  Protocol,
  type ProtocolOptions,
  SEND_EOF,
  type Side,
  State,
} from '../../../src/shared/protocol/protocol.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const text = (message: string): Uint8Array => Buffer.from(message);

/** Keys of zeros leave the payload of a client's frame legible. */
const PLATFORM = { ...NODE_PLATFORM, randomFill: (key: Uint8Array): void => void key.fill(0) };

const make = (side: Side, options: Partial<ProtocolOptions> = {}): Protocol =>
  new Protocol(side, { platform: PLATFORM, ...options });

const out = (protocol: Protocol<string>): string[] =>
  protocol.dataToSend().map((chunk) => Buffer.from(chunk).toString('hex'));

test('frames of every kind go out, masked by a client and plain by a server', () => {
  const send = (protocol: Protocol): string[] => {
    protocol.sendText(text('a'));
    protocol.sendBinary(text('b'), false);
    protocol.sendPing(text('p'));
    protocol.sendContinuation(text('c'), false);
    protocol.sendContinuation(text('d'));
    protocol.sendPong(text('q'));
    protocol.sendClose(1001, 'e');
    return out(protocol);
  };
  assert.deepEqual(send(make('server')), [
    '810161',
    '020162',
    '890170',
    '000163',
    '800164',
    '8a0171',
    '880303e965',
  ]);
  assert.deepEqual(send(make('client')), [
    '81810000000061',
    '02810000000062',
    '89810000000070',
    '00810000000063',
    '80810000000064',
    '8a810000000071',
    '88830000000003e965',
  ]);
});

test('each frame of a client has a key of its own', () => {
  const protocol = new Protocol('client', { platform: NODE_PLATFORM });
  for (let n = 0; n < 100; n++) protocol.sendText(text('a'));
  const keys = new Set(out(protocol).map((frame) => frame.slice(4, 12)));
  assert.ok(keys.size > 95);
});

test('data that is sent is copied: whoever sends may use the bytes again', () => {
  const protocol = make('server');
  const data = text('abc');
  protocol.sendText(data);
  data.fill(0);
  assert.deepEqual(out(protocol), ['8103616263']);
});

test('the order of fragments is kept by whoever sends', () => {
  const protocol = make('client');
  assert.throws(() => protocol.sendContinuation(text('a')), {
    name: 'ProtocolError',
    message: 'unexpected continuation frame',
  });
  protocol.sendText(text('a'), false);
  for (const send of [() => protocol.sendText(text('b')), () => protocol.sendBinary(text('b'), false)])
    assert.throws(send, { name: 'ProtocolError', message: 'expected a continuation frame' });
  protocol.sendContinuation(text('b'));
  assert.throws(() => protocol.sendContinuation(text('c')), ProtocolError);
  protocol.sendText(text('d'));
  assert.equal(out(protocol).length, 3, 'what was refused has sent nothing');
});

/** State, the message of what it refuses, and which sends it allows. */
const STATES: readonly (readonly [state: State, refused: string, data: boolean, control: boolean])[] = [
  [State.CONNECTING, 'connection is connecting', false, false],
  [State.OPEN, '', true, true],
  [State.CLOSING, 'connection is closing', false, true],
  [State.CLOSED, 'connection is closed', false, false],
];

test('each state allows what it allows', () => {
  for (const [state, message, data, control] of STATES) {
    const sends: readonly (readonly [allowed: boolean, send: (protocol: Protocol) => void])[] = [
      [data, (protocol) => protocol.sendText(text('a'))],
      [data, (protocol) => protocol.sendBinary(text('a'))],
      [data, (protocol) => protocol.sendClose()],
      [control, (protocol) => protocol.sendPing(text('a'))],
      [control, (protocol) => protocol.sendPong(text('a'))],
    ];
    for (const [allowed, send] of sends) {
      const protocol = make('client', { state });
      if (allowed) send(protocol);
      else assert.throws(() => send(protocol), { name: 'InvalidState', message });
      assert.equal(out(protocol).length, allowed ? 1 : 0);
    }
    assert.equal(make('client', { state }).closeExpected(), state === State.CLOSING);
  }
  assert.throws(() => make('client', { state: State.CONNECTING }).sendContinuation(text('a')), InvalidState);
});

test('a close frame that may not be sent is refused and changes nothing', () => {
  const protocol = make('client');
  assert.throws(() => protocol.sendClose(undefined, 'why'), {
    name: 'ProtocolError',
    message: 'cannot send a reason without a code',
  });
  assert.throws(() => protocol.sendClose(1006), { message: 'invalid status code' });
  assert.throws(() => protocol.sendClose(1000, 'x'.repeat(124)), { message: 'control frame too long' });
  assert.throws(() => protocol.sendPing(new Uint8Array(126)), { message: 'control frame too long' });
  assert.deepEqual(out(protocol), []);
  assert.equal(protocol.state, State.OPEN);
});

test('nothing can follow the end of the stream', () => {
  for (const side of ['client', 'server'] as const) {
    const protocol = make(side);
    protocol.receiveEof();
    protocol.receiveEof();
    assert.throws(() => protocol.receiveData(text('a')), { name: 'EOFError', message: 'stream ended' });
  }
});

test('close codes and exceptions are there when the connection is closed and not before', () => {
  const protocol = make('client');
  protocol.receiveData(bytes('88 05 03e8 627965'));
  assert.equal(protocol.closeRcvd?.code, 1000);
  assert.deepEqual(
    [protocol.closeCode, protocol.closeReason, protocol.closeException],
    [undefined, undefined, undefined],
  );
  protocol.receiveEof();
  assert.deepEqual([protocol.closeCode, protocol.closeReason], [1000, 'bye']);
  const exception = protocol.closeException;
  assert.ok(exception instanceof ConnectionClosedOK);
  assert.equal(exception.rcvdThenSent, true);
  assert.equal(exception.cause, undefined);
});

/** Where a stream ends, and the words that tell it. */
const ENDS: readonly (readonly [side: Side, hex: string, message: string])[] = [
  ['client', '', 'unexpected end of stream'],
  ['client', '81 01 61', 'unexpected end of stream'],
  ['client', '81', 'stream ends after 1 bytes, expected 2 bytes'],
  ['client', '81 7e 01', 'stream ends after 1 bytes, expected 2 bytes'],
  ['client', '81 7f 00000000', 'stream ends after 4 bytes, expected 8 bytes'],
  ['client', '81 7f', 'stream ends after 0 bytes, expected 8 bytes'],
  ['client', '81 05 61', 'stream ends after 1 bytes, expected 5 bytes'],
  ['server', '81 85 0102', 'stream ends after 2 bytes, expected 4 bytes'],
  ['server', '81 fe 0100 010203', 'stream ends after 3 bytes, expected 4 bytes'],
  ['server', '81 fe 01', 'stream ends after 1 bytes, expected 2 bytes'],
  ['server', '82 85 01020304 ff', 'stream ends after 1 bytes, expected 5 bytes'],
];

test('a stream that ends too early tells where, and is the cause of the exception', () => {
  for (const [side, hex, message] of ENDS) {
    const protocol = make(side);
    protocol.receiveData(bytes(hex));
    protocol.receiveEof();
    assert.ok(protocol.parserException instanceof EOFError, hex);
    assert.equal(protocol.parserException.message, message);
    const exception = protocol.closeException;
    assert.ok(exception instanceof ConnectionClosedError);
    assert.equal(exception.cause, protocol.parserException);
    assert.equal(protocol.closeCode, 1006);
  }
});

test('failing sends the code once, ends the stream as a server and waits as a client', () => {
  for (const side of ['client', 'server'] as const) {
    const protocol = make(side);
    protocol.fail(1011, 'oops');
    protocol.fail(1002, 'again');
    const key = side === 'client' ? '8600000000' : '06';
    const close = `88${key}03f36f6f7073`;
    assert.deepEqual(out(protocol), side === 'server' ? [close, ''] : [close]);
    assert.equal(protocol.closeExpected(), true);
    protocol.receiveData(bytes('89 00'));
    assert.deepEqual([protocol.eventsReceived(), out(protocol)], [[], []], 'the rest is discarded');
    protocol.receiveEof();
    assert.equal(
      protocol.closeException?.message,
      'sent 1011 (internal error) oops; no close frame received',
    );
  }
});

test('a server ends the stream before a client does', () => {
  const server = make('server');
  const client = make('client');
  client.sendClose(1000);
  for (const chunk of client.dataToSend()) server.receiveData(chunk);
  const answer = server.dataToSend();
  assert.equal(answer.at(-1), SEND_EOF);
  client.receiveData(answer[0]!);
  assert.deepEqual(client.dataToSend(), [], 'the client waits');
  client.receiveEof();
  assert.deepEqual(client.dataToSend(), [SEND_EOF]);
  server.receiveEof();
  assert.deepEqual(server.dataToSend(), []);
  assert.ok(server.closeException instanceof ConnectionClosedOK);
  assert.equal(server.closeException.message, 'received 1000 (OK); then sent 1000 (OK)');
});

test('a message is compressed where that makes it shorter, and a fragmented one always', () => {
  const protocol = make('server', {
    extensions: [new PermessageDeflate(PLATFORM, { remoteNoContextTakeover: true })],
  });
  protocol.sendText(text('a'));
  protocol.sendText(new Uint8Array(0));
  protocol.sendText(text('a'.repeat(100)));
  protocol.sendText(text('a'), false);
  protocol.sendPing(text('p'));
  protocol.sendContinuation(text('b'));
  const firsts = out(protocol).map((frame) => frame.slice(0, 2));
  assert.deepEqual(firsts, ['81', '81', 'c1', '41', '89', '80']);
});

test('the limits are told', () => {
  const limits = (maxSize: ProtocolOptions['maxSize']): object => make('client', { maxSize }).maxSize;
  assert.deepEqual(limits(undefined), { message: 2 ** 20, fragment: undefined });
  assert.deepEqual(limits(null), { message: undefined, fragment: undefined });
  assert.deepEqual(limits(5), { message: 5, fragment: undefined });
  assert.deepEqual(limits([5, null]), { message: 5, fragment: undefined });
  assert.deepEqual(limits([null, 5]), { message: undefined, fragment: 5 });
});

test('the payload of an event may be a view of what came in: nothing is copied that need not be', () => {
  const chunk = bytes('82 03 010203');
  const protocol = make('client');
  protocol.receiveData(chunk);
  assert.equal(protocol.eventsReceived()[0]?.data.buffer, chunk.buffer);
});

/** A handshake of one line: the peer's part ends with a newline, and `!` refuses it. */
class LineHandshake extends Protocol<string> {
  #line = '';
  readonly opensAtOnce: boolean;

  constructor(side: Side, opensAtOnce: boolean) {
    super(side, { platform: PLATFORM, state: State.CONNECTING });
    this.opensAtOnce = opensAtOnce;
  }

  answer(): void {
    this.write(text('ok'));
    this.open();
  }

  protected override receiveHandshake(chunk: Uint8Array): Uint8Array | undefined {
    const end = chunk.indexOf(10);
    this.#line += Buffer.from(end < 0 ? chunk : chunk.subarray(0, end)).toString();
    if (this.#line.includes('!')) {
      this.refuse(new InvalidMessage('no'));
      return undefined;
    }
    if (end < 0) return undefined;
    this.addEvent(this.#line);
    if (this.opensAtOnce) this.open();
    return chunk.subarray(end + 1);
  }

  protected override receiveHandshakeEof(): void {
    this.refuse(new InvalidMessage('too short'));
  }
}

const lineAndFrame = Buffer.concat([text('hello\n'), bytes('89 01 70')]);
const lineAndMasked = Buffer.concat([text('hello\n'), bytes('89 81 00000000 70')]);

test('frames behind the handshake in the same chunk, or in any other cut, are read when it is complete', () => {
  for (let cut = 1; cut < lineAndFrame.length; cut++) {
    const protocol = new LineHandshake('client', true);
    protocol.receiveData(lineAndFrame.subarray(0, cut));
    protocol.receiveData(lineAndFrame.subarray(cut));
    const [line, ping] = protocol.eventsReceived();
    assert.equal(line, 'hello');
    assert.ok(typeof ping === 'object' && ping.opcode === 9);
    assert.deepEqual(out(protocol), ['8a810000000070']);
  }
});

test('frames that come before the answer wait for it', () => {
  for (let cut = 1; cut < lineAndMasked.length; cut++) {
    const protocol = new LineHandshake('server', false);
    protocol.receiveData(lineAndMasked.subarray(0, cut));
    protocol.receiveData(lineAndMasked.subarray(cut));
    assert.deepEqual(protocol.eventsReceived(), ['hello']);
    assert.equal(protocol.state, State.CONNECTING);
    protocol.answer();
    assert.equal(protocol.eventsReceived().length, 1);
    assert.deepEqual(out(protocol), ['6f6b', '8a0170'], 'the pong follows the answer');
  }
});

test('not more waits for the answer than the limit', () => {
  const protocol = new LineHandshake('server', false);
  protocol.receiveData(text('hello\n'));
  for (let n = 0; n < 70_000; n++) protocol.receiveData(Uint8Array.of(0x89));
  assert.equal(protocol.parserException?.message, 'too much data before the opening handshake completed');
  assert.deepEqual(out(protocol), ['']);
  assert.equal(protocol.closeExpected(), true);
});

test('a refused handshake ends the stream and tells why', () => {
  const protocol = new LineHandshake('client', true);
  protocol.receiveData(text('hel!lo\n'));
  protocol.receiveData(lineAndFrame);
  assert.equal(protocol.handshakeException?.message, 'no');
  assert.equal(protocol.state, State.CONNECTING);
  assert.equal(protocol.closeExpected(), true);
  assert.deepEqual(out(protocol), ['']);
  protocol.receiveEof();
  assert.equal(protocol.state, State.CLOSED);
  assert.deepEqual(out(protocol), []);
  assert.equal(protocol.handshakeException?.message, 'no', 'the first reason stays');
});

test('a stream that ends inside the handshake is asked for the reason', () => {
  const protocol = new LineHandshake('client', true);
  protocol.receiveData(text('hel'));
  protocol.receiveEof();
  assert.equal(protocol.handshakeException?.message, 'too short');
  assert.equal(protocol.state, State.CLOSED);
  assert.equal(protocol.closeException?.message, 'no close frame received or sent');
});

test('a stream that ends before the answer closes the connection', () => {
  const protocol = new LineHandshake('server', false);
  protocol.receiveData(lineAndMasked);
  protocol.receiveEof();
  assert.equal(protocol.state, State.CLOSED);
  assert.ok(protocol.parserException instanceof EOFError);
  assert.throws(() => protocol.answer(), InvariantError);
});

test('a close frame that the caller made begins the closing handshake, and its answer ends it', () => {
  const protocol = make('client');
  // A code that may not be sent, which is the caller's to say.
  protocol.sendCloseFrame(bytes('88 82 00000000 0001'), new Close(1, ''));
  assert.deepEqual(out(protocol), ['8882000000000001']);
  assert.equal(protocol.state, State.CLOSING);
  assert.ok(protocol.closeExpected());
  assert.throws(() => protocol.sendCloseFrame(bytes('8880 00000000'), new Close(1000, '')), InvalidState);
  protocol.receiveData(bytes('8802 03e8'));
  protocol.receiveEof();
  assert.deepEqual(out(protocol), [''], 'no second close frame, and the end of the stream');
  assert.equal(
    String(protocol.closeException),
    'ConnectionClosedError: sent 1 (unknown); then received 1000 (OK)',
  );
});

test('text that is no UTF-8 passes where nobody checks it, whole and in fragments', () => {
  const broken = '8104 61ff6162';
  const checked = make('client');
  checked.receiveData(bytes(broken));
  assert.equal(checked.state, State.CLOSING);
  const protocol = make('client', { checksText: false });
  protocol.receiveData(bytes(`${broken} 0102 61ff 8001 ff`));
  assert.deepEqual(
    protocol.eventsReceived().map((frame) => Buffer.from((frame as Frame).data).toString('hex')),
    ['61ff6162', '61ff', 'ff'],
  );
  assert.equal(protocol.state, State.OPEN);
});
