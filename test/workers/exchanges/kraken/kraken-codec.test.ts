import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOOK_STATE } from '../../../../src/shared/counters/symbol-counters.ts';
import { formatDecimal, INEXACT } from '../../../../src/shared/decimal/decimals.ts';
import type { RecordName } from '../../../../src/shared/records/record-catalogue.ts';
import { NO_INSTRUMENT } from '../../../../src/shared/units.ts';
import { ALGO, BTC, book, ETH, KrakenHarness, MATIC, RECEIVED_AT } from './codec-harness.ts';

// Messages are Kraken's documented examples, whole or with entries left out, unless a comment says otherwise.
// Source: docs.kraken.com/api/docs/websocket-v2, read 2026-05-27.
const TRADE_SNAPSHOT =
  '{"channel":"trade","type":"snapshot","data":[{"symbol":"MATIC/USD","side":"buy","price":0.5147,"qty":6423.46326,"ord_type":"limit","trade_id":4665846,"timestamp":"2023-09-25T07:48:36.925533Z"},{"symbol":"MATIC/USD","side":"buy","price":0.5147,"qty":1136.19677815,"ord_type":"limit","trade_id":4665847,"timestamp":"2023-09-25T07:49:36.925603Z"}]}';
const TRADE =
  '{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665848,"timestamp":"2023-09-25T07:49:37.708706Z"}]}';
const TICKER =
  '{"channel":"ticker","type":"update","data":[{"symbol":"ALGO/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10035,"ask_qty":740.0,"last":0.10035,"volume":997038.98383185,"vwap":0.10148,"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17,"timestamp":"2023-09-25T09:04:31.742648Z"}]}';
const CANDLE =
  '{"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"MATIC/USD","open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,"volume":30927.68066226,"vwap":0.5626,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,"timestamp":"2023-10-04T16:30:00.000000Z"}]}';
const INSTRUMENTS =
  '{"channel":"instrument","type":"snapshot","data":{"assets":[{"id":"USD","status":"enabled","precision":4,"precision_display":2,"borrowable":true,"collateral_value":1.0,"margin_rate":0.015}],"pairs":[{"symbol":"BTC/USD","base":"BTC","quote":"USD","status":"online","qty_precision":8,"qty_increment":1e-08,"price_precision":1,"cost_precision":5,"marginable":true,"has_index":true,"cost_min":0.5,"margin_initial":0.2,"position_limit_long":250,"position_limit_short":200,"tick_size":0.1,"price_increment":0.1,"qty_min":0.0001},{"symbol":"MATIC/GBP","base":"MATIC","quote":"GBP","status":"cancel_only","qty_precision":8,"qty_increment":1e-08,"price_precision":4,"cost_precision":6,"marginable":false,"has_index":true,"cost_min":0.43,"tick_size":0.0001,"price_increment":0.0001,"qty_min":4.0}]}}';
const BOOK_SNAPSHOT =
  '{"channel":"book","type":"snapshot","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5666,"qty":4831.75496356},{"price":0.5665,"qty":6658.22734739},{"price":0.5664,"qty":18724.91513344},{"price":0.5663,"qty":11563.92544914},{"price":0.5662,"qty":14006.65365711},{"price":0.5661,"qty":17454.85679807},{"price":0.566,"qty":18097.1547},{"price":0.5659,"qty":33644.89175666},{"price":0.5658,"qty":148.3464},{"price":0.5657,"qty":606.70854372}],"asks":[{"price":0.5668,"qty":4410.79769741},{"price":0.5669,"qty":4655.40412487},{"price":0.567,"qty":49844.89424998},{"price":0.5671,"qty":24306.41678},{"price":0.5672,"qty":29783.25223475},{"price":0.5673,"qty":57234.71239278},{"price":0.5674,"qty":45065.04744},{"price":0.5675,"qty":5912.76380354},{"price":0.5676,"qty":42514.92434778},{"price":0.5677,"qty":36304.0847022}],"checksum":2439117997,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';
