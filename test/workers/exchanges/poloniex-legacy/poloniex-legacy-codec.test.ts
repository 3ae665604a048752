import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal } from '../../../../src/shared/decimal/decimals.ts';
import { FAULTS } from '../../../../src/shared/faults/fault-catalogue.ts';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import { Random } from '../../../support/random.ts';
import { BTC_BTS, BTC_ETH, book, NOW, PoloniexLegacyHarness, ticker, trade } from './codec-harness.ts';

// Source: github.com/anders94/api-docs, source/includes/_websockets.md; fields added in 2021 by
// github.com/vansergen/poloniex-node-api, commit 92da589.
const snapshot = (sequence: number, id = 14, name = 'BTC_BTS'): string =>
  `[${id},${sequence},[["i",{"currencyPair":"${name}","orderBook":[{"0.00001853":"2537.5637","0.00001854":"1567238.172367"},{"0.00001841":"3645.3647","0.00001840":"1637.3647"}]}]]]`;
const MIXED =
  '[14,8768,[["o",1,"0.00001823","5534.6474"],["o",0,"0.00001854","0.00000000"],["t","42706057",1,"0.05567134","0.00181421",1522877119]]]';
const bid = (sequence: number, id = 14): string => `[${id},${sequence},[["o",1,"0.00001823","1.5"]]]`;

test('a snapshot accepts what is subscribed, and changes and trades of one frame follow it', () => {
  const { sink } = new PoloniexLegacyHarness()
    .subscribed(book(BTC_BTS), trade(BTC_BTS))
    .read(snapshot(8767), MIXED);
  assert.deepEqual(sink.log, [
    'subscribed book 0',
    'subscribed trade 0',
    'status live of 0',
    'book snapshot of 0: 2 bids, 2 asks',
    'book live book 0',
    'book update of 0: 1 bids, 1 asks',
    'trade of 0',
  ]);
  const { values } = sink.named('trade')[0]!;
  assert.equal(values['side'], SIDE.buy);
  assert.equal(values['sequence'], 42706057);
  assert.equal(values['exchangeAtUs'], 1522877119000000);
  assert.equal(formatDecimal(values['price']!, values['priceDecimals']!), '0.05567134');
  const update = sink.named('book')[1]!;
  assert.deepEqual(update.asks, [[0.00001854, 0, 8, 8]]);
  assert.equal(update.values['sequence'], 8768);
  assert.equal(update.values['exchangeAtUs'], -1);
});

test('the newest trade of a pair is known until the connection ends', () => {
  const { codec } = new PoloniexLegacyHarness().subscribed(trade(BTC_BTS)).read(snapshot(8767), MIXED);
  assert.deepEqual(
    [BTC_BTS, BTC_ETH].map((id) => codec.newestTrade(id)),
    [42706057, Number.NaN],
  );
  codec.reset();
  assert.equal(codec.newestTrade(BTC_BTS), Number.NaN);
});

test('milliseconds that later versions add at the end are the time of an entry', () => {
  const { sink } = new PoloniexLegacyHarness()
    .subscribed(book(BTC_ETH), trade(BTC_ETH))
    .read(
      '[148,5,[["i",{"currencyPair":"BTC_ETH","orderBook":[{"0.03119500":"8.87619723"},{"0.03118500":"50.78940000"}]},"1580123594000"]]]',
      '[148,6,[["o",1,"0.01924381","0.00000000","1580123594001"],["t","48555788",0,"0.01924381","0.60000000",1580123594,"1580123594002"]]]',
    );
  assert.deepEqual(
    [...sink.named('book'), ...sink.named('trade')].map(({ values }) => values['exchangeAtUs']),
    [1580123594000000, 1580123594001000, 1580123594002000],
  );
  assert.equal(sink.named('trade')[0]!.values['side'], SIDE.sell);
});

