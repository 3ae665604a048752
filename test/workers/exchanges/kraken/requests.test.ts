import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import { InvariantError } from '../../../../src/shared/invariant.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../../../src/shared/units.ts';
import { BTC, book, ETH, KrakenHarness, MATIC } from './codec-harness.ts';

const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });

/** Requests as objects; what matters is what the exchange reads. */
const parsed = (requests: readonly string[]): unknown[] =>
  requests.map((request) => JSON.parse(request) as unknown);

test('subscriptions that differ in nothing but the symbol share a request', () => {
  const { codec } = new KrakenHarness();
  const requests = codec.subscribe([
    book(BTC),
    trade(BTC),
    book(ETH),
    { channel: 'book', instrument: MATIC, depth: 100 },
    { channel: 'trade', instrument: ETH, snapshot: true },
    { channel: 'ticker', instrument: BTC, trigger: 'bbo' },
    { channel: 'ticker', instrument: ETH, snapshot: false },
    { channel: 'candle', instrument: BTC, interval: 60 },
    { channel: 'instrument', instrument: NO_INSTRUMENT },
  ]);
  assert.deepEqual(parsed(requests), [
    {
      method: 'subscribe',
      params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USD'], depth: 10, snapshot: true },
      req_id: 1,
    },
    { method: 'subscribe', params: { channel: 'trade', symbol: ['BTC/USD'], snapshot: false }, req_id: 2 },
    {
      method: 'subscribe',
      params: { channel: 'book', symbol: ['MATIC/USD'], depth: 100, snapshot: true },
      req_id: 3,
    },
    { method: 'subscribe', params: { channel: 'trade', symbol: ['ETH/USD'], snapshot: true }, req_id: 4 },
    {
      method: 'subscribe',
      params: { channel: 'ticker', symbol: ['BTC/USD'], event_trigger: 'bbo', snapshot: true },
      req_id: 5,
    },
    {
      method: 'subscribe',
      params: { channel: 'ticker', symbol: ['ETH/USD'], event_trigger: 'trades', snapshot: false },
      req_id: 6,
    },
    {
      method: 'subscribe',
      params: { channel: 'ohlc', symbol: ['BTC/USD'], interval: 60, snapshot: true },
      req_id: 7,
    },
    { method: 'subscribe', params: { channel: 'instrument', snapshot: true }, req_id: 8 },
  ]);
});

test('a request to unsubscribe repeats what the subscription said', () => {
  const { codec } = new KrakenHarness();
  const subscriptions: Subscription[] = [
    book(BTC, 25),
    { channel: 'candle', instrument: ETH, interval: 5 },
    { channel: 'ticker', instrument: BTC, trigger: 'bbo' },
  ];
  codec.subscribe(subscriptions);
  assert.deepEqual(parsed(codec.unsubscribe(subscriptions)), [
    { method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 25 }, req_id: 4 },
    { method: 'unsubscribe', params: { channel: 'ohlc', symbol: ['ETH/USD'], interval: 5 }, req_id: 5 },
    {
      method: 'unsubscribe',
      params: { channel: 'ticker', symbol: ['BTC/USD'], event_trigger: 'bbo' },
      req_id: 6,
    },
  ]);
});

test('no request names more symbols than the limit', () => {
  const { codec } = new KrakenHarness();
  const ids = Array.from({ length: 250 }, (_, n) => (n + 100) as InstrumentId);
  codec.addInstruments(ids.map((id) => ({ id, symbol: `A${id}/USD`, venueSymbol: `A${id}/USD` })));
  const requests = parsed(codec.subscribe(ids.map(trade))) as { params: { symbol: string[] } }[];
  assert.deepEqual(
    requests.map((request) => request.params.symbol.length),
    [100, 100, 50],
  );
  assert.equal(new Set(requests.flatMap((request) => request.params.symbol)).size, 250);
});

test('pings are numbered like every other request', () => {
  const { codec } = new KrakenHarness();
  codec.subscribe([trade(BTC)]);
  assert.equal(codec.ping(), '{"method":"ping","req_id":2}');
});

