import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal } from '../../../../src/shared/decimal/decimals.ts';
import { FLAG } from '../../../../src/shared/records/record-header.ts';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import { NONE } from '../../../../src/shared/units.ts';
import { CodecPair } from '../../../support/venue-kit/codec-pair.ts';
import {
  BAND,
  book,
  CoinbaseHarness,
  documentedHeartbeat,
  heartbeat,
  L2UPDATE,
  LAST_MATCH,
  MATCH,
  matchOf,
  SKL,
  SNAPSHOT,
  TICKER,
  trade,
} from './codec-harness.ts';

for (const path of [{ hot: true }, { hot: false }]) {
  const on = path.hot ? 'hot' : 'cold';

  test(`${on}: a match has the taker’s side, which is not the one it states, and its digits`, () => {
    const { sink, cold } = new CoinbaseHarness(path).read(MATCH);
    const { values } = sink.records[0]!;
    assert.equal(values['side'], SIDE.buy);
    assert.equal(values['sequence'], 280232);
    assert.equal(values['exchangeAtUs'], Date.UTC(2021, 3, 17, 16, 43, 37) * 1000 + 89_723);
    assert.equal(formatDecimal(values['price']!, values['priceDecimals']!), '0.00001305');
    assert.equal(formatDecimal(values['qty']!, values['qtyDecimals']!), '985');
    assert.equal(values['instrument'], SKL);
    assert.equal(values['flags'], 0);
    assert.equal(cold, path.hot ? 0 : 1);
  });

  test(`${on}: the last match before a subscription belongs to the past`, () => {
    const { sink } = new CoinbaseHarness(path).read(LAST_MATCH);
    const { values } = sink.records[0]!;
    assert.equal(values['flags'], FLAG.snapshot);
    // The same trade as that of the ticker below, which states the taker's side: buy.
    assert.equal(values['side'], SIDE.buy);
  });

  test(`${on}: a ticker has its digits, and what is not sent is no number`, () => {
    const { sink, cold } = new CoinbaseHarness(path).read(TICKER);
    const { values } = sink.records[0]!;
    const shown = (name: string): string => formatDecimal(values[name]!, values[`${name}Decimals`]!);
    assert.deepEqual(
      ['last', 'low', 'high', 'volume', 'bid', 'bidQty', 'ask', 'askQty', 'vwap', 'change'].map(shown),
      ['14.7775', '14.3691', '16.55', '94381.28000000', '14.7550', 'NaN', '14.8060', 'NaN', 'NaN', 'NaN'],
    );
    assert.equal(values['instrument'], BAND);
    assert.equal(cold, path.hot ? 0 : 1);
  });

  test(`${on}: sizes of a ticker’s best levels are read where they are sent, and not kept for the next one`, () => {
    const newer = TICKER.replace('"best_ask"', '"best_bid_size":"0.46","best_ask"').replace(
      ',"side"',
      ',"best_ask_size":"1.50","side"',
    );
    const { sink, cold } = new CoinbaseHarness(path).read(newer, TICKER);
    const sizes = sink.records.map(({ values }) => [values['bidQty'], values['askQty']]);
    assert.deepEqual(sizes, [
      [0.46, 1.5],
      [Number.NaN, Number.NaN],
    ]);
    assert.equal(cold, path.hot ? 0 : 2);
  });

  test(`${on}: a book begins with its snapshot, which has no time, and each change names its side`, () => {
    const changes = L2UPDATE.replace('SKL-BTC', 'BAND-GBP').replace(
      '["sell","0.00001306","660.5"]',
      '["sell","14.8024","0.00000000"],["buy","14.7700","1"],["sell","14.8000","2"]',
    );
    const { sink } = new CoinbaseHarness(path).subscribed(book(BAND)).read(SNAPSHOT, changes);
    const [snapshot, update] = sink.named('book');
    assert.equal(snapshot!.values['flags'], FLAG.snapshot);
    assert.equal(snapshot!.values['exchangeAtUs'], NONE);
    assert.deepEqual(
      update!.bids?.map(([price, qty]) => [price, qty]),
      [[14.77, 1]],
    );
    assert.deepEqual(
      update!.asks?.map(([price, qty]) => [price, qty]),
      [
        [14.8024, 0],
        [14.8, 2],
      ],
    );
  });

  test(`${on}: a change that cannot be read makes its book stale, and no other`, () => {
    const spoilt = L2UPDATE.replace('SKL-BTC', 'BAND-GBP').replace('"660.5"', '"-660.5"');
    const { events } = new CoinbaseHarness(path).subscribed(book(BAND), book(SKL)).read(SNAPSHOT, spoilt);
    assert.deepEqual(
      events.map((line) => line.split(':')[0]),
      ['book live book 1', 'book stale book 1 MESSAGE_MALFORMED', 'MESSAGE_MALFORMED l2update'],
    );
  });

  test(`${on}: trades that were never sent are told before the next one, and by the second heartbeat`, () => {
    const harness = new CoinbaseHarness(path).subscribed(trade(SKL));
    const gaps = (): (number | undefined)[] =>
      harness.sink.named('status').map(({ values }) => values['value']);
    harness.read(matchOf(10), matchOf(11), heartbeat(11), matchOf(14));
    assert.deepEqual(gaps(), [2]);
    harness.read(heartbeat(17), matchOf(15));
    assert.deepEqual(gaps(), [2], 'what a heartbeat names may be on its way');
    harness.read(heartbeat(17));
    assert.deepEqual(gaps(), [2, 2]);
    harness.read(heartbeat(17), matchOf(18), matchOf(19));
    assert.deepEqual(gaps(), [2, 2], 'nothing is told twice');
    assert.equal(harness.sink.named('trade').length, 6);
    assert.equal(harness.codec.newestTrade(SKL), 19);
  });
}