for (const hot of [true, false])
  test(`frames with sequence 0, 1 and 2 are frames, flags of one pair are flags: their length tells (${hot ? 'hot' : 'cold'})`, () => {
    const harness = new PoloniexLegacyHarness(undefined, { hot }).subscribed(book(BTC_BTS));
    harness.read(snapshot(0), bid(1), '[14,1]', '[14,0]', '[14,2]', bid(2), '[1010]', bid(3), '[14,2]');
    assert.deepEqual(harness.sink.log.slice(2), [
      'book snapshot of 0: 2 bids, 2 asks',
      'book live book 0',
      'book update of 0: 1 bids, 0 asks',
      'book update of 0: 1 bids, 0 asks',
      'book update of 0: 1 bids, 0 asks',
    ]);
    for (const first of [1, 2]) {
      const other = new PoloniexLegacyHarness(undefined, { hot }).subscribed(book(BTC_BTS));
      other.read(`[14,${first}]`, snapshot(first), bid(first + 1));
      assert.deepEqual(other.sink.discards, []);
      assert.equal(other.sink.named('book').length, 2);
    }
  });

for (const [what, frames, missed] of [
  ['a gap', [bid(8769)], 1],
  ['a longer gap', [bid(8772)], 4],
  ['a frame that comes again', [bid(8768), bid(8768)], undefined],
  ['a frame of before', [bid(8700)], undefined],
] as const)
  test(`${what} makes the book of that pair stale, and tells of trades that were missed`, () => {
    const harness = new PoloniexLegacyHarness()
      .subscribed(book(BTC_BTS), trade(BTC_BTS), book(BTC_ETH))
      .read(snapshot(8767), snapshot(5, 148, 'BTC_ETH'));
    harness.sink.clear();
    harness.read(...frames, bid(6, 148));
    const { log } = harness.sink;
    assert.deepEqual(
      log.filter((line) => line.startsWith('book stale')),
      ['book stale book 0 SEQUENCE_GAP'],
    );
    assert.equal(log.at(-1), 'book update of 1: 1 bids, 0 asks');
    const told = harness.sink.named('status').filter(({ values }) => values['value']! > 0);
    assert.deepEqual(
      told.map(({ values }) => values['value']),
      missed === undefined ? [] : [missed],
    );
  });

test('a book is asked for anew without a word of the venue’s, and trades beside it go on', () => {
  const harness = new PoloniexLegacyHarness();
  const { codec, sink } = harness;
  assert.deepEqual(codec.subscribe([book(BTC_BTS), trade(BTC_BTS)]), [
    '{"command":"subscribe","channel":"BTC_BTS"}',
  ]);
  harness.read(snapshot(10));
  sink.clear();
  assert.deepEqual(codec.unsubscribe([book(BTC_BTS)]), []);
  assert.deepEqual(sink.log, []);
  harness.read('[1010]');
  assert.deepEqual(sink.log, ['unsubscribed book 0']);
  assert.deepEqual(codec.subscribe([book(BTC_BTS)]), [
    '{"command":"unsubscribe","channel":"BTC_BTS"}',
    '{"command":"subscribe","channel":"BTC_BTS"}',
  ]);
});

test('a book and trades of one pair are asked for once, and again only where no answer came', () => {
  const { codec } = new PoloniexLegacyHarness();
  const request = '{"command":"subscribe","channel":"BTC_BTS"}';
  const [aTrade, aBook] = [trade(BTC_BTS), book(BTC_BTS)];
  assert.deepEqual([...codec.subscribe([aTrade]), ...codec.subscribe([aBook])], [request]);
  assert.deepEqual(codec.subscribe([aTrade]), [request]);
  assert.deepEqual(codec.subscribe([aBook]), [request]);
});

test('what still comes before the new snapshot is no gap, and frames missed meanwhile are told of trades', () => {
  const harness = new PoloniexLegacyHarness()
    .subscribed(book(BTC_BTS), trade(BTC_BTS))
    .read(snapshot(10), bid(11));
  harness.codec.unsubscribe([book(BTC_BTS)]);
  harness.read('[1010]').subscribed(book(BTC_BTS));
  harness.sink.clear();
  harness.read(bid(12), snapshot(15), bid(16));
  assert.deepEqual(harness.sink.log, [
    'discard 1 book of 0: BOOK_INVALID',
    'status fault of 0 SEQUENCE_GAP',
    'subscribed book 0',
    'status live of 0',
    'book snapshot of 0: 2 bids, 2 asks',
    'book live book 0',
    'book update of 0: 1 bids, 0 asks',
  ]);
});

