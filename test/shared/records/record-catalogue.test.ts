import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADER } from '../../../src/shared/records/header.ts';
import { PADDING_TYPE_ID, RECORDS, TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { HEADER_SIZE } from '../../../src/shared/records/record-header.ts';

test('every record has a type id of its own, and none has the one of padding', () => {
  const ids = RECORDS.map(({ typeId }) => typeId);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    [...ids].sort((a, b) => a - b),
    Object.values(TYPE),
  );
  assert.ok(!ids.includes(PADDING_TYPE_ID as never));
});

for (const layout of RECORDS)
  test(`the ${layout.name} record begins with the common header`, () => {
    for (const [name, { offset, type }] of Object.entries(HEADER.field)) {
      const field = layout.field[name as keyof typeof HEADER.field];
      assert.deepEqual([field.offset, field.type], [offset, type]);
    }
    assert.ok(layout.size >= HEADER_SIZE);
    // A reader on another machine finds every double at a multiple of 8.
    for (const { offset, width } of Object.values(layout.field)) assert.equal(offset % width, 0);
  });
