import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64, encodeBase64 } from '../../../src/shared/text/base64.ts';
import { Random } from '../../support/random.ts';

/** RFC 4648, section 10. */
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const;

const NONE = [
  'Z',
  'Zg',
  'Zg=',
  'Zg===',
  '=Zg=',
  'Zm9v\n',
  'Zm 9',
  'Zm9-',
  'Zm9vYg',
  'Zg==Zg==',
  'Zmö=',
  '====',
];

for (const [text, encoded] of VECTORS) {
  test(`base64 of "${text}" is "${encoded}", both ways`, () => {
    assert.equal(encodeBase64(Buffer.from(text)), encoded);
    assert.equal(Buffer.from(decodeBase64(encoded)!).toString(), text);
  });
}

for (const text of NONE) {
  test(`${JSON.stringify(text)} is no base64`, () => {
    assert.equal(decodeBase64(text), undefined);
  });
}

test('bits that no byte takes are not looked at', () => {
  assert.deepEqual([...decodeBase64('Zh==')!], [0x66]);
});

test('any bytes come out as Node has them, and back', () => {
  const random = new Random(1);
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: random.below(70) }, () => random.below(256));
    const encoded = encodeBase64(bytes);
    assert.equal(encoded, Buffer.from(bytes).toString('base64'));
    assert.deepEqual(decodeBase64(encoded), bytes);
  }
});
