import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crcOf, registerOf } from '../../../../src/shared/book/crc32.ts';
import { formatDecimal, INEXACT } from '../../../../src/shared/decimal/decimals.ts';
import { ROWS_MAX } from '../../../../src/workers/scanner/layout.ts';
import type { ListedRecord } from '../../../support/list-sink.ts';
import { Random } from '../../../support/random.ts';
import { BOOK_SNAPSHOT, EMPTY_SNAPSHOT, HEARTBEAT, OHLC, SPREAD, TICKER, TRADES } from './messages.ts';
import { book, Reading, readBothWays } from './reading.ts';

const OPTIONS = { pairs: ['XBT/USD', 'ETH/XBT'], subscriptions: [book(0, 10)] };

/** Reads the messages hot, checks that no cold reading was needed and that the cold path agrees. */
function check(messages: readonly string[], cold = 0): ListedRecord[] {
  const both = readBothWays(OPTIONS, messages);
  assert.deepEqual(both.hot.outcome(), both.cold.outcome());
  assert.equal(both.hot.cold, cold, 'messages that took the cold path');
  assert.equal(both.hot.malformed, 0);
  return both.hot.sink.records;
}

/** The values of a record, without those of the header that say nothing of the message. */
function values(record: ListedRecord | undefined): Record<string, number> {
  assert.ok(record !== undefined);
  const {
    bytes: _bytes,
    typeId: _typeId,
    feed: _feed,
    epoch: _epoch,
    receivedAtNs: _at,
    ...rest
  } = record.values;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('reserved')));
}

const crc = (digits: string): number => crcOf(registerOf(digits, -1));

test('each trade of a message is a record, with the side of the taker and without a trade id', () => {
  const [first, second, ...more] = check([TRADES]);
  assert.deepEqual(values(first), {
    flags: 0,
    instrument: 0,
    exchangeAtUs: 1534614057321597,
    sequence: -1,
    price: 5541.2,
    qty: 0.15850568,
    side: 2,
    orderType: 2,
    priceDecimals: 5,
    qtyDecimals: 8,
  });
  assert.deepEqual(values(second), {
    flags: 0,
    instrument: 0,
    exchangeAtUs: 1534614057324998,
    sequence: -1,
    price: 6060,
    qty: 0.02455,
    side: 1,
    orderType: 1,
    priceDecimals: 5,
    qtyDecimals: 8,
  });
  assert.equal(more.length, 0);
});

test('a ticker holds the values of 24 hours and neither a time nor a change', () => {
  const [ticker] = check([TICKER]);
  assert.deepEqual(values(ticker), {
    flags: 0,
    instrument: 0,
    exchangeAtUs: -1,
    sequence: -1,
    bid: 5525.1,
    bidQty: 1,
    ask: 5525.4,
    askQty: 1,
    last: 5525.1,
    volume: 3591.17907851,
    vwap: 5653.78939,
    low: 5505,
    high: 5783,
    change: Number.NaN,
    changePct: Number.NaN,
    turnover: Number.NaN,
    bidDecimals: 5,
    bidQtyDecimals: 3,
    askDecimals: 5,
    askQtyDecimals: 3,
    lastDecimals: 5,
    volumeDecimals: 8,
    vwapDecimals: 5,
    lowDecimals: 5,
    highDecimals: 5,
    changeDecimals: 0,
    changePctDecimals: 0,
    turnoverDecimals: 0,
  });
});

test('a spread is a quote', () => {
  const [quote] = check([SPREAD]);
  assert.deepEqual(values(quote), {
    flags: 0,
    instrument: 0,
    exchangeAtUs: 1542057299545897,
    sequence: -1,
    bid: 5698.4,
    bidQty: 1.01234567,
    ask: 5700,
    askQty: 0.98765432,
    bidDecimals: 5,
    bidQtyDecimals: 8,
    askDecimals: 5,
    askQtyDecimals: 8,
  });
});

test('a candle begins its interval before the end that the exchange states', () => {
  const [candle] = check([OHLC]);
  assert.deepEqual(values(candle), {
    flags: 0,
    instrument: 0,
    exchangeAtUs: 1542057314748456,
    sequence: -1,
    beginUs: 1542057060435743,
    open: 3586.7,
    high: 3586.7,
    low: 3586.6,
    close: 3586.6,
    vwap: 3586.68894,
    volume: 0.03373,
    trades: 2,
    intervalMinutes: 5,
    openDecimals: 5,
    highDecimals: 5,
    lowDecimals: 5,
    closeDecimals: 5,
    vwapDecimals: 5,
    volumeDecimals: 8,
  });
});