const BOOK_UPDATE =
  '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.3947558}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';

const PATHS = [
  { path: 'hot', hot: true },
  { path: 'cold', hot: false },
] as const;

/** Reads messages with a fresh codec, every book subscribed. */
const read = (hot: boolean, ...messages: string[]): KrakenHarness =>
  new KrakenHarness({ hot }).subscribed(book(MATIC), book(BTC)).read(...messages);

/** Only the fields a test speaks of. */
function fields(harness: KrakenHarness, name: RecordName, ...keys: string[]): number[][] {
  return harness.sink.named(name).map(({ values }) => keys.map((key) => values[key]!));
}

for (const { path, hot } of PATHS) {
  test(`${path}: a trade has its id, time, side, order type and decimals`, () => {
    const harness = read(hot, TRADE);
    assert.deepEqual(
      { ...harness.sink.records[0]?.values },
      {
        bytes: 64,
        typeId: 2,
        flags: 0,
        feed: 3,
        instrument: MATIC,
        epoch: 7,
        receivedAtNs: RECEIVED_AT,
        exchangeAtUs: 1_695_628_177_708_706,
        sequence: 4_665_848,
        price: 0.5117,
        qty: 40,
        side: 2,
        orderType: 1,
        priceDecimals: 4,
        qtyDecimals: 1,
        reserved: 0,
      },
    );
  });

  test(`${path}: trades of the history are flagged, and the next update continues them`, () => {
    const harness = read(hot, TRADE_SNAPSHOT, TRADE);
    assert.deepEqual(fields(harness, 'trade', 'flags', 'sequence', 'side'), [
      [1, 4_665_846, 1],
      [1, 4_665_847, 1],
      [0, 4_665_848, 2],
    ]);
    assert.deepEqual(harness.sink.log, ['trade of 2', 'trade of 2', 'trade of 2']);
  });

  test(`${path}: a jump in the trade ids is told before the trade, an id that comes again is not`, () => {
    const jump = TRADE.replace('4665848', '4665852');
    const harness = read(hot, TRADE, jump, jump, TRADE);
    assert.deepEqual(harness.sink.log, [
      'trade of 2',
      'status fault of 2 SEQUENCE_GAP',
      'trade of 2',
      'trade of 2',
      'trade of 2',
    ]);
    assert.equal(harness.sink.named('status')[0]?.values['value'], 3);
    harness.codec.reset();
    harness.read(TRADE.replace('4665848', '4665999'));
    assert.equal(harness.sink.named('status').length, 1, 'ids of another connection tell no gap');
  });

  test(`${path}: several trades in one message are all read, whatever their instruments`, () => {
    const [entry = ''] = /\{"symbol".*\}/.exec(TRADE) ?? [];
    const next = entry.replace('4665848', '4665849').replace('sell', 'buy').replace('market', 'limit');
    // Its id follows on that of the trade before it, which is of another book and says nothing.
    const other = entry.replace('MATIC/USD', 'BTC/USD').replace('4665848', '4665851');
    const message = (...entries: string[]): string =>
      `{"channel":"trade","type":"update","data":[${entries.map((e) => e.replace(']}', '')).join(',')}]}`;
    const harness = read(hot, message(entry, next), message(next.replace('4665849', '4665850'), other));
    assert.deepEqual(fields(harness, 'trade', 'instrument', 'sequence', 'side', 'orderType'), [
      [MATIC, 4_665_848, 2, 1],
      [MATIC, 4_665_849, 1, 2],
      [MATIC, 4_665_850, 1, 2],
      [BTC, 4_665_851, 2, 1],
    ]);
    harness.read(message(next.replace('4665849', '4665851')), message(other.replace('4665851', '4665852')));
    assert.deepEqual(harness.sink.named('status'), [], 'each instrument counts for itself');
  });

  test(`${path}: a ticker has all its numbers as they were written`, () => {
    const harness = read(hot, TICKER);
    const { values } = harness.sink.records[0]!;
    const names = [
      'bid',
      'bidQty',
      'ask',
      'askQty',
      'last',
      'volume',
      'vwap',
      'low',
      'high',
      'change',
      'changePct',
    ];
    assert.equal(
      names.map((name) => formatDecimal(values[name]!, values[`${name}Decimals`]!)).join(' '),
      '0.10025 740.0 0.10035 740.0 0.10035 997038.98383185 0.10148 0.09979 0.10285 -0.00017 -0.17',
    );
    assert.deepEqual(
      [values['instrument'], values['exchangeAtUs'], values['sequence']],
      [ALGO, 1_695_632_671_742_648, -1],
    );
  });

  test(`${path}: numbers that a ticker does not have are NaN, a time it does not have is -1`, () => {
    const message = TICKER.replace('"last":0.10035,', '').replace(
      '-0.17,"timestamp":"2023-09-25T09:04:31.742648Z"',
      'null',
    );
    const harness = read(hot, message);
    assert.deepEqual(fields(harness, 'ticker', 'last', 'lastDecimals', 'changePct', 'high', 'exchangeAtUs'), [
      [Number.NaN, 0, Number.NaN, 0.10285, -1],
    ]);
  });

  test(`${path}: a book is checked digit for digit although the wire strips trailing zeros`, () => {
    const harness = read(hot, BOOK_SNAPSHOT, BOOK_UPDATE);
    assert.deepEqual(harness.sink.log, [
      'status live of 2',
      'book snapshot of 2: 10 bids, 10 asks',
      'book live book 2',
      'book update of 2: 1 bids, 0 asks',
    ]);
    assert.deepEqual(harness.sink.named('book')[1]?.bids, [[0.5657, 1098.3947558, 4, 7]]);
    assert.deepEqual(fields(harness, 'book', 'checksum', 'exchangeAtUs', 'depth'), [
      [2_439_117_997, 1_696_613_755_440_295, 10],
      [2_114_181_697, 1_696_613_755_440_295, 10],
    ]);
    assert.deepEqual([harness.books.priceDecimals(MATIC), harness.books.qtyDecimals(MATIC)], [4, 8]);
  });

  test(`${path}: a book entry that cannot be read makes that book stale and no other`, () => {
    const malformed = BOOK_UPDATE.replace('1098.3947558', '-1098.3947558');
    const harness = read(hot, BOOK_SNAPSHOT, malformed, BOOK_UPDATE);
    assert.deepEqual(harness.sink.log.slice(3), [
      'status stale of 2 MESSAGE_MALFORMED',
      'book stale book 2 MESSAGE_MALFORMED',
      `MESSAGE_MALFORMED book: qty of a level is no number of a book: ${malformed.slice(0, 100)}`,
      'discard 1 book of 2: MESSAGE_MALFORMED',
    ]);
  });

  test(`${path}: a book that is resubscribed discards what is late and is live again with its snapshot`, () => {
    const harness = read(hot, BOOK_SNAPSHOT, BOOK_UPDATE.replace('2114181697', '1'));
    assert.equal(harness.symbols.get(MATIC, 3), BOOK_STATE.stale);
    harness.codec.unsubscribe([book(MATIC)]);
    harness.read(BOOK_UPDATE);
    harness.codec.subscribe([book(MATIC)]);
    harness.sink.clear();
    harness.read(BOOK_UPDATE, BOOK_SNAPSHOT, BOOK_UPDATE);
    assert.deepEqual(harness.sink.log, [
      'discard 1 book of 2: CHECKSUM_MISMATCH',
      'status live of 2',
      'book snapshot of 2: 10 bids, 10 asks',
      'book live book 2',
      'book update of 2: 1 bids, 0 asks',
    ]);
  });

  test(`${path}: a number with more digits than a float64 keeps is flagged, and its checksum digits are whole`, () => {
    const long = TRADE.replace('0.5117', '0.12345678901234567891');
    const harness = read(hot, long);
    assert.deepEqual(fields(harness, 'trade', 'price', 'priceDecimals'), [
      [0.12345678901234568, 20 | INEXACT],
    ]);
  });

  test(`${path}: a symbol nobody asked for is counted, and the other entries are delivered`, () => {
    const [entry = ''] = /\{"symbol".*\}(?=\]\}$)/.exec(TRADE) ?? [];
    const message = TRADE.replace(entry, `${entry.replace('MATIC', 'DOGE')},${entry}`);
    const harness = read(hot, TRADE.replace('MATIC', 'DOGE'), message);
    assert.deepEqual(
      harness.sink.log.map((line) => line.split(':').slice(0, 2).join(':')),
      [
        'MESSAGE_MALFORMED trade: a symbol that was not asked for',
        'trade of 2',
        'MESSAGE_MALFORMED trade: a symbol that was not asked for',
      ],
    );
  });

  test(`${path}: messages that are no data are understood`, () => {
    const harness = read(
      hot,
      '{"channel":"heartbeat"}',
      '{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":13834774380200032777,"system":"online","version":"2.0.0"}]}',
      '{"method":"pong","req_id":101,"time_in":"2023-09-24T14:10:23.799685Z","time_out":"2023-09-24T14:10:23.799703Z"}',
    );
    assert.deepEqual(harness.sink.log, ['venue online', 'pong']);
  });

  test(`${path}: what cannot be read is counted once per message with its beginning`, () => {
    const cases: [string, string][] = [
      ['{"channel":"trade"', 'MESSAGE_MALFORMED not JSON'],
      ['[]', 'MESSAGE_MALFORMED no JSON object'],
      ['{"channel":"spread"}', 'MESSAGE_UNKNOWN a channel this version does not know'],
      ['{"hello":1}', 'MESSAGE_UNKNOWN an answer to no request of ours'],
      ['{"channel":"trade","type":"update","data":{}}', 'MESSAGE_MALFORMED trade: no array of entries'],
      [
        '{"channel":"trade","type":"x","data":[]}',
        'MESSAGE_MALFORMED trade: type is neither snapshot nor update',
      ],
      [
        '{"channel":"ticker","type":"update","data":[1,2]}',
        'MESSAGE_MALFORMED ticker: an entry is no object (and 1 more)',
      ],
      ['{"channel":"status","data":[]}', 'MESSAGE_MALFORMED status: no text under system'],
      [TRADE.replace('"sell"', '"both"'), 'MESSAGE_MALFORMED trade: side is neither buy nor sell'],
      [TRADE.replace('0.5117', '-0.5117'), 'MESSAGE_MALFORMED trade: price is no number of zero or more'],
      [TRADE.replace('0.5117', '00.5117'), 'MESSAGE_MALFORMED not JSON'],
      [TRADE.replace('0.5117', '"0.5117"'), 'MESSAGE_MALFORMED trade: price is no number of zero or more'],
      [TRADE.replace('4665848', '4665848.5'), 'MESSAGE_MALFORMED trade: trade_id is no integer below 2^53'],
      [
        TRADE.replace('4665848', '9007199254740992'),
        'MESSAGE_MALFORMED trade: trade_id is no integer below 2^53',
      ],
      [TRADE.replace('2023-09-25T', '2023-09-31T'), 'MESSAGE_MALFORMED trade: timestamp is no time'],
      [TICKER.replace('0.09979', 'true'), 'MESSAGE_MALFORMED ticker: low is no number'],
    ];
    for (const [message, expected] of cases)
      assert.deepEqual(read(hot, message).sink.log, [`${expected}: ${message.slice(0, 100)}`]);
  });

  test(`${path}: bytes that are not UTF-8 are counted`, () => {
    const harness = new KrakenHarness({ hot }).read(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d));
    assert.deepEqual(harness.sink.log, ['MESSAGE_MALFORMED 4 bytes that are not UTF-8']);
  });
}

