import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import {
  addressOf,
  addressUrl,
  carries,
  isSameAddress,
} from '../../../../src/workers/exchanges/gemini-v1/address.ts';
import { BTC, book, ETH, trade } from './harness.ts';

const NAMES = ['BTCUSD', 'ETHUSD'];

const urlOf = (url: string, ...subscriptions: Subscription[]): string => {
  const address = addressOf(subscriptions);
  return addressUrl(
    url,
    address,
    [...address.instruments].map((id) => NAMES[id]!),
  );
};

for (const [title, url, expected] of [
  [
    'one symbol has an address of its own',
    urlOf('wss://api.gemini.com/v1', book(BTC), trade(BTC)),
    'wss://api.gemini.com/v1/marketdata/BTCUSD?heartbeat=true&bids=true&offers=true&trades=true',
  ],
  [
    'several share one',
    urlOf('wss://api.gemini.com/v1', book(BTC), trade(ETH)),
    'wss://api.gemini.com/v1/multimarketdata?symbols=BTCUSD,ETHUSD&heartbeat=true&bids=true&offers=true&trades=true',
  ],
  [
    'books are not sent to whom trades are enough',
    urlOf('wss://api.gemini.com/v1', trade(ETH)),
    'wss://api.gemini.com/v1/marketdata/ETHUSD?heartbeat=true&trades=true',
  ],
  [
    'trades are not sent to whom books are enough',
    urlOf('wss://api.gemini.com/v1', book(ETH)),
    'wss://api.gemini.com/v1/marketdata/ETHUSD?heartbeat=true&bids=true&offers=true',
  ],
  [
    'a slash at the end and parameters of the user’s are kept where they belong',
    urlOf('wss://proxy.test/v1/?key=1', trade(BTC)),
    'wss://proxy.test/v1/marketdata/BTCUSD?key=1&heartbeat=true&trades=true',
  ],
] as const)
  test(`the address: ${title}`, () => assert.equal(url, expected));

test('an address carries what it was made of, and whatever else it has to', () => {
  const address = addressOf([book(BTC), trade(ETH)]);
  assert.ok(carries(address, trade(BTC)));
  assert.ok(!carries(addressOf([book(BTC)]), trade(BTC)));
  assert.ok(!carries(addressOf([book(BTC)]), book(ETH)));
});

test('two addresses are the same in whatever order they were asked for', () => {
  assert.ok(isSameAddress(addressOf([book(BTC), trade(ETH)]), addressOf([trade(ETH), book(BTC)])));
  for (const other of [
    [book(BTC)],
    [book(BTC), book(ETH)],
    [trade(BTC), trade(ETH)],
    [book(BTC), trade(BTC)],
  ])
    assert.ok(!isSameAddress(addressOf([book(BTC), trade(ETH)]), addressOf(other)));
});
