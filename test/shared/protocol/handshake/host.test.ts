import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import { isIpv6, normalizeHost } from '../../../../src/shared/protocol/handshake/host.ts';
import { Random } from '../../../support/random.ts';

const NAMES = [
  ['localhost', 'localhost'],
  ['Example.COM', 'example.com'],
  ['example.com.', 'example.com.'],
  ['_dns.a-b.c1', '_dns.a-b.c1'],
  ['127.0.0.1', '127.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['1.2.3.4.example', '1.2.3.4.example'],
  ['höst', 'xn--hst-sna'],
  ['HÖST', 'xn--hst-sna'],
  ['ho\u0308st', 'xn--hst-sna'],
  ['straße.de', 'xn--strae-oqa.de'],
  ['ΑΣ.gr', 'xn--mxa0b.gr'],
  ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ['ｅｘａｍｐｌｅ．ｃｏｍ', 'example.com'],
  ['a\u00adb', 'ab'],
  ['i❤.ws', 'xn--i-7iq.ws'],
  ['i❤\ufe0f.ws', 'xn--i-7iq.ws'],
  ['１２７.0.0.1', '127.0.0.1'],
  [`${'a'.repeat(63)}.b`, `${'a'.repeat(63)}.b`],
] as const;

const REFUSED = [
  '',
  '.',
  'a..b',
  '.a',
  'a..',
  'a b',
  'a/b',
  'a%62',
  'a@b',
  'a:b',
  'a\\b',
  'a#b',
  'a\u0000',
  '℀',
  'a\u200db',
  'a\u3164b',
  '\u0301a',
  'a'.repeat(64),
  'ü'.repeat(60),
  Array.from({ length: 127 }, () => 'aa').join('.'),
  '1',
  '127.1',
  '0x7f.1',
  '0x7f000001',
  '2130706433',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4.5',
  '1.2.3.',
  '1.2.3.4.',
  'a.1',
  'a.0x',
  '\ud800',
] as const;

for (const [host, expected] of NAMES) {
  test(`the host "${host}" is "${expected}", as for Node's URL`, () => {
    assert.equal(normalizeHost(host), expected);
    assert.equal(new URL(`ws://${host}`).hostname, expected);
  });
}

for (const host of REFUSED) {
  test(`${JSON.stringify(host)} is no host`, () => {
    assert.equal(normalizeHost(host), undefined);
  });
}

test('whatever name is taken comes out as from the URL of Node, and once more the same', () => {
  const random = new Random(7);
  const letters = [...'abcXYZ019-_.äÖßéñσΣςжЯ中文日本語한글ไทยअआΩ①ﬁ¹Åﬃ❤☃。．｡ｅ１'];
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const host = Array.from({ length: 1 + random.below(8) }, () => random.pick(letters)).join('');
    const normalized = normalizeHost(host);
    if (normalized === undefined) continue;
    // Checks of their own, which need tables: whether a label has an order of its own or a bad joiner.
    if (!URL.canParse(`ws://${host}`)) continue;
    taken++;
    assert.equal(normalized, new URL(`ws://${host}`).hostname, JSON.stringify(host));
    assert.equal(normalizeHost(normalized), normalized);
  }
  assert.ok(taken > 5000, `${taken} names`);
});

test('any address of version 6 is one where Node says so', () => {
  const random = new Random(3);
  const pieces = ['::', ':', '0', '1', 'db8', 'ffff', 'FFFF', '10000', 'g', '1.2.3.4', '1.2.3', '.', '%eth0'];
  let addresses = 0;
  for (let round = 0; round < 50_000; round++) {
    const text = Array.from({ length: random.below(17) }, () => random.pick(pieces)).join('');
    if (text.includes('%')) assert.equal(isIpv6(text), false, text);
    else assert.equal(isIpv6(text), isIPv6(text), text);
    if (isIpv6(text)) addresses++;
  }
  assert.ok(addresses > 50, `${addresses} addresses`);
  for (const text of [
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::ffff:1.2.3.4',
    '2001:DB8::1',
  ])
    assert.equal(isIpv6(text), true, text);
  for (const text of [
    '',
    ':',
    ':::',
    '1:::2',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8::',
    '1.2.3.4',
    '::1.2.3.4:1',
  ])
    assert.equal(isIpv6(text), false, text);
});
