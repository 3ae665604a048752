import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { BTC, KrakenHarness } from './codec-harness.ts';

test('recorded messages of all kinds, of no one session, are read', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  for (const hot of [true, false]) {
    const harness = new KrakenHarness({ hot })
      .subscribed({ channel: 'candle', instrument: 5 as InstrumentId, interval: 1 })
      .subscribed({ channel: 'candle', instrument: 6 as InstrumentId, interval: 1 })
      .subscribed({ channel: 'ticker', instrument: BTC })
      .read(...recordedMessages(folder, 'kraken/v2-ohlc-ticker-trade-status-excerpts.jsonl'));
    assert.deepEqual(harness.sink.log, [
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