test('an instrument that was never made known cannot be subscribed', () => {
  assert.throws(() => new KrakenHarness().codec.subscribe([trade(77 as InstrumentId)]), InvariantError);
});

const ack = (method: string, id: number | undefined, result: object): string =>
  JSON.stringify({ method, ...(id === undefined ? {} : { req_id: id }), result, success: true });
const refusal = (method: string, id: number | undefined, error: string, symbol?: string): string =>
  JSON.stringify({ error, method, ...(id === undefined ? {} : { req_id: id }), success: false, symbol });

/** What is heard after subscribing to two books (request 1) and two trades (request 2). */
function heard(...answers: string[]): string[] {
  const harness = new KrakenHarness().subscribed(book(BTC), book(ETH), trade(BTC), trade(ETH));
  return harness.read(...answers).sink.log;
}

test('an answer is matched to its subscription by request, or by name where it carries no id', () => {
  const result = { channel: 'book', depth: 10, snapshot: true, symbol: 'ETH/USD' };
  assert.deepEqual(heard(ack('subscribe', 1, result)), ['subscribed book 1']);
  assert.deepEqual(heard(ack('subscribe', undefined, result)), ['subscribed book 1']);
  assert.deepEqual(
    heard(ack('subscribe', 99, result)),
    ['subscribed book 1'],
    'an answer to a request given up',
  );
  assert.deepEqual(
    heard(ack('subscribe', 2, { channel: 'trade', symbol: 'BTC/USD', warnings: ['old', 'slow'] })),
    ['subscribed trade 0: old; slow'],
  );
});

test('an acknowledgement of what nobody asked for is a message unknown', () => {
  const [line = ''] = heard(ack('subscribe', undefined, { channel: 'book', depth: 1000, symbol: 'ETH/USD' }));
  assert.match(line, /^MESSAGE_UNKNOWN an acknowledgement of nothing we asked for/);
});

test('a refusal concerns the symbol it names, else all that its request still waits for', () => {
  assert.deepEqual(heard(refusal('subscribe', 2, 'no', 'ETH/USD')), ['refused trade 1: no']);
  assert.deepEqual(heard(refusal('subscribe', undefined, 'no', 'ETH/USD')), ['refused book 1: no']);
  assert.deepEqual(heard(refusal('subscribe', 2, 'no', 'ETH/USD'), refusal('subscribe', 2, 'all')), [
    'refused trade 1: no',
    'refused trade 0: all',
  ]);
  assert.deepEqual(heard(refusal('subscribe', undefined, 'no')), ['refused something: no']);
  assert.deepEqual(heard('{"error":"Exceeded msg rate"}'), ['refused something: Exceeded msg rate']);
});

test('what is refused because it is so already counts as done', () => {
  assert.deepEqual(heard(refusal('subscribe', 1, 'Already subscribed', 'BTC/USD')), [
    'subscribed book 0: Already subscribed',
  ]);
  const harness = new KrakenHarness().subscribed(book(BTC));
  harness.codec.unsubscribe([book(BTC)]);
  harness.read(refusal('unsubscribe', 2, 'Subscription Not Found', 'BTC/USD'));
  assert.deepEqual(harness.sink.log, ['unsubscribed book 0']);
});

test('a refusal without request id is matched to requests of its own kind', () => {
  const harness = new KrakenHarness().subscribed(book(BTC));
  harness.codec.unsubscribe([trade(BTC)]);
  harness.read(refusal('unsubscribe', undefined, 'no', 'BTC/USD'));
  assert.deepEqual(harness.sink.log, ['refused trade 0: no']);
});

test('a new connection waits for no answer of the old one', () => {
  const harness = new KrakenHarness().subscribed(book(BTC));
  harness.codec.reset();
  harness.read(refusal('subscribe', 1, 'no'));
  assert.deepEqual(harness.sink.log, ['refused something: no']);
});
