import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTRUMENTS_MAX, SYMBOL, SymbolCounters } from '../../../src/shared/counters/symbol-counters.ts';
import { InvariantError } from '../../../src/shared/invariant.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';

const id = (n: number): InstrumentId => n as InstrumentId;

test('each instrument has a row of its own, seen from every side of the memory', () => {
  const memory = SymbolCounters.memory();
  const worker = new SymbolCounters(memory);
  const main = new SymbolCounters(memory);
  worker.add(id(1), SYMBOL.resyncs);
  worker.add(id(1), SYMBOL.resyncs);
  worker.set(id(INSTRUMENTS_MAX - 1), SYMBOL.bookState, 2);
  assert.deepEqual(
    [0, 1, 2].map((n) => main.get(id(n), SYMBOL.resyncs)),
    [0, 2, 0],
  );
  assert.equal(main.get(id(INSTRUMENTS_MAX - 1), SYMBOL.bookState), 2);
});

test('a row that is not there is not written', () => {
  const counters = new SymbolCounters(SymbolCounters.memory());
  assert.throws(() => counters.set(id(INSTRUMENTS_MAX), SYMBOL.resyncs, 1), InvariantError);
});