test('a candle has its interval, the time it was sent and its history flag', () => {
  const harness = read(true, CANDLE.replace('"update"', '"snapshot"'), CANDLE);
  const keys = [
    'flags',
    'beginUs',
    'exchangeAtUs',
    'open',
    'high',
    'low',
    'close',
    'vwap',
    'volume',
    'trades',
    'intervalMinutes',
  ];
  const candle = [
    1_696_436_700_000_000, 1_696_436_790_524_394, 0.5624, 0.5628, 0.5622, 0.5627, 0.5626, 30927.68066226, 12,
    5,
  ];
  assert.deepEqual(fields(harness, 'candle', ...keys), [
    [1, ...candle],
    [0, ...candle],
  ]);
  assert.deepEqual(fields(harness, 'candle', 'openDecimals', 'vwapDecimals', 'volumeDecimals')[0], [4, 4, 8]);
});

test('every pair of the venue is an instrument record, and the precision of those followed is learned', () => {
  const harness = read(true, INSTRUMENTS);
  assert.deepEqual(
    harness.sink.records.map((record) => record.text),
    ['BTC/USD', 'MATIC/GBP'],
  );
  const keys = [
    'instrument',
    'priceIncrement',
    'qtyIncrement',
    'qtyMin',
    'costMin',
    'pricePrecision',
    'qtyPrecision',
    'qtyIncrementDecimals',
    'state',
  ];
  assert.deepEqual(fields(harness, 'instrument', ...keys), [
    [BTC, 0.1, 1e-8, 0.0001, 0.5, 1, 8, 8, 1],
    [NO_INSTRUMENT, 0.0001, 1e-8, 4, 0.43, 4, 8, 8, 2],
  ]);
  assert.deepEqual([harness.books.priceDecimals(BTC), harness.books.qtyDecimals(BTC)], [1, 8]);
});

