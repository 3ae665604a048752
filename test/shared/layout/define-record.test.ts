import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aligned, defineRecord, f64, u8, u16, u32 } from '../../../src/shared/layout/define-record.ts';

const POINT = defineRecord({
  name: 'point',
  typeId: 200,
  size: 16,
  fields: {
    x: f64('across'),
    id: u32('which'),
    flags: u16('bits'),
    kind: u8('what'),
    reserved: u8<0>('zero'),
  },
});

test('fields lie in the order of the declaration, without holes', () => {
  assert.deepEqual(
    Object.entries(POINT.field).map(([name, { offset, width, type }]) => [name, offset, width, type]),
    [
      ['x', 0, 8, 'f64'],
      ['id', 8, 4, 'u32'],
      ['flags', 12, 2, 'u16'],
      ['kind', 14, 1, 'u8'],
      ['reserved', 15, 1, 'u8'],
    ],
  );
});

test('what is written field by field is what is decoded, and what is encoded is what is read, little-endian', () => {
  const view = new DataView(new ArrayBuffer(48));
  const values = { x: -1.5, id: 0xdead_beef, flags: 0x1234, kind: 0xff, reserved: 0 } as const;
  POINT.encode(view, 16, values);
  assert.deepEqual(POINT.decode(view, 16), values);
  assert.equal(POINT.field.id.get(view, 16), 0xdead_beef);
  assert.deepEqual([view.getUint8(16 + 8), view.getUint8(16 + 12)], [0xef, 0x34]);
  POINT.field.id.set(view, 16, 7);
  assert.deepEqual(POINT.decode(view, 16), { ...values, id: 7 });
  // Nothing beside the record was touched.
  for (let i = 0; i < 16; i++) assert.equal(view.getUint8(i) + view.getUint8(32 + i), 0);
});

for (const [title, declaration, message] of [
  [
    'an unaligned field',
    { size: 16, fields: { a: u32(''), b: f64('') } },
    'record bad: field b lies unaligned at 4',
  ],
  [
    'a size that is not the sum',
    { size: 16, fields: { a: f64('') } },
    'record bad: fields end at 8, size says 16',
  ],
  [
    'an end that is no multiple of 8',
    { size: 4, fields: { a: u32('') } },
    'record bad: size 4 is not a multiple of 8',
  ],
] as const)
  test(`${title} is refused when it is declared`, () => {
    assert.throws(() => defineRecord({ name: 'bad', typeId: 201, ...declaration }), new Error(message));
  });

test('lengths are rounded up to a multiple of 8', () => {
  assert.deepEqual([0, 1, 7, 8, 9, 1024].map(aligned), [0, 8, 8, 8, 16, 1024]);
});
