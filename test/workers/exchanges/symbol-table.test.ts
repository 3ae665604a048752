import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import { SymbolTable } from '../../../src/workers/exchanges/symbol-table.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function tableOf(symbols: readonly string[]): SymbolTable {
  const table = new SymbolTable();
  symbols.forEach((symbol, id) => void table.add(symbol, id as InstrumentId));
  return table;
}

/** Scans at the very end of the memory and with room after it, which are two ways that must agree. */
function scan(table: SymbolTable, bytes: Uint8Array, at: number): number {
  const viewOf = (of: Uint8Array): DataView => new DataView(of.buffer, of.byteOffset, of.byteLength);
  const end = table.scan(bytes, viewOf(bytes), at);
  const { id } = table;
  const roomy = new Uint8Array(bytes.length + 100);
  roomy.set(bytes);
  assert.equal(table.scan(roomy, viewOf(roomy), at), end);
  assert.equal(table.id, id);
  return end;
}

/** What both ways of looking a symbol up say of it. */
function look(table: SymbolTable, symbol: string): number {
  const bytes = bytesOf(`"${symbol}","bids"`);
  const found = table.find(bytes, 1, 1 + bytesOf(symbol).length);
  const end = scan(table, bytes, 1);
  assert.equal(end, 1 + bytesOf(symbol).length, 'the scan ends at the quote');
  assert.equal(table.id, found, 'both ways agree');
  return found;
}

test('every symbol of thousands is found by its bytes, and no other is', () => {
  const symbols = Array.from({ length: 5000 }, (_, n) => `${(n * 7919).toString(36).toUpperCase()}/USD`);
  const table = tableOf(symbols);
  for (const [id, symbol] of symbols.entries()) assert.equal(look(table, symbol), id);
  for (const symbol of ['', 'BTC/USD', 'A/US', 'A/USDX', '1/USD ', 'é/USD'])
    assert.equal(look(table, symbol), -1);
});

test('a symbol that is a beginning of another is told from it', () => {
  const table = tableOf(['BTC/USD', 'BTC/USDT', 'BTC/US']);
  assert.deepEqual(
    ['BTC/USD', 'BTC/USDT', 'BTC/US', 'BTC/U'].map((s) => look(table, s)),
    [0, 1, 2, -1],
  );
});

test('symbols of the same hash are told apart by their bytes', () => {
  // The hash turns by five bits a byte, so the lowest bit of one and the sixth of the next cancel out.
  const table = tableOf(['BTC/USD', 'ETH/USD']);
  assert.deepEqual([look(table, 'CtC/USD'), look(table, 'DtH/USD'), look(table, 'BTC/USD')], [-1, -1, 0]);
  table.add('CtC/USD', 2 as InstrumentId);
  assert.deepEqual([look(table, 'CtC/USD'), look(table, 'BTC/USD')], [2, 0]);
});

test('a symbol added again has its new id', () => {
  const table = tableOf(['BTC/USD', 'ETH/USD']);
  table.add('BTC/USD', 9 as InstrumentId);
  assert.deepEqual([look(table, 'BTC/USD'), look(table, 'ETH/USD')], [9, 1]);
});

test('a symbol that does not end within 64 bytes, or at all, is not scanned to its end', () => {
  const longest = 'A'.repeat(64);
  const table = tableOf([longest]);
  assert.equal(look(table, longest), 0);
  assert.equal(scan(table, bytesOf(`${'A'.repeat(65)}"`), 0), -1);
  assert.equal(scan(table, bytesOf('BTC/USD'), 0), -1);
  assert.equal(scan(table, bytesOf('"'), 5), -1);
  assert.equal(table.id, -1);
});

test('a venue symbol that JSON would write with escapes is a mistake of ours', () => {
  for (const symbol of ['', 'A'.repeat(65), 'BTC"USD', 'BTC\\USD', 'BTC USD', 'BÄC/USD'])
    assert.throws(() => tableOf([symbol]), InvariantError, symbol);
});
