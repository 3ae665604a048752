import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { BCH, BTC, book, PoloniexHarness, trade } from './codec-harness.ts';

/** Requests as objects; what matters is what the exchange reads. */
const parsed = (requests: readonly string[]): unknown[] =>
  requests.map((request) => JSON.parse(request) as unknown);

test('subscriptions that differ in nothing but the symbol share a request', () => {
  const { codec } = new PoloniexHarness();
  const requests = codec.subscribe([
    book(BTC),
    trade(BTC),
    book(BCH),
    book(BCH, 10),
    trade(BCH),
    { channel: 'ticker', instrument: BTC },
    { channel: 'candle', instrument: BTC, interval: 1 },
    { channel: 'candle', instrument: BCH, interval: 4320 },
  ]);
  assert.deepEqual(parsed(requests), [
    { event: 'subscribe', channel: ['book_lv2'], symbols: ['BTC_USDT', 'BCH_USDT'] },
    { event: 'subscribe', channel: ['trades'], symbols: ['BTC_USDT', 'BCH_USDT'] },
    { event: 'subscribe', channel: ['book'], symbols: ['BCH_USDT'], depth: 10 },
    { event: 'subscribe', channel: ['ticker'], symbols: ['BTC_USDT'] },
    { event: 'subscribe', channel: ['candles_minute_1'], symbols: ['BTC_USDT'] },
    { event: 'subscribe', channel: ['candles_day_3'], symbols: ['BCH_USDT'] },
  ]);
});

test('a request to unsubscribe names channel and symbols', () => {
  const { codec } = new PoloniexHarness();
  assert.deepEqual(parsed(codec.unsubscribe([trade(BTC), trade(BCH)])), [
    { event: 'unsubscribe', channel: ['trades'], symbols: ['BTC_USDT', 'BCH_USDT'] },
  ]);
});

test('a request names no more symbols than the limit allows', () => {
  const { codec } = new PoloniexHarness();
  const instruments = Array.from({ length: 250 }, (_, n) => (n + 100) as InstrumentId);
  codec.addInstruments(instruments.map((id) => ({ id, symbol: `A${id}/B`, venueSymbol: `A${id}_B` })));
  const requests = codec.subscribe(instruments.map((instrument) => trade(instrument)));
  assert.deepEqual(
    requests.map((text) => (JSON.parse(text) as { symbols: string[] }).symbols.length),
    [100, 100, 50],
  );
});

test('an acknowledgement answers every symbol it names, and those alone', () => {
  const { sink } = new PoloniexHarness()
    .subscribed(trade(BTC), trade(BCH), book(BTC))
    .read('{"event":"subscribe","channel":"trades","symbols":["BTC_USDT","BCH_USDT"]}');
  assert.deepEqual(sink.log, ['subscribed trade 0', 'subscribed trade 1']);
});

test('a refusal that names a symbol is for the request that waits for it', () => {
  const { sink } = new PoloniexHarness()
    .subscribed(trade(BTC), trade(BCH), book(BTC))
    .read(
      '{"event":"subscribe","channel":"trades","symbols":["BTC_USDT"]}',
      '{"event":"error","message":"Unknown symbol BCH_USDT"}',
      '{"event":"error","message":"Unknown symbol BTC_USDT"}',
      '{"event":"error","message":"Unknown symbol BTC_USDT"}',
    );
  assert.deepEqual(sink.log, [
    'subscribed trade 0',
    'refused trade 1: Unknown symbol BCH_USDT',
    'refused book 0: Unknown symbol BTC_USDT',
    'refused something: Unknown symbol BTC_USDT',
  ]);
});

test('a new connection waits for no answers of the old one', () => {
  const harness = new PoloniexHarness().subscribed(trade(BTC));
  harness.codec.reset();
  harness.read('{"event":"error","message":"Unknown symbol BTC_USDT"}');
  assert.deepEqual(harness.sink.log, ['refused something: Unknown symbol BTC_USDT']);
});

test('the ping is a message of its own', () => {
  assert.equal(new PoloniexHarness().codec.ping(), '{"event":"ping"}');
});
