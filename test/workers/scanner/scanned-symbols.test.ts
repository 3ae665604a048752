import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import { ScannedSymbols } from '../../../src/workers/scanner/scanned-symbols.ts';
import { wordIndex } from '../../../src/workers/scanner/scanner.ts';
import { type Shape, symbol, text } from '../../../src/workers/scanner/shape.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';

const scanner = threadScanner();
const SHAPE: Shape = [text('"'), symbol(0), text('"')];

function tableOf(symbols: readonly string[]): ScannedSymbols {
  const table = new ScannedSymbols(scanner);
  symbols.forEach((symbol, id) => void table.add(symbol, id as InstrumentId));
  return table;
}

/** The id of a symbol, or -1. */
function look(table: ScannedSymbols, symbol: string): number {
  const bytes = new TextEncoder().encode(`"${symbol}"`);
  const found = scanner.scan(scanner.shape(SHAPE), table.at, bytes, 0, bytes.length);
  return found === 0 ? -1 : scanner.int32[wordIndex(0)]!;
}

test('every symbol of thousands is found by its bytes, and no other is', () => {
  const symbols = Array.from({ length: 5000 }, (_, n) => `${(n * 7919).toString(36).toUpperCase()}/USD`);
  const table = tableOf(symbols);
  for (const [id, symbol] of symbols.entries()) assert.equal(look(table, symbol), id);
  for (const symbol of ['', 'BTC/USD', 'A/US', 'A/USDX', '1/USD ', 'é/USD'])
    assert.equal(look(table, symbol), -1, symbol);
});

test('symbols of every length are told from their beginnings', () => {
  const names = Array.from({ length: 64 }, (_, n) => 'ABCDEFGH'.repeat(8).slice(0, n + 1));
  const table = tableOf(names);
  for (const [id, name] of names.entries()) assert.equal(look(table, name), id);
  assert.equal(look(table, 'ABCDEFGH'.repeat(8) + 'A'), -1);
  assert.equal(look(table, 'ABCDEFGH'.repeat(20)), -1);
});

test('a symbol added again keeps its id', () => {
  const table = tableOf(['BTC/USD']);
  table.add('BTC/USD', 5 as InstrumentId);
  assert.equal(look(table, 'BTC/USD'), 0);
});

test('two tables do not know of each other', () => {
  const one = tableOf(['BTC/USD']);
  const other = tableOf(['ETH/USD', 'BTC/USD']);
  assert.deepEqual([look(one, 'BTC/USD'), look(other, 'BTC/USD'), look(one, 'ETH/USD')], [0, 1, -1]);
});

test('a name that JSON would write with an escape is refused', () => {
  for (const name of ['', 'A"B', 'A\\B', 'A B', 'É', 'A\n', 'A'.repeat(65)])
    assert.throws(() => tableOf([name]), InvariantError, name);
});

test('what is given back is used again, however often tables come and go', () => {
  const names = Array.from({ length: 300 }, (_, n) => `SYMBOL${n}/USD`);
  tableOf(names).free();
  const first = tableOf(names);
  const { at } = first;
  first.free();
  // Many times the memory there is, were nothing given back.
  for (let n = 0; n < 3000; n++) tableOf(names).free();
  const last = tableOf(names);
  assert.equal(last.at, at);
  assert.equal(look(last, 'SYMBOL299/USD'), 299);
  last.free();
});