test('a heartbeat is read hot and says nothing', () => {
  assert.deepEqual(check([HEARTBEAT]), []);
});

test('a book snapshot is a record with every level in the order sent and the latest of their times', () => {
  const [, snapshot] = check([BOOK_SNAPSHOT]);
  const { flags, exchangeAtUs, sequence, checksum, hasChecksum, depth } = values(snapshot);
  assert.deepEqual(
    { flags, exchangeAtUs, sequence, checksum, hasChecksum, depth },
    { flags: 1, exchangeAtUs: 1534614248765567, sequence: -1, checksum: 0, hasChecksum: 0, depth: 10 },
  );
  assert.deepEqual(snapshot?.asks, [
    [5541.3, 2.507, 5, 8],
    [5541.8, 0.33, 5, 8],
    [5542.7, 0.647, 5, 8],
  ]);
  assert.deepEqual(snapshot?.bids, [
    [5541.2, 1.529, 5, 8],
    [5539.9, 0.3, 5, 8],
    [5539.5, 5, 5, 8],
  ]);
});

const level = (price: string, qty: string, rest = ''): string =>
  `["${price}","${qty}","1534614250.000001"${rest}]`;
const digits = (...texts: string[]): string =>
  texts.map((text) => text.replace('.', '').replace(/^0+/, '')).join('');

const UPDATES: readonly {
  readonly title: string;
  readonly payload: (checksum: number) => string;
  readonly digits: string;
  readonly asks: number;
  readonly bids: number;
  readonly cold?: number;
}[] = [
  {
    title: 'asks alone',
    payload: (c) => `{"a":[${level('5541.30000', '1.00000000')}],"c":"${c}"}`,
    digits: digits('5541.30000', '1.00000000'),
    asks: 1,
    bids: 0,
  },
  {
    title: 'bids alone',
    payload: (c) => `{"b":[${level('5541.20000', '1.00000000')},${level('5541.10000', '2.0')}],"c":"${c}"}`,
    digits: digits('5541.20000', '1.00000000', '5541.10000', '2.0'),
    asks: 0,
    bids: 2,
  },
  {
    title: 'both sides in two objects, the checksum in the last',
    payload: (c) =>
      `{"a":[${level('0.042990', '364630.28272081')}]},{"b":[${level('0.042950', '2332.63400000')}],"c":"${c}"}`,
    digits: digits('0.042990', '364630.28272081', '0.042950', '2332.63400000'),
    asks: 1,
    bids: 1,
  },
  {
    title: 'a republished level, which is a level like any other',
    payload: (c) => `{"b":[${level('11228.70000', '2.60111463', ',"r"')}],"c":"${c}"}`,
    digits: digits('11228.70000', '2.60111463'),
    asks: 0,
    bids: 1,
  },
  {
    title: 'the same price twice, of which the last one counts',
    payload: (c) => `{"a":[${level('7.5', '1.0')},${level('7.5', '3.00')}],"c":"${c}"}`,
    digits: digits('7.5', '3.00'),
    asks: 2,
    bids: 0,
  },
  {
    title: 'prices with twelve decimals',
    payload: (c) => `{"a":[${level('0.000000012345', '123456.78901234')}],"c":"${c}"}`,
    digits: digits('0.000000012345', '123456.78901234'),
    asks: 1,
    bids: 0,
  },
  {
    title: 'a level put in and taken out again',
    payload: (c) => `{"a":[${level('7.5', '1.0')},${level('7.5', '0.00000000')}],"c":"${c}"}`,
    digits: '',
    asks: 2,
    bids: 0,
  },
  {
    title: 'quantities with more digits than a float64 keeps',
    payload: (c) => `{"a":[${level('0.00000750', '1234567890.12345678')}],"c":"${c}"}`,
    digits: digits('0.00000750', '1234567890.12345678'),
    asks: 1,
    bids: 0,
  },
  {
    title: 'bids before asks, and the members in another order',
    payload: (c) => `{"c":"${c}","b":[${level('7.4', '1.0')}]},{"a":[${level('7.5', '1.0')}]}`,
    digits: digits('7.5', '1.0', '7.4', '1.0'),
    asks: 1,
    bids: 1,
    cold: 1,
  },
  {
    title: 'both sides in one object',
    payload: (c) => `{"a":[${level('7.5', '1.0')}],"b":[${level('7.4', '1.0')}],"c":"${c}"}`,
    digits: digits('7.5', '1.0', '7.4', '1.0'),
    asks: 1,
    bids: 1,
    cold: 1,
  },
  {
    title: 'numbers with exponents',
    payload: (c) => `{"a":[${level('75e-1', '1.25E+1')}],"c":"${c}"}`,
    digits: '75125',
    asks: 1,
    bids: 0,
    cold: 1,
  },
];