test('what was not subscribed is not missed', () => {
  const harness = new PoloniexLegacyHarness().subscribed(trade(BTC_BTS)).read(snapshot(10));
  assert.deepEqual(harness.codec.unsubscribe([trade(BTC_BTS)]), [
    '{"command":"unsubscribe","channel":"BTC_BTS"}',
  ]);
  harness.read('[14,0]').subscribed(trade(BTC_BTS));
  harness.sink.clear();
  harness.read(snapshot(900));
  assert.deepEqual(harness.sink.log, ['subscribed trade 0']);
});

test('trades beside a book that flows are there without a request', () => {
  const harness = new PoloniexLegacyHarness().subscribed(book(BTC_BTS)).read(snapshot(10));
  harness.sink.clear();
  assert.deepEqual(harness.codec.subscribe([trade(BTC_BTS)]), []);
  harness.read('[1010]');
  assert.deepEqual(harness.sink.log, ['subscribed trade 0']);
});

test('all tickers share a channel, which is left with the last of them', () => {
  const harness = new PoloniexLegacyHarness();
  const { codec } = harness;
  assert.deepEqual(codec.subscribe([ticker(BTC_BTS), ticker(BTC_ETH)]), [
    '{"command":"subscribe","channel":1002}',
  ]);
  harness.read('[1002,1]');
  assert.deepEqual(harness.sink.log, ['subscribed ticker 0', 'subscribed ticker 1']);
  assert.deepEqual(codec.unsubscribe([ticker(BTC_BTS)]), []);
  assert.deepEqual(codec.unsubscribe([ticker(BTC_ETH)]), ['{"command":"unsubscribe","channel":1002}']);
});

for (const more of ['', ',0,0'])
  test(`a ticker${more === '' ? '' : ' with the later fields'} is of the pair whose number it has`, () => {
    const harness = new PoloniexLegacyHarness()
      .subscribed(ticker(BTC_ETH))
      .answered({ BTC_ETH: 148, BTC_BTS: 14 });
    const text = (id: number): string =>
      `[1002,null,[${id},"0.00616900","0.00617579","0.00615662","0.02220042","11.45520809","1858.49711271",0,"0.00663752","0.00587421"${more}]]`;
    harness.read(text(14), text(148), text(9));
    assert.deepEqual(harness.sink.log, ['ticker of 1']);
    const { values } = harness.sink.records[0]!;
    const shown = (name: string): string => formatDecimal(values[name]!, values[`${name}Decimals`]!);
    assert.deepEqual(['last', 'ask', 'bid', 'changePct', 'turnover', 'volume', 'high', 'low'].map(shown), [
      '0.00616900',
      '0.00617579',
      '0.00615662',
      '2.220042',
      '11.45520809',
      '1858.49711271',
      '0.00663752',
      '0.00587421',
    ]);
  });

const TICKER_148 =
  '[1002,null,[148,"0.5","0.6","0.4","0.02220042","11.45520809","1858.49711271",0,"0.7","0.3",0,0]]';

for (const [what, learn] of [
  ['the list of all pairs', (harness: PoloniexLegacyHarness) => harness.answered({ BTC_ETH: 148 })],
  ['a snapshot', (harness: PoloniexLegacyHarness) => harness.read(snapshot(1, 148, 'BTC_ETH'))],
] as const)
  test(`a ticker that came before ${what} told its pair is written then, the newest of several`, () => {
    const harness = new PoloniexLegacyHarness().subscribed(ticker(BTC_ETH), trade(BTC_ETH));
    harness.read(TICKER_148, TICKER_148.replace('0.5', '0.55'), TICKER_148.replace('148', '149'));
    assert.deepEqual(harness.sink.log, []);
    learn(harness);
    assert.equal(harness.sink.named('ticker').length, 1);
    assert.equal(harness.sink.named('ticker')[0]!.values['last'], 0.55);
    learn(harness);
    harness.read(TICKER_148);
    assert.equal(harness.sink.named('ticker').length, 2);
  });

