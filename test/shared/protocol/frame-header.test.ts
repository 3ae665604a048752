import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameHeader } from '../../../src/shared/protocol/frame-header.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

function read(text: string, before = ''): Record<string, unknown> {
  const header = new FrameHeader();
  const bytes = hex(before + text);
  const complete = header.read(bytes, hex(before).length, bytes.length);
  return { complete, ...header };
}

const plain = {
  complete: true,
  fin: true,
  rsv: 0,
  opcode: 1,
  masked: false,
  headerLength: 2,
  payloadLength: 0,
};

const HEADERS: readonly (readonly [string, string, object])[] = [
  ['an empty text frame', '81 00', plain],
  ['a binary frame of 125 bytes', '82 7d', { ...plain, opcode: 2, payloadLength: 125 }],
  ['126 bytes in two', '81 7e 007e', { ...plain, headerLength: 4, payloadLength: 126 }],
  ['65535 bytes in two', '81 7e ffff', { ...plain, headerLength: 4, payloadLength: 65535 }],
  ['65536 bytes in eight', '81 7f 0000000000010000', { ...plain, headerLength: 10, payloadLength: 65536 }],
  ['2^31 bytes', '81 7f 0000000080000000', { ...plain, headerLength: 10, payloadLength: 2 ** 31 }],
  ['2^53 - 1 bytes', '81 7f 001fffffffffffff', { ...plain, headerLength: 10, payloadLength: 2 ** 53 - 1 }],
  ['2^63 bytes', '81 7f 8000000000000000', { ...plain, headerLength: 10, payloadLength: 2 ** 63 }],
  ['a length in more bytes than needed', '81 7e 0005', { ...plain, headerLength: 4, payloadLength: 5 }],
  ['a first fragment', '01 03', { ...plain, fin: false, payloadLength: 3 }],
  ['a continuation', '80 03', { ...plain, opcode: 0, payloadLength: 3 }],
  ['a ping', '89 00', { ...plain, opcode: 9 }],
  ['a masked frame', '81 85 01020304', { ...plain, masked: true, headerLength: 6, payloadLength: 5 }],
  [
    'a masked frame of 126 bytes',
    '81 fe 007e 01020304',
    { ...plain, masked: true, headerLength: 8, payloadLength: 126 },
  ],
  ['RSV1', 'c1 00', { ...plain, rsv: 4 }],
  ['RSV2', 'a1 00', { ...plain, rsv: 2 }],
  ['RSV3', '91 00', { ...plain, rsv: 1 }],
  ['a reserved opcode', '8f 00', { ...plain, opcode: 15 }],
];

for (const [what, bytes, expected] of HEADERS) {
  test(`a header says: ${what}`, () => {
    assert.deepEqual(read(bytes), expected);
    assert.deepEqual(read(bytes, 'ffff'), expected, 'at another place');
    assert.deepEqual(read(`${bytes} 00ff`), expected, 'with bytes behind it');
  });
}

test('a header that does not end yet is incomplete at every length, and its first two bytes are told', () => {
  for (const [what, text, expected] of HEADERS) {
    const bytes = hex(text);
    for (let end = 0; end < bytes.length; end++) {
      const header = new FrameHeader();
      assert.equal(header.read(bytes, 0, end), false, `${what}, ${end} bytes`);
      if (end >= 2)
        assert.deepEqual({ ...header, complete: true, payloadLength: 0 }, { ...expected, payloadLength: 0 });
    }
  }
});
