import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Frame, serializeFrame } from '../../../src/shared/protocol/frame.ts';
import { OPCODE } from '../../../src/shared/protocol/frame-header.ts';

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

interface Written {
  readonly what: string;
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly key?: Uint8Array;
  /** All of the frame, or its header where the payload is long. */
  readonly hex: string;
}

const hello = Buffer.from('Hello');

const WRITTEN: readonly Written[] = [
  { what: 'a text', opcode: OPCODE.text, payload: hello, hex: '810548656c6c6f' },
  { what: 'a masked text', opcode: OPCODE.text, payload: hello, key: KEY, hex: '818537fa213d7f9f4d5158' },
  { what: 'a first fragment', opcode: OPCODE.text, payload: hello, fin: false, hex: '010548656c6c6f' },
  { what: 'a continuation', opcode: OPCODE.continuation, payload: hello, hex: '800548656c6c6f' },
  { what: 'RSV1', opcode: OPCODE.binary, payload: hello, rsv: 4, hex: 'c20548656c6c6f' },
  { what: 'RSV3', opcode: OPCODE.binary, payload: hello, rsv: 1, hex: '920548656c6c6f' },
  { what: 'an empty close frame', opcode: OPCODE.close, payload: new Uint8Array(0), hex: '8800' },
  {
    what: 'an empty ping, masked',
    opcode: OPCODE.ping,
    payload: new Uint8Array(0),
    key: KEY,
    hex: '898037fa213d',
  },
  { what: '125 bytes', opcode: OPCODE.pong, payload: Buffer.alloc(125), hex: '8a7d' },
  { what: '126 bytes', opcode: OPCODE.binary, payload: Buffer.alloc(126), hex: '827e007e' },
  { what: '65535 bytes', opcode: OPCODE.binary, payload: Buffer.alloc(65535), hex: '827effff' },
  { what: '65536 bytes', opcode: OPCODE.binary, payload: Buffer.alloc(65536), hex: '827f0000000000010000' },
  {
    what: '65536 bytes, masked',
    opcode: OPCODE.binary,
    payload: Buffer.alloc(65536),
    key: KEY,
    hex: '82ff000000000001000037fa213d37fa213d',
  },
];

for (const { what, opcode, payload, fin = true, rsv = 0, key, hex } of WRITTEN) {
  test(`written as a frame: ${what}`, () => {
    const before = Buffer.from(payload);
    const bytes = Buffer.from(serializeFrame(opcode, payload, fin, rsv, key));
    assert.equal(bytes.subarray(0, hex.length / 2).toString('hex'), hex);
    const lengths = payload.length < 126 ? 0 : payload.length < 65536 ? 2 : 8;
    assert.equal(bytes.length, 2 + lengths + (key === undefined ? 0 : 4) + payload.length);
    assert.deepEqual(Buffer.from(payload), before, 'the payload is left as it was');
  });
}

test('a control frame that nobody may send is not written', () => {
  for (const opcode of [OPCODE.close, OPCODE.ping, OPCODE.pong]) {
    assert.throws(() => serializeFrame(opcode, new Uint8Array(126), true, 0, undefined), {
      name: 'ProtocolError',
      message: 'control frame too long',
    });
    assert.throws(() => serializeFrame(opcode, hello, false, 0, undefined), ProtocolError);
  }
});

test('a frame is whole and without reserved bits unless it is said', () => {
  assert.deepEqual({ ...new Frame(OPCODE.text, hello) }, { opcode: 1, data: hello, fin: true, rsv: 0 });
});
