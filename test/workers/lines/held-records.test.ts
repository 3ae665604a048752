import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldRecords } from '../../../src/workers/lines/held-records.ts';
import { Random } from '../../support/random.ts';
import { checkRecord, fillRecord } from '../../support/ring-records.ts';

const LENGTHS = [48, 128, 136, 256, 264, 4096];

test('records of any length come out as they went in, in any order, out of the same memory', () => {
  const chance = new Random(1);
  const held = new HeldRecords(64 * 1024);
  const view = new DataView(new ArrayBuffer(8192));
  const there = new Map<number, number>();
  for (let n = 0; n < 20_000; n++) {
    if (chance.percent(50)) {
      fillRecord(view, 8, chance.pick(LENGTHS), n);
      const handle = held.hold(view, 8, false);
      if (handle > 0) there.set(handle, n);
      else assert.ok(there.size > 5, 'only full memory refuses a record');
    } else if (there.size > 0) {
      const [handle, number] = chance.pick([...there]);
      held.copyTo(handle, view, 16);
      assert.equal(checkRecord(view, 16), number);
      held.free(handle);
      there.delete(handle);
    }
    assert.equal(held.records, there.size);
  }
});

test('a record that has its place in the output is held beyond the bound', () => {
  const held = new HeldRecords(0);
  const view = new DataView(new ArrayBuffer(4096));
  fillRecord(view, 0, 4096, 1);
  let refused = 0;
  for (let n = 0; n < 20; n++) if (held.hold(view, 0, false) === 0) refused++;
  assert.ok(refused > 0);
  assert.ok(held.hold(view, 0, true) > 0);
});
