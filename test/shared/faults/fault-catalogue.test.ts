import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { STATUSES, statusName } from '../../../src/shared/faults/status-catalogue.ts';

for (const [what, catalogue, name] of [
  ['fault', FAULTS, faultName],
  ['status', STATUSES, statusName],
] as const) {
  test(`every ${what} has a number of its own that fits 16 bits, and is found by it`, () => {
    const entries = Object.entries(catalogue as Readonly<Record<string, { readonly id: number }>>);
    assert.equal(new Set(entries.map(([, { id }]) => id)).size, entries.length);
    for (const [key, { id }] of entries) {
      assert.ok(Number.isInteger(id) && id >= 0 && id < 2 ** 16);
      assert.equal(name(id), key);
    }
  });

  test(`a ${what} number of a later version still has a name`, () => {
    assert.ok(name(65_535) in catalogue);
  });
}
