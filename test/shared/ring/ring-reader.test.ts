import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { PADDING_TYPE_ID, TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { CONTROL } from '../../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { checkRecord, fillRecord, POSITIONS, ringAt } from '../../support/ring-records.ts';

const CAPACITY = 4096;

function write(writer: RingWriter, bytes: number, number: number): void {
  fillRecord(writer.view, writer.tryClaim(bytes), bytes, number);
  writer.commit(bytes);
  writer.publish();
}

for (const { name, position } of POSITIONS) {
  test(`a reader sees what was published after it found nothing, from a position ${name}`, () => {
    const ring = ringAt(position, CAPACITY);
    const writer = new RingWriter(ring);
    const reader = new RingReader(ring);
    for (let number = 0; number < 500; number++) {
      assert.equal(reader.isEmpty(), true);
      assert.equal(reader.next(), -1);
      write(writer, 40 + 8 * (number % 50), number);
      assert.equal(reader.isEmpty(), false);
      assert.ok(reader.heldBytes() > 0);
      assert.equal(checkRecord(reader.view, reader.next()), number);
      assert.equal(reader.isEmpty(), true);
      reader.release();
      assert.equal(reader.heldBytes(), 0);
    }
  });
}

test('a record stays held until it is released, and a new reader begins with the first that was not', () => {
  const ring = ringAt(0, CAPACITY);
  const writer = new RingWriter(ring);
  const reader = new RingReader(ring);
  for (const number of [1, 2, 3]) write(writer, 64, number);
  reader.next();
  reader.release();
  reader.next();
  assert.equal(reader.heldBytes(), 128);
  assert.equal(checkRecord(reader.view, new RingReader(ring).next()), 2);
  reader.release();
  assert.equal(reader.heldBytes(), 64);
  assert.equal(checkRecord(reader.view, new RingReader(ring).next()), 3);
});

test('the reader looks at the tail again only when what it has seen is used up', (t) => {
  const ring = ringAt(0, CAPACITY);
  const writer = new RingWriter(ring);
  const reader = new RingReader(ring);
  for (let number = 0; number < 10; number++) write(writer, 64, number);
  const load = t.mock.method(Atomics, 'load');
  for (let number = 0; number < 10; number++) reader.next();
  assert.equal(load.mock.callCount(), 1);
  assert.equal(reader.next(), -1);
  assert.equal(load.mock.callCount(), 2);
});

/** What a ring must not contain: the words at its beginning, and the tail. */
const CORRUPT: readonly { title: string; bytes: number; typeId: number; tail: number }[] = [
  { title: 'a record of no length', bytes: 0, typeId: TYPE.trade, tail: 64 },
  { title: 'padding of no length', bytes: 0, typeId: PADDING_TYPE_ID, tail: 64 },
  { title: 'a record shorter than its header', bytes: 32, typeId: TYPE.trade, tail: 64 },
  { title: 'a record of odd length', bytes: 44, typeId: TYPE.trade, tail: 64 },
  { title: 'a record that reaches beyond the tail', bytes: 72, typeId: TYPE.trade, tail: 64 },
  { title: 'a record of 4 GiB', bytes: 0xffff_fff8, typeId: TYPE.trade, tail: 64 },
  { title: 'a record of 2 GiB', bytes: 0x8000_0000, typeId: TYPE.trade, tail: 64 },
  { title: 'padding that ends in the middle', bytes: 64, typeId: PADDING_TYPE_ID, tail: 64 },
  { title: 'a tail that is too far ahead', bytes: 64, typeId: TYPE.trade, tail: CAPACITY + 8 },
  { title: 'a tail behind the head', bytes: 64, typeId: TYPE.trade, tail: -8 },
  { title: 'a tail between two words', bytes: 64, typeId: TYPE.trade, tail: 68 },
];

for (const { title, bytes, typeId, tail } of CORRUPT) {
  test(`${title} breaks an invariant, as often as it is read`, () => {
    const ring = ringAt(0, CAPACITY);
    const reader = new RingReader(ring);
    HEADER.field.bytes.set(reader.view, 0, bytes);
    HEADER.field.typeId.set(reader.view, 0, typeId);
    new Int32Array(ring)[CONTROL.tail] = tail;
    assert.throws(() => reader.next(), InvariantError);
    assert.throws(() => reader.next(), InvariantError);
  });
}

test('a record across the end of the data breaks an invariant', () => {
  const ring = ringAt(CAPACITY - 48, CAPACITY);
  const reader = new RingReader(ring);
  HEADER.field.bytes.set(reader.view, CAPACITY - 48, 56);
  HEADER.field.typeId.set(reader.view, CAPACITY - 48, TYPE.trade);
  new Int32Array(ring)[CONTROL.tail] = CAPACITY + 8;
  assert.throws(() => reader.next(), InvariantError);
});

test('a ring of random bytes ends in an invariant or in nothing, never in an endless loop', () => {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fff_ffff;
    return state >>> 8;
  };
  for (let round = 0; round < 2000; round++) {
    const ring = ringAt(random() & ~7, CAPACITY);
    const reader = new RingReader(ring);
    // Half of the words are small multiples of 8, so that reading goes on for a while.
    for (let at = 0; at < CAPACITY; at += 4) {
      reader.view.setInt32(at, random() % 2 === 0 ? (random() % 256) & ~7 : random(), true);
    }
    const control = new Int32Array(ring);
    control[CONTROL.tail] = (control[CONTROL.head]! + ((random() % CAPACITY) & ~7)) | 0;
    let records = 0;
    try {
      while (reader.next() !== -1) records++;
    } catch (error) {
      assert.ok(error instanceof InvariantError);
    }
    assert.ok(records <= CAPACITY / 40);
  }
});
