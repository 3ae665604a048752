import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeadEnd } from '../../../src/workers/socket/head-end.ts';

for (const [text, end] of [
  ['HTTP/1.1 101 OK\r\n\r\nrest', 19],
  ['\r\n\r\n', 4],
  ['a\r\n\r\r\n\r\nb', 8],
  ['a\r\r\n\r\n', 6],
  ['a\n\nb', -1],
  ['a\r\n\r', -1],
  ['', -1],
] as const) {
  test(`the head of ${JSON.stringify(text)} ends at ${end}, wherever it is split`, () => {
    const bytes = Buffer.from(text);
    for (let split = 0; split <= bytes.length; split++) {
      const head = new HeadEnd();
      const first = head.find(bytes, 0, split);
      if (first >= 0) {
        assert.equal(first, end);
        continue;
      }
      const second = head.find(bytes, split, bytes.length);
      assert.equal(second, end, `split at ${split}`);
    }
  });
}
