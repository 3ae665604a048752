import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { HEARTBEAT } from './messages.ts';
import { book, Reading } from './reading.ts';

const PAIRS = ['XBT/USD', 'XBT/EUR', 'SC/EUR'];
const id = (n: number): InstrumentId => n as InstrumentId;
const trade = (n: number): Subscription => ({ channel: 'trade', instrument: id(n) });
const candle = (n: number, interval?: number): Subscription => ({
  channel: 'candle',
  instrument: id(n),
  ...(interval === undefined ? {} : { interval }),
});

/** Everything said after these subscriptions (request ids count from 1) and these messages. */
function say(subscriptions: readonly Subscription[], messages: readonly string[], gone: Subscription[] = []) {
  const reading = new Reading({ pairs: PAIRS, subscriptions });
  if (gone.length > 0) reading.codec.unsubscribe(gone);
  for (const message of messages) reading.read(message);
  return reading.sink.log;
}

test('subscriptions that differ only in their pair are asked for together', () => {
  const quote: Subscription = { channel: 'quote', instrument: id(2) };
  const subscriptions = [
    trade(0),
    book(0, 100),
    trade(1),
    book(1, 10),
    candle(1, 5),
    candle(2),
    book(2, 100),
    quote,
  ];
  const reading = new Reading({ pairs: PAIRS, subscriptions });
  assert.deepEqual(reading.requests, [
    '{"event":"subscribe","reqid":1,"pair":["XBT/USD","XBT/EUR"],"subscription":{"name":"trade"}}',
    '{"event":"subscribe","reqid":2,"pair":["XBT/USD","SC/EUR"],"subscription":{"name":"book","depth":100}}',
    '{"event":"subscribe","reqid":3,"pair":["XBT/EUR"],"subscription":{"name":"book","depth":10}}',
    '{"event":"subscribe","reqid":4,"pair":["XBT/EUR"],"subscription":{"name":"ohlc","interval":5}}',
    '{"event":"subscribe","reqid":5,"pair":["SC/EUR"],"subscription":{"name":"ohlc","interval":1}}',
    '{"event":"subscribe","reqid":6,"pair":["SC/EUR"],"subscription":{"name":"spread"}}',
  ]);
  assert.deepEqual(reading.codec.unsubscribe([book(0, 100), candle(1, 5)]), [
    '{"event":"unsubscribe","reqid":7,"pair":["XBT/USD"],"subscription":{"name":"book","depth":100}}',
    '{"event":"unsubscribe","reqid":8,"pair":["XBT/EUR"],"subscription":{"name":"ohlc","interval":5}}',
  ]);
  assert.equal(reading.codec.ping(), '{"event":"ping","reqid":9}');
});

test('a request has no more pairs than the venue allows', () => {
  const pairs = Array.from({ length: 250 }, (_, n) => `P${n}/USD`);
  const { requests } = new Reading({ pairs, subscriptions: pairs.map((_, n) => trade(n)) });
  const asked = requests.map((text) => (JSON.parse(text) as { pair: string[] }).pair);
  assert.deepEqual(
    asked.map(({ length }) => length),
    [100, 100, 50],
  );
  assert.deepEqual(asked.flat(), pairs);
});