for (const { title, payload, digits: text, asks, bids, cold } of UPDATES)
  test(`a book update with ${title} is applied and its checksum holds`, () => {
    const records = check([EMPTY_SNAPSHOT, `[0,${payload(crc(text))},"book-10","XBT/USD"]`], cold);
    const update = records[2];
    assert.equal(update?.name, 'book');
    assert.deepEqual([update?.asks?.length, update?.bids?.length], [asks, bids]);
    const { flags, checksum, hasChecksum, exchangeAtUs } = values(update);
    assert.deepEqual(
      { flags, checksum, hasChecksum, exchangeAtUs },
      { flags: 0, checksum: crc(text), hasChecksum: 1, exchangeAtUs: 1534614250000001 },
    );
  });

test('the documentation’s checksum over ten levels a side holds', () => {
  const side = (prices: string[]): string => prices.map((price) => level(price, '0.00000500')).join();
  const asks = Array.from({ length: 10 }, (_, n) => ((5005 + n * 5) / 100000).toFixed(5));
  const bids = [5000, 4995, 4990, 4980, 4975, 4970, 4965, 4960, 4955, 4950].map((n) =>
    (n / 100000).toFixed(5),
  );
  const snapshot = `[0,{"as":[${side(asks)}],"bs":[${side(bids)}]},"book-10","XBT/USD"]`;
  const update = `[0,{"a":[${level(asks[0]!, '0.00000500')}],"c":"974947235"},"book-10","XBT/USD"]`;
  const records = check([snapshot, update]);
  assert.deepEqual(
    records.map(({ name }) => name),
    ['status', 'book', 'book'],
  );
});

/** A snapshot of a thousand levels a side, written by `row`. */
const longSnapshot = (row: (n: number, direction: number) => string): string => {
  const side = (direction: number): string =>
    Array.from({ length: 1000 }, (_, n) => row(n, direction)).join();
  return `[0,{"as":[${side(1)}],"bs":[${side(-1)}]},"book-1000","XBT/USD"]`;
};
const DEEP = { pairs: ['XBT/USD'], subscriptions: [book(0, 1000)] };
const LONG_SNAPSHOTS = [
  longSnapshot((n, direction) => level((60_000 + direction * (n + 1) * 0.1).toFixed(5), `${n}.12345678`)),
  // As few bytes as a level can have, so as many in each of the scanner's pieces as there can be.
  longSnapshot((_, direction) => level(direction > 0 ? '9' : '1', '1')),
];

test('a snapshot of more levels than the scanner takes at once is read hot all the same', () => {
  for (const snapshot of LONG_SNAPSHOTS) {
    const { hot, cold } = readBothWays(DEEP, [snapshot]);
    assert.deepEqual(hot.outcome(), cold.outcome());
    assert.equal(hot.cold, 0);
    const [, record] = hot.sink.records;
    assert.deepEqual([record?.asks?.length, record?.bids?.length], [1000, 1000]);
    hot.close();
    cold.close();
  }
});

test('a long snapshot without a comma between two of its pieces is malformed', () => {
  const snapshot = LONG_SNAPSHOTS[1]!;
  for (const begin of ['"as":[', '"bs":[']) {
    const comma = snapshot.indexOf(begin) + begin.length + ROWS_MAX * `${level('9', '1')},`.length - 1;
    assert.equal(snapshot[comma], ',');
    const { hot, cold } = readBothWays(DEEP, [`${snapshot.slice(0, comma)}:${snapshot.slice(comma + 1)}`]);
    assert.deepEqual(hot.outcome(), cold.outcome());
    assert.equal(hot.malformed, 1);
    hot.close();
    cold.close();
  }
});

test('a long snapshot with a byte changed, left out or put in reads the same hot and cold', () => {
  const random = new Random(7);
  const bytes = new TextEncoder().encode(LONG_SNAPSHOTS[1]);
  const structure = Array.from(bytes.keys()).filter((at) => bytes[at] === 0x5b || bytes[at] === 0x5d);
  for (let n = 0; n < 120; n++) {
    const at = random.percent(50) ? random.below(bytes.length) : random.pick(structure) + random.below(2);
    const put = random.percent(70) ? [random.pick([0x5b, 0x5d, 0x2c, 0x62, 0x7d, 0x39, 0x22])] : [];
    const kept = random.percent(30) ? at : at + 1;
    const spoiled = Uint8Array.of(...bytes.subarray(0, at), ...put, ...bytes.subarray(kept));
    const { hot, cold } = readBothWays(DEEP, [spoiled]);
    assert.deepEqual(hot.outcome(), cold.outcome(), `byte ${at} of ${bytes.length}: ${put} up to ${kept}`);
    hot.close();
    cold.close();
  }
});

