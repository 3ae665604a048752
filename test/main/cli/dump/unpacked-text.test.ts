import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { UNPACKED_BYTES_MAX, unpackedText } from '../../../../src/main/cli/dump/unpacked-text.ts';

const TEXT = 'Grüße {"a": [1, 2, 3]} 日本 '.repeat(20);
const bomb = Buffer.alloc(UNPACKED_BYTES_MAX + 1, 'a');

const MESSAGES: readonly (readonly [
  title: string,
  bytes: Uint8Array,
  packing: 'gzip' | 'zlib' | undefined,
])[] = [
  ['gzip', gzipSync(TEXT), 'gzip'],
  ['raw deflate', deflateRawSync(TEXT), 'zlib'],
  ['raw deflate that packs nothing', deflateRawSync(TEXT, { level: 0 }), 'zlib'],
  ['zlib', deflateSync(TEXT), 'zlib'],
  ['zlib, packed as well as can be', deflateSync(TEXT, { level: 9 }), 'zlib'],
  ['a cut gzip', gzipSync(TEXT).subarray(0, -9), undefined],
  ['a cut deflate', deflateRawSync(TEXT).subarray(0, -1), undefined],
  [
    'a gzip with a wrong checksum',
    Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)]),
    undefined,
  ],
  ['the magic number alone', Uint8Array.of(0x1f, 0x8b), undefined],
  ['bytes behind a gzip', Buffer.concat([gzipSync(TEXT), Buffer.from('more')]), undefined],
  ['bytes behind a deflate', Buffer.concat([deflateRawSync(TEXT), Buffer.from('more')]), undefined],
  ['packed bytes that are no text', gzipSync(Uint8Array.of(0xff, 0xfe)), undefined],
  ['packed nothing', deflateRawSync(''), undefined],
  ['nothing', new Uint8Array(0), undefined],
  ['text', Buffer.from(TEXT), undefined],
  ['a gzip bomb', gzipSync(bomb), undefined],
  ['a deflate bomb', deflateRawSync(bomb), undefined],
  ['a zlib bomb', deflateSync(bomb, { strategy: constants.Z_RLE }), undefined],
];

for (const [title, bytes, packing] of MESSAGES)
  test(`${title} is ${packing === undefined ? 'no packed text' : `text in ${packing}`}`, () => {
    assert.deepEqual(unpackedText(bytes), packing === undefined ? undefined : { packing, text: TEXT });
  });

test('as much as may be unpacked is', () => {
  const most = bomb.subarray(1);
  assert.equal(unpackedText(gzipSync(most))?.text.length, UNPACKED_BYTES_MAX);
});

test('whatever the bytes are, nothing is thrown', () => {
  const gzip = gzipSync(TEXT);
  for (let n = 0; n < 2000; n++) {
    const [at, byte, length] = randomBytes(3);
    unpackedText(randomBytes(length! % 40));
    const broken = Buffer.from(gzip);
    broken[at! % broken.length] = byte!;
    unpackedText(broken);
  }
});