test('a ticker of a connection that is gone is not written', () => {
  const harness = new PoloniexLegacyHarness().subscribed(ticker(BTC_ETH)).read(TICKER_148);
  harness.codec.reset();
  harness.subscribed(ticker(BTC_ETH)).answered({ BTC_ETH: 148 });
  assert.deepEqual(harness.sink.records, []);
});

test('a ticker of a pair that the list of all pairs lacks is refused, and the others come', () => {
  const harness = new PoloniexLegacyHarness().subscribed(ticker(BTC_BTS), ticker(BTC_ETH)).read('[1002,1]');
  harness.sink.clear();
  harness.answered({ BTC_ETH: 148 }).read(TICKER_148);
  assert.deepEqual(harness.sink.log, ['refused ticker 0: the exchange lists no pair BTC_BTS', 'ticker of 1']);
});

test('what a list of pairs is not is malformed, and refuses nothing', () => {
  for (const text of ['', '[]', '{"error":"Invalid command."}']) {
    const harness = new PoloniexLegacyHarness().subscribed(ticker(BTC_ETH));
    harness.codec.answer(harness.asked[0]!, { ok: true, text }, NOW);
    assert.match(harness.sink.log.join('; '), /^MESSAGE_MALFORMED returnTicker[^;]*$/);
  }
});

test('without a list of pairs everything goes on, from each snapshot on', () => {
  const harness = new PoloniexLegacyHarness().subscribed(book(BTC_ETH), ticker(BTC_ETH));
  const failed = { ok: false, fault: FAULTS.REST_FAILED.id, detail: '' } as const;
  harness.codec.answer(harness.asked[0]!, failed, NOW);
  harness.read(snapshot(1, 148, 'BTC_ETH'), bid(2, 148), TICKER_148);
  assert.deepEqual(harness.sink.log.slice(-2), ['book update of 1: 1 bids, 0 asks', 'ticker of 1']);
});

test('a refusal is of the only request that has no answer yet', () => {
  const harness = new PoloniexLegacyHarness().subscribed(
    book(BTC_BTS),
    trade(BTC_BTS),
    book(BTC_ETH),
    ticker(BTC_ETH),
  );
  const error = '{"error":"Invalid channel."}';
  harness.read('[1002,1]', error, snapshot(1, 148, 'BTC_ETH'));
  assert.deepEqual(
    harness.sink.log.filter((line) => line.startsWith('refused')),
    ['refused something: Invalid channel.'],
  );
  harness.sink.clear();
  harness.read(error, error, '[1010]');
  assert.deepEqual(harness.sink.log, [
    'refused book 0: Invalid channel.',
    'refused trade 0: Invalid channel.',
    'refused something: Invalid channel.',
  ]);
  assert.deepEqual(harness.codec.subscribe([book(BTC_BTS)]), ['{"command":"subscribe","channel":"BTC_BTS"}']);
});

test('the flag 0 is the answer to a request to leave, and a refusal where there is none', () => {
  const subscriptions = [book(BTC_BTS), trade(BTC_BTS)];
  const refused = ['refused book 0: [14,0]', 'refused trade 0: [14,0]'];
  const harness = new PoloniexLegacyHarness().subscribed(...subscriptions).answered({ BTC_BTS: 14 });
  harness.read('[99,0]', '[14,0]', '[14,0]');
  assert.deepEqual(harness.sink.log, refused);

  const again = new PoloniexLegacyHarness().subscribed(...subscriptions).answered({ BTC_BTS: 14 });
  again.codec.unsubscribe(subscriptions);
  again.codec.subscribe(subscriptions);
  again.read('[14,0]');
  const unsubscribed = ['unsubscribed book 0', 'unsubscribed trade 0'];
  assert.deepEqual(again.sink.log, unsubscribed);
  again.read('[14,0]');
  assert.deepEqual(again.sink.log, [...unsubscribed, ...refused]);

  const early = new PoloniexLegacyHarness().subscribed(...subscriptions).read('[14,0]');
  assert.deepEqual(early.sink.log, []);
  assert.deepEqual(early.answered({ BTC_BTS: 14 }).sink.log, refused);

  const tickers = new PoloniexLegacyHarness().subscribed(ticker(BTC_BTS)).read('[1002,0]');
  assert.deepEqual(tickers.sink.log, ['refused ticker 0: [1002,0]']);
});

