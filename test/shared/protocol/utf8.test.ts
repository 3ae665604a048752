import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { UnicodeDecodeError } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { decodeUtf8, encodeUtf8, Utf8Check } from '../../../src/shared/protocol/utf8.ts';
import { cutAtRandom } from '../../support/protocol-reading.ts';
import { Random } from '../../support/random.ts';
import { mutated, randomText } from '../../support/random-frames.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

test('every text of the language is written as TextEncoder writes it', () => {
  for (const text of ['', 'abc', 'à', '€', '\u{1f600}', '\ud800', 'a\udc00b', '\u0000', '\uffff'])
    assert.deepEqual(encodeUtf8(text), new TextEncoder().encode(text));
});

test('every two bytes are text exactly where the platform says so', () => {
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      const bytes = Uint8Array.of(first, second);
      const ours = decodeUtf8(bytes);
      assert.equal(ours instanceof UnicodeDecodeError ? undefined : ours, decoded(bytes));
    }
  }
});

test('three and four bytes are text exactly where the platform says so, at the edges of every range', () => {
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  const firsts = [0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5];
  for (const a of firsts)
    for (const b of edges)
      for (const c of edges)
        for (const d of edges) {
          const bytes = Uint8Array.of(a, b, c, d);
          const ours = decodeUtf8(bytes);
          assert.equal(ours instanceof UnicodeDecodeError ? undefined : ours, decoded(bytes));
        }
});

function checked(pieces: readonly Uint8Array[], check: Utf8Check): string {
  for (const piece of pieces) {
    const wrong = check.push(piece);
    if (wrong !== undefined) return wrong.message;
  }
  return check.end()?.message ?? 'text';
}

test('a text is judged alike in any pieces, by the platform or byte by byte', () => {
  const random = new Random(3);
  for (let n = 0; n < 3000; n++) {
    const text = randomText(random, random.below(200));
    const bytes = random.percent(70) ? mutated(text, random) : text;
    const due = checked([bytes], new Utf8Check());
    assert.equal(due === 'text', decoded(bytes) !== undefined, `text ${n}`);
    for (const platform of [undefined, NODE_PLATFORM]) {
      const pieces = cutAtRandom(bytes, random, random.pick([1, 5, 60]));
      assert.equal(checked(pieces, new Utf8Check(platform)), due, `text ${n}`);
      assert.equal(checked([bytes], new Utf8Check(platform)), due, `text ${n} at once`);
    }
  }
});

test('a text is refused as soon as nothing could save it', () => {
  for (const [hex, after] of [
    ['e080', 2],
    ['eda0', 2],
    ['f48f', undefined],
    ['f490', 2],
    ['f08f', 2],
    ['c1', 1],
    ['e282', undefined],
  ] as const) {
    const check = new Utf8Check();
    const bytes = [...Buffer.from(hex, 'hex')];
    const refusedAfter = bytes.findIndex((byte) => check.push(Uint8Array.of(byte)) !== undefined);
    assert.equal(refusedAfter < 0 ? undefined : refusedAfter + 1, after, hex);
  }
});

test('after the end another text begins, with nothing of the one before', () => {
  const check = new Utf8Check();
  check.push(Uint8Array.of(0x61, 0xe2));
  assert.equal(check.end()?.message, 'unexpected end of data at position 1');
  assert.equal(check.push(Uint8Array.of(0x80))?.message, 'invalid start byte at position 0');
});