test('a checksum that does not hold makes the book stale until the next snapshot', () => {
  const { hot, cold } = readBothWays(OPTIONS, [
    BOOK_SNAPSHOT,
    `[0,{"a":[${level('5541.30000', '1.00000000')}],"c":"1"},"book-10","XBT/USD"]`,
    BOOK_SNAPSHOT,
  ]);
  assert.deepEqual(hot.outcome(), cold.outcome());
  assert.deepEqual(
    hot.sink.log.filter((line) => !line.startsWith('status')),
    [
      'book snapshot of 0: 3 bids, 3 asks',
      'book live book-10 of 0',
      'discard 1 book of 0: CHECKSUM_MISMATCH',
      'book stale book-10 of 0 CHECKSUM_MISMATCH',
      'book snapshot of 0: 3 bids, 3 asks',
      'book live book-10 of 0',
    ],
  );
});

test('a number that a float64 does not keep is the nearest one, and keeps its digits', () => {
  const [trade] = check([
    '[0,[["0.00001234","888410096.36620085","1534614057.321597","b","l",""]],"trade","ETH/XBT"]',
  ]);
  assert.equal(trade?.values['qty'], Number('888410096.36620085'));
  const { qty = 0, qtyDecimals = 0 } = trade?.values ?? {};
  assert.ok(qtyDecimals & INEXACT);
  assert.equal(formatDecimal(qty, qtyDecimals), '888410096.36620085');
  assert.equal(trade?.values['instrument'], 1);
});

test('times are read to the microsecond however many digits they have', () => {
  const trade = (time: string): string => `[0,[["1.0","1.0","${time}","b","l",""]],"trade","XBT/USD"]`;
  const times: readonly (readonly [string, number])[] = [
    ['1534614057.321597', 1534614057321597],
    ['9007199199.999999', 9007199199999999],
    ['0000000000.000001', 1],
    ['1534614057', 1534614057000000],
    ['1534614057.3', 1534614057300000],
    ['1534614057.321597999', 1534614057321597],
    ['7.000001', 7000001],
  ];
  const hot = times.filter(([text]) => /^\d{10}\.\d{6}$/.test(text)).length;
  const records = check(
    times.map(([text]) => trade(text)),
    times.length - hot,
  );
  assert.deepEqual(
    records.map(({ values: { exchangeAtUs } }) => exchangeAtUs),
    times.map(([, us]) => us),
  );
});

const SPACED: readonly string[] = [TRADES, TICKER, SPREAD, OHLC, BOOK_SNAPSHOT];

test('messages with spaces read cold to the same records', () => {
  const plain = new Reading(OPTIONS);
  const spaced = new Reading(OPTIONS);
  for (const message of SPACED) {
    plain.read(message);
    spaced.read(` ${message.replaceAll(',', ' ,\n').replaceAll(':', ': ')}\t`);
  }
  assert.equal(spaced.cold, SPACED.length);
  assert.deepEqual(spaced.outcome(), plain.outcome());
});

test('trades of a message with one bad trade are not delivered at all', () => {
  const { hot, cold } = readBothWays(OPTIONS, [TRADES.replace('"0.02455000"', '"0.0245500O"')]);
  assert.deepEqual(hot.outcome(), cold.outcome());
  assert.deepEqual(hot.outcome().records, []);
  assert.equal(hot.malformed, 1);
});

const UPDATE = `[0,{"a":[${level('5541.30000', '1.00000000')}],"c":"1"},"book-10","XBT/USD"]`;