test('tickers that are refused are asked for again where they are wanted again', () => {
  const harness = new PoloniexLegacyHarness()
    .subscribed(ticker(BTC_ETH))
    .read('{"error":"Invalid channel."}');
  assert.deepEqual(harness.sink.log, ['refused ticker 1: Invalid channel.']);
  assert.deepEqual(harness.codec.subscribe([ticker(BTC_ETH)]), ['{"command":"subscribe","channel":1002}']);
});

test('a ticker beside others that flow is there without a request, and asked for again where no answer came', () => {
  const harness = new PoloniexLegacyHarness();
  const first = ticker(BTC_BTS);
  const request = '{"command":"subscribe","channel":1002}';
  assert.deepEqual(harness.codec.subscribe([first]), [request]);
  assert.deepEqual(harness.codec.subscribe([first]), [request]);
  harness.read('[1002,1]');
  assert.deepEqual(harness.codec.subscribe([ticker(BTC_ETH)]), []);
  harness.read('[1010]');
  assert.deepEqual(harness.sink.log, ['subscribed ticker 0', 'subscribed ticker 1']);
});

test('the numbers of pairs are asked for once on a connection, and kept', () => {
  const harness = new PoloniexLegacyHarness().subscribed(book(BTC_BTS)).subscribed(book(BTC_ETH));
  assert.deepEqual(
    harness.asked.map(({ path }) => path),
    ['/public?command=returnTicker'],
  );
  harness.answered({ BTC_BTS: 14, BTC_ETH: 148, NOSUCH: 5 });
  harness.codec.reset();
  harness.subscribed(book(BTC_BTS));
  assert.equal(harness.asked.length, 0);
});

for (const [message, line] of [
  ['[1010]', undefined],
  ['[1003,null,["2018-11-07 16:26",5804,{"BTC":"3418.409","ETH":"2645.921"}]]', undefined],
  ['{"error":"Permission denied."}', 'refused something: Permission denied.'],
] as const)
  test(`${message} is ${line ?? 'nothing to tell'}`, () => {
    assert.deepEqual(new PoloniexLegacyHarness().read(message).sink.log, line === undefined ? [] : [line]);
  });

for (const message of [
  '',
  '{}',
  '[]',
  '[1]',
  '[14,3]',
  '["BTC_ETH",1]',
  '[14,1,[],1]',
  '[14,1,{}]',
  '[14,null,[["o",1,"1","1"]]]',
  '[1000,"",[]]',
  '[99,1,[["o",1,"1","1"]]]',
  '[1002,null,[14,"x"]]',
  '[1002,null,{}]',
  '[1003,null,5]',
])
  test(`counted and passed over: ${message}`, () => {
    const { sink } = new PoloniexLegacyHarness()
      .subscribed(ticker(BTC_BTS))
      .answered({ BTC_BTS: 14 })
      .read(message);
    assert.equal(sink.log.length, 1);
    assert.match(sink.log[0]!, /^MESSAGE_(MALFORMED|UNKNOWN) /);
  });

test('a frame that cannot be read makes its book stale', () => {
  for (const entry of [
    '["o",2,"1","1"]',
    '["o",1,"1"]',
    '["x"]',
    '"o"',
    '["i",{}]',
    '["t","1",2,"1","1",1]',
  ]) {
    const { sink } = new PoloniexLegacyHarness()
      .subscribed(book(BTC_BTS))
      .read(snapshot(1), `[14,2,[${entry}]]`);
    assert.ok(sink.log.includes('book stale book 0 MESSAGE_MALFORMED'), entry);
  }
});

test('whatever the bytes are, nothing is thrown and no record is half written', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const harness = new PoloniexLegacyHarness().subscribed(book(BTC_BTS), trade(BTC_BTS), ticker(BTC_BTS));
    for (let n = 0; n < 20; n++) {
      const bytes = new TextEncoder().encode(random.pick([snapshot(n), bid(n), MIXED, '[1002,1]']));
      for (let edits = random.below(3); edits > 0; edits--)
        bytes[random.below(bytes.length)] = random.below(256);
      harness.read(bytes.subarray(0, random.percent(90) ? bytes.length : random.below(bytes.length)));
    }
  }
});
