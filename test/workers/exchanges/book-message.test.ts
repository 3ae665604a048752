import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Level } from '../../../src/shared/book/level.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import { BookMessage, LevelList } from '../../../src/workers/exchanges/book-message.ts';

const levelOf = (n: number): Level =>
  Object.assign(new Level(), {
    price: n + 0.5,
    qty: n * 2,
    priceDecimals: n % 256,
    qtyDecimals: (n + 1) % 256,
    crc: -n | 0,
    crcDigits: n % 65_536,
  });

test('a list gives back the levels it was given, in their order, however many', () => {
  const list = new LevelList();
  const level = new Level();
  for (let n = 0; n < 1000; n++) list.add(levelOf(n));
  assert.equal(list.count, 1000);
  for (let n = 0; n < 1000; n++) {
    list.read(n, level);
    assert.deepEqual(level, levelOf(n));
  }
});

test('a message begun anew has nothing of the one before', () => {
  const message = new BookMessage();
  message.begin(1 as InstrumentId, true);
  message.hasChecksum = true;
  message.checksum = -5;
  message.sequence = 8;
  message.bids.add(levelOf(1));
  message.asks.add(levelOf(1));
  message.begin(2 as InstrumentId, false);
  const { instrument, snapshot, hasChecksum, checksum, exchangeAtUs, sequence, bids, asks } = message;
  assert.deepEqual(
    {
      instrument,
      snapshot,
      hasChecksum,
      checksum,
      exchangeAtUs,
      sequence,
      bids: bids.count,
      asks: asks.count,
    },
    {
      instrument: 2,
      snapshot: false,
      hasChecksum: false,
      checksum: 0,
      exchangeAtUs: -1,
      sequence: -1,
      bids: 0,
      asks: 0,
    },
  );
});