const PROBLEMS: readonly (readonly [title: string, message: string | Uint8Array, line: RegExp])[] = [
  ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /^MESSAGE_MALFORMED .*not UTF-8/],
  ['nothing', '', /^MESSAGE_MALFORMED .*no JSON/],
  ['a cut message', TRADES.slice(0, -1), /^MESSAGE_MALFORMED .*no JSON/],
  ['a number', '7', /^MESSAGE_MALFORMED .*neither/],
  ['a short array', '[0,"trade","XBT/USD"]', /^MESSAGE_MALFORMED .*does not end with/],
  ['no channel id', TRADES.replace('[0', '[null'), /^MESSAGE_MALFORMED .*no channel id/],
  ['an unknown channel', TRADES.replace('"trade"', '"ownTrades"'), /^MESSAGE_UNKNOWN .*channel/],
  ['an unknown pair', TRADES.replace('XBT/USD', 'XBT/EUR'), /^MESSAGE_UNKNOWN .*pair/],
  ['an unknown event', '{"event":"party"}', /^MESSAGE_UNKNOWN .*party/],
  ['an object without an event', '{}', /^MESSAGE_UNKNOWN /],
  ['a negative price', TRADES.replace('"5541', '"-5541'), /^MESSAGE_MALFORMED trade XBT.*price/],
  ['a price that is no text', TRADES.replace('"5541.20000"', '5541.2'), /^MESSAGE_MALFORMED .*price/],
  ['a volume that is no number', TRADES.replace('"0.158', '"x.158'), /^MESSAGE_MALFORMED .*volume/],
  ['a side that is none', TRADES.replace('"s"', '"x"'), /^MESSAGE_MALFORMED .*side/],
  ['a time that is none', TRADES.replace('.321597', ',321597'), /^MESSAGE_MALFORMED .*time/],
  ['a time past all float64', TRADES.replace('1534614057.3', '9999999999.3'), /^MESSAGE_MALFORMED .*time/],
  ['two payloads of trades', TRADES.replace(',"trade"', ',{},"trade"'), /^MESSAGE_MALFORMED .*payload/],
  ['a ticker without "o"', TICKER.replace('"o"', '"q"'), /^MESSAGE_MALFORMED .*"o"/],
  ['lots with a leading zero', TICKER.replace(',1,', ',01,'), /^MESSAGE_MALFORMED .*no JSON/],
  ['too many trades in a candle', OHLC.replace(',2]', ',4294967296]'), /^MESSAGE_MALFORMED .*range/],
  ['an interval of 0', OHLC.replace('ohlc-5', 'ohlc-0'), /^MESSAGE_UNKNOWN /],
  ['an interval of 05', OHLC.replace('ohlc-5', 'ohlc-05'), /^MESSAGE_UNKNOWN /],
  ['a book of another depth', BOOK_SNAPSHOT.replace('k-10', 'k-25'), /^MESSAGE_MALFORMED .*depth 10/],
  ['a book not subscribed', BOOK_SNAPSHOT.replace('XBT/USD', 'ETH/XBT'), /^MESSAGE_MALFORMED .*no book/],
  ['a book without a side', '[0,{"c":"1"},"book-10","XBT/USD"]', /^MESSAGE_MALFORMED .*no side/],
  ['a book of everything', '[0,{"as":[],"a":[],"c":"1"},"book-10","XBT/USD"]', /^MESSAGE_MALFORMED .*once/],
  ['an update of another depth', UPDATE.replace('k-10', 'k-25'), /^MESSAGE_MALFORMED .*depth 10/],
  ['an update of depth 0', UPDATE.replace('k-10","XBT/USD', 'k-0","ETH/XBT'), /^MESSAGE_UNKNOWN /],
  ['an update not subscribed', UPDATE.replace('XBT/USD', 'ETH/XBT'), /^MESSAGE_MALFORMED .*no book/],
  ['an update unchecked', '[0,{"a":[]},"book-10","XBT/USD"]', /^MESSAGE_MALFORMED .*checksum/],
  ['33 bits of checksum', UPDATE.replace('"c":"1"', '"c":"4294967296"'), /^MESSAGE_MALFORMED .*32 bits/],
];

for (const [title, message, line] of PROBLEMS)
  test(`a message with ${title} is counted and delivers nothing`, () => {
    const { hot, cold } = readBothWays(OPTIONS, [message]);
    assert.deepEqual(hot.outcome(), cold.outcome());
    assert.deepEqual(
      hot.sink.records.filter(({ name }) => name !== 'status'),
      [],
    );
    assert.match(hot.sink.log[0]!.replace('kraken-v1: ', ''), line);
    assert.equal(hot.malformed, 1);
  });

test('an update that cannot be read makes its book stale', () => {
  const { hot, cold } = readBothWays(OPTIONS, [BOOK_SNAPSHOT, '[0,{"a":[["1","x"]]},"book-10","XBT/USD"]']);
  assert.deepEqual(hot.outcome(), cold.outcome());
  assert.equal(hot.sink.log.at(-1), 'book stale book-10 of 0 MESSAGE_MALFORMED');
  assert.equal(hot.sink.records.at(-1)?.name, 'status');
});
