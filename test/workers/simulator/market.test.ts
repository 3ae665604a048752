import assert from 'node:assert/strict';
import test from 'node:test';
import { Market } from '../../../src/workers/simulator/market.ts';

const market = (): Market =>
  new Market({ exchange: 'kraken-v1', pairs: 30, seed: 5, levels: 100, now: () => 1_785_000_000_000_000 });

test('a symbol begins the same whatever was subscribed before it', () => {
  const [one, other] = [market(), market()];
  one.find('XBT/USD');
  one.find('XDG/USD');
  const [late, early] = [one.find('ETH/USD')!, other.find('ETH/USD')!];
  assert.equal(late.book.checksum(), early.book.checksum());
  assert.deepEqual(late.trades, early.trades);
  assert.deepEqual(late.bookChanges(10), early.bookChanges(10));
  assert.notEqual(late.book.checksum(), one.find('XBT/USD')!.book.checksum());
});

test('a symbol is made once, and listed in the venue’s spelling before it is made', () => {
  const one = market();
  assert.equal(one.find('XBT/USD'), one.find('XBT/USD'));
  assert.equal(one.find('BTC/USD'), undefined);
  assert.equal(one.listings.length, 30);
  assert.equal(one.listings[0]!.venueSymbol, 'XBT/USD');
  assert.equal(one.symbols[0], one.find('XBT/USD'));
});