test('nothing is missing of what was traded while nothing was subscribed', () => {
  const harness = new CoinbaseHarness().subscribed(trade(SKL)).read(matchOf(10), heartbeat(10));
  harness.codec.unsubscribe([trade(SKL)]);
  harness.subscribed(trade(SKL)).read(heartbeat(30), matchOf(31), heartbeat(31), heartbeat(31));
  assert.deepEqual(harness.sink.named('status'), []);
});

test('a heartbeat is read in either order of its keys, hot in that of the feed', () => {
  const harness = new CoinbaseHarness().subscribed(trade(SKL)).read(matchOf(10), heartbeat(12));
  assert.equal(harness.cold, 0);
  harness.read(documentedHeartbeat(12));
  assert.equal(harness.cold, 1);
  assert.deepEqual(
    harness.sink.named('status').map(({ values }) => values['value']),
    [2],
  );
});

test('a match that comes twice or late is told, and delivered as it came', () => {
  const { sink } = new CoinbaseHarness().subscribed(trade(SKL)).read(matchOf(10), matchOf(10));
  assert.equal(sink.named('trade').length, 2);
  assert.deepEqual(
    sink.named('status').map(({ text }) => text),
    ['trade 10 came after 10'],
  );
});

test('a match whose order has another kind of name is read all the same, by the cold path', () => {
  for (const name of [
    '2a0da34e',
    '',
    'caf\u00e9-61f7-4c36-88e5-c9dd15927b16',
    '\\"-61f7-4c36-88e5-c9dd15927b16-000',
  ]) {
    const harness = new CoinbaseHarness().read(MATCH.replace('2a0da34e-61f7-4c36-88e5-c9dd15927b16', name));
    assert.equal(harness.sink.records.length, 1, name);
    assert.equal(harness.cold, 1, name);
  }
});

test('whatever stands in place of one of its bytes, a match that is due means the same on both paths', () => {
  const encoder = new TextEncoder();
  for (let at = 0; at < MATCH.length; at++)
    for (const byte of [0x00, 0x22, 0x2d, 0x30, 0x5c, 0xff]) {
      // Anew each time, because what one path delivers is not due on the other any more.
      const pair = new CodecPair((hot) => new CoinbaseHarness({ hot }));
      pair.read(matchOf(280231));
      const bytes = encoder.encode(MATCH);
      bytes[at] = byte;
      pair.read(bytes, `byte ${at}:`);
      pair.close();
    }
});

test('a new connection counts trades anew', () => {
  const harness = new CoinbaseHarness().subscribed(trade(SKL)).read(matchOf(10), heartbeat(12));
  harness.codec.reset();
  harness.read(matchOf(20), heartbeat(20), matchOf(21));
  assert.deepEqual(harness.sink.named('status'), []);
});
