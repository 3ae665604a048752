import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { parseIp, parseNetwork } from '../../../src/shared/proxy/ip-address.ts';

const ADDRESSES: readonly (readonly [text: string, words: readonly number[]])[] = [
  ['0.0.0.0', [0, 0]],
  ['255.254.1.0', [0xfffe, 0x0100]],
  ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
  ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
  ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
  ['2001:DB8::a:b', [0x2001, 0xdb8, 0, 0, 0, 0, 0xa, 0xb]],
  ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
  ['1::3:4:5:6:7:8', [1, 0, 3, 4, 5, 6, 7, 8]],
  ['64:ff9b::192.0.2.1', [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x0201]],
  ['::ffff:192.0.2.1', [0xc000, 0x0201]],
  ['::ffff:c000:201', [0xc000, 0x0201]],
  ['fe80::1%eth0', [0xfe80, 0, 0, 0, 0, 0, 0, 1]],
];

for (const [text, words] of ADDRESSES) {
  test(`${text} is an address`, () => {
    assert.deepEqual(parseIp(text), words);
    assert.notEqual(isIP(text), 0);
  });
}

const OTHERS = [
  ...['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '127.1', '0x7f.0.0.1', '1.2.3.a', ' 1.2.3.4'],
  ...[':', ':::', '1:2', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::', '::1.2.3'],
  ...['::1.2.3.4:5', '1:2:3:4:5:6:7::8:9', '[::1]', '1.2.3.4%eth0', 'example.com'],
];

for (const text of OTHERS) {
  test(`"${text}" is no address`, () => {
    assert.equal(parseIp(text), undefined);
    assert.equal(isIP(text), 0);
  });
}

test('a network has its prefix in bits', () => {
  assert.deepEqual(parseNetwork('10.0.0.0/8'), { words: [0x0a00, 0], bits: 8 });
  assert.deepEqual(parseNetwork('::/0'), { words: [0, 0, 0, 0, 0, 0, 0, 0], bits: 0 });
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    '/8',
    '::ffff:1.2.3.4/95',
  ])
    assert.equal(parseNetwork(text), undefined, text);
});
