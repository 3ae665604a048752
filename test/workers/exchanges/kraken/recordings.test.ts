import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYMBOL } from '../../../../src/shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { ALGO, BTC, book, CodecHarness, ETH } from './codec-harness.ts';

const ETH_BTC = 4 as InstrumentId;
const folder = recordings();
const options = folder === undefined ? { skip: NO_RECORDINGS } : {};
const PATHS = [{ hot: true }, { hot: false }];

const readAll = (file: string, hot: boolean, lines?: number): CodecHarness =>
  new CodecHarness({ hot })
    .subscribed(book(BTC), book(ETH), book(ALGO), book(ETH_BTC))
    .subscribed({ channel: 'trade', instrument: BTC }, { channel: 'trade', instrument: ETH })
    .read(...recordedMessages(folder ?? '', file).slice(0, lines));

const held = (harness: CodecHarness): [held: number, failed: number] => {
  const sum = (word: number): number =>
    [BTC, ETH, ALGO, ETH_BTC].reduce((total, id) => total + harness.symbols.get(id, word), 0);
  const failed = sum(SYMBOL.checksumsFailed);
  return [sum(SYMBOL.checksumsChecked) - failed, failed];
};

test('every checksum of a recorded session of two books holds', options, () => {
  for (const { hot } of PATHS) {
    const harness = readAll('kraken/v2-book10-btcusd-ethusd-20260802-part.jsonl', hot);
    assert.deepEqual(held(harness), [68, 0]);
    assert.equal(harness.sink.named('book').length, 68);
    assert.deepEqual(
      harness.sink.log.filter((line) => line.startsWith('MESSAGE_')),
      [],
    );
  }
});

test('every checksum of the recorded excerpts holds, whatever the precision', options, () => {
  for (const { hot } of PATHS) assert.deepEqual(held(readAll('kraken/v2-book-excerpts.jsonl', hot)), [7, 0]);
});

test('a stretch that was lost is noticed at the first update after it', options, () => {
  for (const { hot } of PATHS) {
    const file = 'kraken/v2-book10-btcusd-20260720-sample.jsonl';
    assert.deepEqual(held(readAll(file, hot, 50)), [41, 0]);
    const harness = readAll(file, hot, 51);
    assert.deepEqual(held(harness), [41, 1]);
    assert.equal(harness.sink.log.at(-1), 'book stale book 0 CHECKSUM_MISMATCH');
    assert.deepEqual(held(readAll(file, hot)), [41, 1], 'nothing after it is delivered');
  }
});

test('single messages of all kinds are read', options, () => {
  for (const { hot } of PATHS) {
    const { log } = new CodecHarness({ hot })
      .subscribed({ channel: 'candle', instrument: 5 as InstrumentId, interval: 1 })
      .subscribed({ channel: 'candle', instrument: 6 as InstrumentId, interval: 1 })
      .subscribed({ channel: 'ticker', instrument: BTC })
      .read(...recordedMessages(folder ?? '', 'kraken/v2-ohlc-ticker-trade-status-excerpts.jsonl')).sink;
    assert.deepEqual(log, [
      'venue online',
      'subscribed candle 5: timestamp is deprecated, use interval_begin',
      'refused candle 6: Currency pair not supported XBT/USDT',
      ...new Array<string>(10).fill('candle of 5'),
      'venue online',
      'subscribed ticker 0',
      'ticker of 3',
      'trade of 0',
    ]);
  }
});
