import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bookTexts,
  fill,
  getTimestamp,
  msg,
  orderText,
  tickerText,
  tradeText,
} from '../../../src/main/poloniex/output-text.ts';

const pair = 'BTC_ETH';

for (const [what, text, expected] of [
  [
    'a ticker',
    tickerText({
      pair,
      last: '0.03',
      lowestAsk: '0.031',
      highestBid: '0.029',
      percentChange: '-0.01830508',
      baseVolume: '1617829.38863451',
      quoteVolume: '7334.31837942',
      isFrozen: 0,
      high24hr: '0.04',
      low24hr: '0.02',
    }),
    'TICKER UPDATE BTC_ETH=0.03(last),0.031(lowestAsk),0.029(highestBid),-0.01830508(percentChange),1617829.38863451(baseVolume),7334.31837942(quoteVolume),0(isFrozen),0.04(high24hr),0.02(low24hr)',
  ],
  [
    'a trade',
    tradeText({
      pair,
      tradeId: '42706057',
      bookSide: 'bid',
      price: '0.05567134',
      size: '0.00181421',
      timestamp: 1522877119,
    }),
    'TRADE BTC_ETH=42706057(tradeId),bid(bookSide),0.05567134(price),0.00181421(size),1522877119(timestamp)',
  ],
  [
    'a level that is added or changed',
    orderText({ pair, side: 'ask', price: '0.03315498', size: '99.33100000', isRemoved: false }),
    'Add or change BTC_ETH,side=ask,price=0.03315498,size=99.33100000',
  ],
  [
    'a level that is removed',
    orderText({ pair, side: 'bid', price: '0.03315496', size: '0.00000000', isRemoved: true }),
    'Remove BTC_ETH,side=bid,price=0.03315496',
  ],
] as const)
  test(`${what} reads as in the original`, () => assert.equal(text, expected));

test('of a book the first level of each side is told, where there is one', () => {
  const level = ['0.00001853', '2537.5637'] as const;
  const asks = 'BTC_ETH book: asks((price,size)): (0.00001853,2537.5637)';
  const bids = 'BTC_ETH book: bids((price,size)): (0.00001853,2537.5637)';
  assert.deepEqual(bookTexts({ pair, asks: [level, ['1', '1']], bids: [level] }), [asks, bids]);
  assert.deepEqual(bookTexts({ pair, asks: [], bids: [level] }), [bids]);
});

test('values are put in as they are, places in them included, and a missing one leaves its place empty', () => {
  assert.equal(fill('{}={}(last)', '{}', undefined), '{}=(last)');
});

test('the time is local, with milliseconds and leading zeros', () => {
  const now = new Date(2020, 2, 1, 9, 5, 7, 42).getTime();
  assert.equal(getTimestamp(now), '2020-03-01 09:05:07.042');
  const lines: string[] = [];
  msg('a text', now, (line) => lines.push(line));
  assert.deepEqual(lines, ['2020-03-01 09:05:07.042 a text']);
});
