import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADER } from '../../../src/shared/records/header.ts';
import { recordMemory } from '../../../src/workers/publish/record-memory.ts';
import { RecordQueue } from '../../../src/workers/publish/record-queue.ts';
import { Random } from '../../support/random.ts';
import { checkRecord, fillRecord } from '../../support/ring-records.ts';

/** The claim comes first: it may give the queue other memory. */
function fill(queue: RecordQueue, bytes: number, number: number): void {
  const at = queue.claim(bytes);
  fillRecord(queue.view, at, bytes, number);
}

test('records leave in the order they came and unharmed, whatever their length and number', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    const queue = new RecordQueue();
    const source = recordMemory(8192);
    const expected: number[] = [];
    for (let number = 0; number < 500; number++) {
      const bytes = HEADER.size + 8 * random.below(random.percent(5) ? 900 : 20);
      if (random.percent(50)) {
        fill(queue, bytes, number);
        if (random.percent(20)) continue;
        queue.commit(bytes);
      } else {
        fillRecord(source, 16, bytes, number);
        queue.append(source, 16);
      }
      expected.push(number);
      while (expected.length > 0 && random.percent(random.pick([10, 49, 90]))) {
        assert.equal(checkRecord(queue.view, queue.head), expected.shift(), `seed ${seed}`);
        queue.shift();
      }
      assert.equal(queue.records, expected.length);
      assert.equal(queue.isEmpty, expected.length === 0);
    }
  }
});

test('an emptied queue gives its memory back', () => {
  const queue = new RecordQueue();
  const bytes = 4 << 20;
  fill(queue, HEADER.size, 1);
  queue.commit(HEADER.size);
  fill(queue, bytes, 2);
  queue.commit(bytes);
  assert.equal(queue.bytes, bytes + HEADER.size);
  queue.shift();
  assert.equal(checkRecord(queue.view, queue.head), 2);
  queue.shift();
  assert.ok(queue.view.byteLength < bytes);
});
