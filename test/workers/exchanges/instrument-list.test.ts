import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonNumber, readJson } from '../../../src/shared/json/read-json.ts';
import type { ExchangeName } from '../../../src/shared/venues/venue.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';
import { INSTRUMENT_LISTS } from '../../../src/workers/exchanges/instrument-catalogue.ts';
import {
  INSTRUMENTS_MAX,
  readInstrumentList,
  stepDecimals,
} from '../../../src/workers/exchanges/instrument-list.ts';

const read = (exchange: ExchangeName, text: string) =>
  readInstrumentList(INSTRUMENT_LISTS[exchange], VENUES[exchange], text);

/** Lists as the venues' documentation prints them, shortened, and what is read of them. */
const XBTUSDT =
  '"XBTUSDT":{"altname":"XBTUSDT","wsname":"XBT/USDT","aclass_base":"currency","base":"XXBT","aclass_quote":"currency","quote":"USDT","lot":"unit","cost_decimals":5,"pair_decimals":1,"lot_decimals":8,"lot_multiplier":1,"ordermin":"0.00005","costmin":"0.5","tick_size":"0.1","status":"online"}';
const ASSET_PAIRS = `{"error":[],"result":{"XXDGXXBT":{"wsname":"XDG/XBT","pair_decimals":8,"lot_decimals":8,"status":"cancel_only"},${XBTUSDT},"DARK.d":{"altname":"DARK.d","pair_decimals":1}}}`;
const EXCHANGE_INFO =
  '{"timezone":"UTC","serverTime":1565246363776,"rateLimits":[],"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","baseAssetPrecision":8,"quoteAsset":"BTC","quotePrecision":8,"filters":[{"filterType":"PRICE_FILTER","minPrice":"0.00001000","maxPrice":"922327.00000000","tickSize":"0.00001000"},{"filterType":"LOT_SIZE","minQty":"0.00010000","maxQty":"100000.00000000","stepSize":"0.00010000"}],"permissions":[],"permissionSets":[]},{"symbol":"BTTIDRT","status":"BREAK","baseAsset":"BTT","quoteAsset":"IDRT","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.00000000"},{"filterType":"LOT_SIZE","stepSize":"1.00000000"}]},{"symbol":"OTHERNAME","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[]}]}';
const MARKETS =
  '[{"symbol":"BTS_BTC","baseCurrencyName":"BTS","quoteCurrencyName":"BTC","displayName":"BTS/BTC","state":"NORMAL","visibleStartTime":1659018816626,"tradableStartTime":1659018816626,"symbolTradeLimit":{"symbol":"BTS_BTC","priceScale":10,"quantityScale":0,"amountScale":8,"minQuantity":"100","minAmount":"0.00001","highestBid":"0","lowestAsk":"0"}}]';
const PRODUCTS =
  '[{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","quote_increment":"0.01000000","base_increment":"0.00000001","display_name":"BTC/USD","status":"online","trading_disabled":false},{"id":"XRP-EUR","base_currency":"XRP","quote_currency":"EUR","quote_increment":"0.0001","base_increment":"1","status":"delisted","trading_disabled":true}]';
const TICKERS =
  '{"BTC_BCN":{"id":7,"last":"0.00000024","isFrozen":"0"},"USDC_BTC":{"id":224,"last":"6437.65329245","isFrozen":"1"}}';

for (const [exchange, text, expected] of [
  ['kraken', ASSET_PAIRS, ['BTC/USDT BTC/USDT 1 8 online', 'DOGE/BTC DOGE/BTC 8 8 cancel_only']],
  ['kraken-v1', ASSET_PAIRS, ['BTC/USDT XBT/USDT 1 8 online', 'DOGE/BTC XDG/XBT 8 8 cancel_only']],
  ['binance', EXCHANGE_INFO, ['BTT/IDRT BTTIDRT undefined 0 BREAK', 'ETH/BTC ETHBTC 5 4 TRADING']],
  ['poloniex', MARKETS, ['BTS/BTC BTS_BTC 10 0 NORMAL']],
  [
    'poloniex-legacy',
    TICKERS,
    ['BCN/BTC BTC_BCN undefined undefined ', 'BTC/USDC USDC_BTC undefined undefined frozen'],
  ],
  [
    'gemini',
    '["ethbtc","btcusd","btcusd","nothing"]',
    ['BTC/USD BTCUSD undefined undefined ', 'ETH/BTC ETHBTC undefined undefined '],
  ],
  ['coinbase', PRODUCTS, ['BTC/USD BTC-USD 2 8 online', 'XRP/EUR XRP-EUR 4 0 trading disabled']],
] as const)
  test(`the list of ${exchange} is read as its documentation prints it`, () => {
    assert.deepEqual(
      read(exchange, text)?.map(
        ({ symbol, venueSymbol, priceDecimals, quantityDecimals, status }) =>
          `${symbol} ${venueSymbol} ${priceDecimals} ${quantityDecimals} ${status}`,
      ),
      expected,
    );
  });