test('a pair that cannot be read leaves the others of its message, and letters outside ASCII become ?', () => {
  const harness = read(true, INSTRUMENTS.replace('"BTC/USD"', '7').replace('MATIC/GBP', 'MÄTIC/GBP'));
  assert.deepEqual(
    harness.sink.log.map((line) => line.split(':', 2).join(':')),
    ['instrument of 4294967295', 'MESSAGE_MALFORMED instrument: symbol is no text of 1 to 64 characters'],
  );
  assert.equal(harness.sink.records[0]?.text, 'M?TIC/GBP');
});

test('an update that says nothing of pairs is no fault', () => {
  assert.deepEqual(read(true, '{"channel":"instrument","type":"update","data":{"assets":[]}}').sink.log, []);
});

test('a precision from the instrument channel pads levels that were read before it was known', () => {
  // Both levels are written with fewer decimals than the pair has: nothing in the message tells.
  const snapshot =
    '{"channel":"book","type":"snapshot","data":[{"symbol":"ETH/USD","bids":[{"price":10,"qty":1.5}],"asks":[{"price":11,"qty":2.5}],"checksum":CRC,"timestamp":"2023-10-06T17:35:55Z"}]}';
  const update =
    '{"channel":"book","type":"update","data":[{"symbol":"ETH/USD","bids":[{"price":10.25,"qty":1.12345678}],"asks":[],"checksum":CRC}]}';
  for (const { hot } of PATHS) {
    const harness = new KrakenHarness({ hot }).subscribed(book(ETH));
    harness.books.raisePrecision(ETH, 2, 8);
    harness.read(snapshot.replace('CRC', String(crc('1100250000000' + '1000150000000'))));
    harness.read(update.replace('CRC', String(crc('1100250000000' + '1025112345678' + '1000150000000'))));
    assert.deepEqual(harness.sink.named('book').length, 2, harness.sink.log.join('\n'));
  }
});

/** CRC-32 as in zlib, the long way. */
function crc(digits: string): number {
  let register = -1;
  for (const digit of digits) {
    register ^= digit.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++)
      register = register & 1 ? (register >>> 1) ^ 0xedb8_8320 : register >>> 1;
  }
  return ~register >>> 0;
}
