/**
 * Records for tests of rings: any length, every byte of the rest a function of the record's number, so that
 * one byte written at the wrong time or place shows.
 */
import assert from 'node:assert/strict';
import { HEADER } from '../../src/shared/records/header.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { HEADER_SIZE } from '../../src/shared/records/record-header.ts';
import { CONTROL, createRing } from '../../src/shared/ring/ring-layout.ts';

/** An empty ring whose head and tail stand at `position`, as after that many bytes of use. */
export function ringAt(position: number, dataBytes: number): SharedArrayBuffer {
  const ring = createRing(dataBytes);
  const control = new Int32Array(ring);
  control[CONTROL.head] = position;
  control[CONTROL.tail] = position;
  return ring;
}

/** Where positions overflow their int32, and where the sign of one changes, with some way to go before. */
export const POSITIONS: readonly { readonly name: string; readonly position: number }[] = [
  { name: 'at zero', position: 0 },
  { name: 'just before 2^31', position: 2 ** 31 - 3072 },
  { name: 'just before 2^32', position: -3072 },
];

const canary = (number: number, at: number): number => (Math.imul(number, 0x9e3779b1) ^ (at * 7)) | 0;

/** Writes a whole record of `bytes` at `at`, without claiming or committing. */
export function fillRecord(view: DataView, at: number, bytes: number, number: number): void {
  HEADER.field.bytes.set(view, at, bytes);
  HEADER.field.typeId.set(view, at, TYPE.raw);
  HEADER.field.sequence.set(view, at, number);
  for (let i = HEADER_SIZE; i < bytes; i += 4) view.setInt32(at + i, canary(number, i), true);
}

/** @returns the record's number. @throws AssertionError unless every byte is as `fillRecord` left it. */
export function checkRecord(view: DataView, at: number): number {
  const bytes = HEADER.field.bytes.get(view, at);
  const number = HEADER.field.sequence.get(view, at);
  assert.equal(HEADER.field.typeId.get(view, at), TYPE.raw, 'type of the record');
  for (let i = HEADER_SIZE; i < bytes; i += 4) {
    if (view.getInt32(at + i, true) !== canary(number, i)) {
      assert.fail(`record ${number} of ${bytes} bytes is not whole at byte ${i}`);
    }
  }
  return number;
}