const HOSTILE: readonly string[] = [
  '',
  'null',
  '0',
  '"BTC/USD"',
  '[]',
  '{}',
  '[null,1,true,"",[],{}]',
  '{"error":["EGeneral:Internal error"]}',
  '{"error":[],"result":null}',
  '{"error":[],"result":{"a":null,"b":[],"c":{"wsname":7},"d":{"wsname":"\\u001b[31m/USD"}}}',
  '{"error":"Invalid command."}',
  '{"symbols":{}}',
  '{"symbols":[null,{"symbol":"AB","baseAsset":"A"},{"symbol":["A"],"baseAsset":"A","quoteAsset":"","filters":7}]}',
  '{"__proto__":{"x":1}}',
  `[${'['.repeat(10_000)}`,
  'x'.repeat(100_000),
];

for (const exchange of Object.keys(INSTRUMENT_LISTS) as ExchangeName[])
  test(`what is no list of ${exchange}, or names nothing, is no list`, () => {
    for (const text of HOSTILE) assert.equal(read(exchange, text), undefined, text.slice(0, 80));
  });

test('what an entry says wrongly of itself is left out, and the entry stays', () => {
  const pair = (rules: string): string => `{"result":{"a":{"wsname":"A/B",${rules}}}}`;
  for (const rules of [
    '"pair_decimals":"1","lot_decimals":-1',
    '"pair_decimals":99,"lot_decimals":1.5',
    '"pair_decimals":1e3,"lot_decimals":null,"status":"\\u001b]0;x"',
    `"status":"${'x'.repeat(41)}"`,
    '"status":["online"]',
  ])
    assert.deepEqual(read('kraken', pair(rules)), [
      {
        symbol: 'A/B',
        venueSymbol: 'A/B',
        priceDecimals: undefined,
        quantityDecimals: undefined,
        status: '',
      },
    ]);
});

test('of several entries for one symbol the first is taken', () => {
  const entry = (decimals: number): string => `{"wsname":"A/B","pair_decimals":${decimals}}`;
  const listed = read('kraken', `{"result":{"a":${entry(3)},"b":${entry(4)}}}`);
  assert.deepEqual(
    listed?.map(({ priceDecimals }) => priceDecimals),
    [3],
  );
});

test('a list that is longer than any venue’s is not read in part', () => {
  const names = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, n) => ({ symbol: `A${n}_BTC` })));
  assert.equal(read('poloniex', names(INSTRUMENTS_MAX))?.length, INSTRUMENTS_MAX);
  assert.equal(read('poloniex', names(INSTRUMENTS_MAX + 1)), undefined);
});

for (const [step, decimals] of [
  ['0.01000000', 2],
  ['1.00000000', 0],
  ['10', 0],
  ['0.1', 1],
  ['1E-8', 8],
  ['1e-08', 8],
  ['2.50e-3', 4],
  ['10e-2', 1],
  ['1e2', 0],
  ['0.00000000', undefined],
  ['1e-31', undefined],
  ['1e-999', undefined],
  ['-0.1', undefined],
  ['0x10', undefined],
  ['', undefined],
  ['NaN', undefined],
] as const)
  test(`a step of "${step}" has ${decimals} decimals`, () => {
    assert.equal(stepDecimals(step), decimals);
    assert.equal(stepDecimals(new JsonNumber(step)), decimals);
  });

test('the details of a Gemini symbol are read as its documentation prints them', () => {
  const { details } = INSTRUMENT_LISTS.gemini;
  const text =
    '{"symbol":"BTCUSD","base_currency":"BTC","quote_currency":"USD","tick_size":1E-8,"quote_increment":0.01,"min_order_size":"0.00001","status":"open"}';
  const value = readJson(text)!;
  assert.equal(details?.path('BTCUSD'), '/v1/symbols/details/btcusd');
  assert.deepEqual(details?.draft(value), {
    name: 'BTC/USD',
    priceDecimals: 2,
    quantityDecimals: 8,
    status: 'open',
  });
  for (const other of [null, 'x', new Map(), [value]]) assert.equal(details?.draft(other), undefined);
});