const CASES: readonly (readonly [title: string, messages: string[], expected: string[]])[] = [
  [
    'the venue’s status is passed on, whatever the size of its connection id',
    ['{"connectionID":17843232920108168701,"event":"systemStatus","status":"online","version":"1.9.1"}'],
    ['venue online'],
  ],
  ['a pong is passed on', ['{"event":"pong","reqid":42}'], ['pong']],
  ['a heartbeat says nothing', [HEARTBEAT, '{"reqid":1,"event":"heartbeat"}'], []],
  [
    'each pair’s answer names its subscription, by channel name and pair',
    [
      '{"channelID":1,"channelName":"book-100","event":"subscriptionStatus","pair":"XBT/EUR","reqid":2,"status":"subscribed","subscription":{"depth":100,"name":"book"}}',
      '{"channelID":2,"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed","subscription":{"name":"trade"}}',
      '{"channelID":3,"channelName":"ohlc-5","event":"subscriptionStatus","pair":"SC/EUR","reqid":3,"status":"ok","subscription":{"interval":5,"name":"ohlc"}}',
    ],
    ['subscribed book-100 of 1', 'subscribed trade of 0', 'subscribed candle-5 of 2'],
  ],
  [
    'an end of a subscription that nobody asked for is passed on',
    [
      '{"channelID":1,"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","status":"unsubscribed","subscription":{"name":"trade"}}',
    ],
    ['unsubscribed trade of 0'],
  ],
  [
    'a refused pair is told by its name, depth and pair, and others of its request stand',
    [
      '{"errorMessage":"Subscription depth not supported","event":"subscriptionStatus","pair":"XBT/EUR","status":"error","subscription":{"depth":100,"name":"book"}}',
    ],
    ['refused book-100 of 1: Subscription depth not supported'],
  ],
  [
    'a refused pair without any name of a channel is told by the request’s id',
    [
      '{"errorMessage":"Currency pair not supported XBT/EUR","event":"subscriptionStatus","pair":"XBT/EUR","reqid":2,"status":"error"}',
    ],
    ['refused book-100 of 1: Currency pair not supported XBT/EUR'],
  ],
  [
    'already subscribed is subscribed',
    [
      '{"errorMessage":"Already subscribed","event":"subscriptionStatus","pair":"XBT/USD","status":"error","subscription":{"name":"trade"}}',
    ],
    ['subscribed trade of 0: Already subscribed'],
  ],
  [
    'an error without a pair concerns all that is open of its request, once',
    [
      '{"channelName":"book-100","event":"subscriptionStatus","pair":"XBT/EUR","reqid":2,"status":"subscribed","subscription":{"depth":100,"name":"book"}}',
      '{"errorMessage":"Malformed request","event":"error","reqid":2}',
      '{"errorMessage":"Malformed request","event":"error","reqid":2}',
    ],
    [
      'subscribed book-100 of 1',
      'refused book-100 of 0: Malformed request',
      'refused something: Malformed request',
    ],
  ],
  [
    'an error that names nothing concerns nobody knows what',
    [
      '{"errorMessage":"Malformed request","event":"error"}',
      '{"Error":"Exceeded msg rate"}',
      '{"event":"error"}',
    ],
    [
      'refused something: Malformed request',
      'refused something: Exceeded msg rate',
      'refused something: error without a message',
    ],
  ],
  [
    'an answer about something never asked for is unknown',
    ['{"channelName":"trade","event":"subscriptionStatus","pair":"XBT/EUR","status":"subscribed"}'],
    [
      'MESSAGE_UNKNOWN kraken-v1: subscriptionStatus of XBT/EUR in {"channelName":"trade","event":"subscriptionStatus","pair":"XBT/EUR","status":"s',
    ],
  ],
];

for (const [title, messages, expected] of CASES)
  test(title, () => {
    assert.deepEqual(say([trade(0), book(0, 100), book(1, 100), candle(2, 5)], messages), expected);
  });

test('an error about an unsubscribe request does not end the subscription', () => {
  const status = (errorMessage: string): string =>
    JSON.stringify({
      errorMessage,
      event: 'subscriptionStatus',
      pair: 'XBT/USD',
      reqid: 2,
      status: 'error',
      subscription: { name: 'trade' },
    });
  assert.deepEqual(say([trade(0)], [status('Too many requests')], [trade(0)]), [
    'refused something: Too many requests',
  ]);
  assert.deepEqual(say([trade(0)], [status('Subscription Not Found')], [trade(0)]), [
    'unsubscribed trade of 0',
  ]);
});

test('a new connection knows nothing of what the last one was asked', () => {
  const reading = new Reading({ pairs: PAIRS, subscriptions: [trade(0), book(0, 10)] });
  reading.codec.reset();
  reading.read('{"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed"}');
  reading.read('{"errorMessage":"x","event":"error","reqid":1}');
  reading.read('[0,{"as":[],"bs":[]},"book-10","XBT/USD"]');
  assert.deepEqual(
    reading.sink.log.map((line) => line.split(' ')[0]),
    ['MESSAGE_UNKNOWN', 'refused', 'MESSAGE_MALFORMED'],
  );
});

test('updates of a book that are sent before its unsubscription is answered are late, not malformed', () => {
  const late = ['[0,{"as":[],"bs":[]},"book-10","XBT/USD"]'];
  assert.deepEqual(say([book(0, 10)], late, [book(0, 10)]), ['discard 1 book of 0: BOOK_INVALID']);
});
