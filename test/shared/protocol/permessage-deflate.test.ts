import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { PayloadTooBig, ProtocolError } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { type DeflateSettings, PermessageDeflate } from '../../../src/shared/protocol/permessage-deflate.ts';
import { Random } from '../../support/random.ts';
import { randomBytes } from '../../support/random-frames.ts';

const make = (settings: Partial<DeflateSettings> = {}): PermessageDeflate =>
  new PermessageDeflate(NODE_PLATFORM, { remoteNoContextTakeover: false, ...settings });

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const NO_LIMIT = 2 ** 31;

test('a message is compressed by itself, and refers to nothing before it', () => {
  const deflate = make();
  const first = deflate.encode(Buffer.from('Hello'), true);
  assert.equal(Buffer.from(first).toString('hex'), 'f248cdc9c90700');
  assert.deepEqual(deflate.encode(Buffer.from('Hello'), true), first);
});

test('fragments are one stream together', () => {
  const from = make();
  const joined = Buffer.concat([
    from.encode(Buffer.from('Hel'), false),
    from.encode(new Uint8Array(0), false),
    from.encode(Buffer.from('lo'), true),
  ]);
  assert.equal(Buffer.from(make().decode(joined, NO_LIMIT) as Uint8Array).toString(), 'Hello');
});

/** A block of fixed codes that repeats three bytes from `distance` back, and the beginning of the empty block. */
function repeatFrom(distance: number): Uint8Array {
  let bits = '';
  /** Numbers go in from their lowest bit, codes from their highest. */
  const put = (value: number, count: number): void => {
    for (let bit = 0; bit < count; bit++) bits += (value >> bit) & 1;
  };
  const putCode = (value: number, count: number): void => {
    bits += value.toString(2).padStart(count, '0');
  };
  put(0, 1);
  put(1, 2);
  putCode(257 - 256, 7);
  // Source: the table of distances in RFC 1951, section 3.2.5.
  let code = 0;
  let base = 1;
  for (; code < 29; code++) {
    const span = 1 << Math.max(0, (code >> 1) - 1);
    if (distance < base + span) break;
    base += span;
  }
  putCode(code, 5);
  put(distance - base, Math.max(0, (code >> 1) - 1));
  putCode(0, 7);
  put(0, 3);
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) =>
    Number.parseInt([...byte.padEnd(8, '0')].reverse().join(''), 2),
  );
}

/** @returns a message of stored blocks, which has no reference in it. */
function stored(message: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += 65535) {
    const part = message.subarray(at, at + 65535);
    const head = Buffer.alloc(5);
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(part.length ^ 0xffff, 3);
    blocks.push(head, part);
  }
  return Buffer.concat([...blocks, Buffer.of(0)]);
}

for (const bits of [8, 9, 12, 15]) {
  test(`messages refer back as far as a window of ${bits} bits reaches, through any number of messages`, () => {
    const window = 1 << bits;
    const random = new Random(bits);
    const deflate = make({ remoteMaxWindowBits: bits });
    let history: Uint8Array = new Uint8Array(0);
    for (let n = 0; n < 150; n++) {
      const lengths = [1, 5, window - 1, window, window + 1, 3 * window, random.below(2 * window)];
      const message = randomBytes(random, random.pick(lengths));
      assert.deepEqual(
        Buffer.from(deflate.decode(stored(message), NO_LIMIT) as Uint8Array),
        Buffer.from(message),
      );
      history = Buffer.concat([history, message]).subarray(-window);
      if (history.length < 3) continue;
      const distance = random.pick([history.length, 3 + random.below(history.length - 2)]);
      const due = history.slice(history.length - distance, history.length - distance + 3);
      const again = deflate.decode(repeatFrom(distance), NO_LIMIT);
      assert.ok(again instanceof Uint8Array, `${distance} back of ${history.length}`);
      assert.deepEqual(Buffer.from(again), Buffer.from(due), `${distance} back of ${history.length}`);
      history = Buffer.concat([history, again]).subarray(-window);
    }
  });
}

test('a reference to before the first message is refused', () => {
  const deflate = make();
  deflate.decode(stored(Buffer.alloc(10)), NO_LIMIT);
  assert.ok(deflate.decode(repeatFrom(11), NO_LIMIT) instanceof ProtocolError);
});

test('nothing of earlier messages is kept where the peer does not refer to them', () => {
  const deflate = make({ remoteNoContextTakeover: true });
  deflate.decode(stored(Buffer.alloc(10)), NO_LIMIT);
  assert.ok(deflate.decode(repeatFrom(3), NO_LIMIT) instanceof ProtocolError);
});

test('a limit holds to the byte', () => {
  const message = make().encode(Buffer.alloc(1000), true);
  assert.equal((make().decode(message, 1000) as Uint8Array).length, 1000);
  const tooBig = make().decode(message, 999);
  assert.ok(tooBig instanceof PayloadTooBig);
  assert.equal(tooBig.message, 'frame exceeds limit of 999 bytes');
  assert.ok(make().decode(bytes('f248cdc9c90700'), 0) instanceof PayloadTooBig);
  assert.equal((make().decode(bytes('00'), 0) as Uint8Array).length, 0);
});

test('bytes that are no deflate stream are a protocol error with its cause', () => {
  const wrong = make().decode(bytes('07'), NO_LIMIT);
  assert.ok(wrong instanceof ProtocolError);
  assert.equal(wrong.message, 'decompression failed');
  assert.ok(wrong.cause instanceof Error);
});
