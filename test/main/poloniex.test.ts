import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as names from '../../src/main/poloniex.ts';

test('ringfeed/poloniex exports exactly its public names', () => {
  assert.deepEqual(Object.keys(names).sort(), [
    'API_LINK',
    'ControlError',
    'DEFAULT_HEADERS',
    'DEFAULT_TIME_OUT',
    'GET_TICKERS_URL',
    'MisuseError',
    'PoloniexSubscriber',
    'PoloniexTickersError',
    'SUBSCRIBE_COMMAND',
    'TICKER_OUTPUT',
    'TICKER_SUBSCRIBE',
    'TRADE_OUTPUT',
    'buildRequests',
    'getAllTickers',
    'getTimestamp',
    'msg',
    'poloniexSubscribe',
    'tickerText',
  ]);
  assert.deepEqual(
    [names.API_LINK, names.GET_TICKERS_URL, names.DEFAULT_TIME_OUT, names.TICKER_SUBSCRIBE],
    ['wss://api2.poloniex.com', 'https://poloniex.com/public?command=returnTicker', 4, 1002],
  );
  assert.equal(names.SUBSCRIBE_COMMAND, '{"command":"subscribe","channel":$}');
});
