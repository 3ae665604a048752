import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeUtf8 } from '../../../src/shared/text/utf8.ts';

const TEXTS = [
  '',
  'plain',
  'naïve café',
  'Ж€한',
  '📈📉',
  'a\u0000b',
  '\u007f\u0080\u07ff\u0800\uffff',
  '\u{10000}\u{10ffff}',
  'half \ud83d',
  '\udcc8 half',
  '\ud83d\ud83d\udcc8\udcc8',
];

const written = (text: string, bytesMax: number): Uint8Array => {
  const memory = new Uint8Array(64).fill(0xa5);
  const bytes = writeUtf8(text, new DataView(memory.buffer), 4, bytesMax);
  assert.ok(bytes <= bytesMax);
  assert.ok(
    memory.subarray(0, 4).every((byte) => byte === 0xa5),
    'nothing before is touched',
  );
  assert.ok(
    memory.subarray(4 + bytes).every((byte) => byte === 0xa5),
    'nothing behind is touched',
  );
  return memory.slice(4, 4 + bytes);
};

test('text becomes the bytes that TextEncoder makes of it', () => {
  for (const text of TEXTS) assert.deepEqual(written(text, 50), new TextEncoder().encode(text), text);
});

test('text that is too long is cut at the last character that fits whole', () => {
  for (const text of TEXTS) {
    for (let bytesMax = 0; bytesMax < 30; bytesMax++) {
      let fits = '';
      for (const character of text) {
        if (new TextEncoder().encode(fits + character).length > bytesMax) break;
        fits += character;
      }
      assert.deepEqual(written(text, bytesMax), new TextEncoder().encode(fits), `${text} in ${bytesMax}`);
    }
  }
});
