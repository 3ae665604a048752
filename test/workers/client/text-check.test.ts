import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextCheck } from '../../../src/workers/client/text-check.ts';
import { threadReadBuffer } from '../../../src/workers/thread-scanner.ts';

test('ASCII and UTF-8 are told apart wherever the text lies and wherever it is wrong', () => {
  const check = new TextCheck();
  const room = threadReadBuffer();
  const other = Buffer.alloc(300);
  for (const memory of [room, other])
    for (let length = 0; length <= 40; length++)
      for (const start of [0, 1, 7, 13]) {
        memory.fill(0xff, 0, 100);
        memory.fill(0x61, start, start + length);
        assert.ok(check.isAscii(memory, start, start + length), `${length} bytes from ${start}`);
        assert.ok(check.isUtf8(memory, start, start + length));
        for (let at = start; at < start + length; at++) {
          memory[at] = 0x80;
          assert.ok(!check.isAscii(memory, start, start + length), `byte ${at} of ${length} from ${start}`);
          assert.ok(!check.isUtf8(memory, start, start + length));
          memory[at] = 0x61;
        }
      }
  room.write('€', 3);
  assert.ok(!check.isAscii(room, 3, 6));
  assert.ok(check.isUtf8(room, 3, 6));
  assert.ok(!check.isUtf8(room, 3, 5));
});
