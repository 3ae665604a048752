import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import { SYMBOL } from '../../../../src/shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { type Reading, readBothWays } from './reading.ts';

const CHANNELS = new Map<string, Subscription['channel']>([
  ['trade', 'trade'],
  ['ticker', 'ticker'],
  ['spread', 'quote'],
  ['book', 'book'],
  ['ohlc', 'candle'],
]);

interface Recorded {
  readonly messages: string[];
  readonly hot: Reading;
  /** Frames of data in it. */
  readonly frames: number;
}

/** Reads a recording both ways, subscribed to whatever occurs in it, and checks what holds for all. */
function read(folder: string, file: string): Recorded {
  const messages = recordedMessages(folder, `kraken/${file}`);
  const frames = messages.filter((text) => text.startsWith('['));
  const named = new Set(frames.map((text) => (JSON.parse(text) as string[]).slice(-2).join(' ')));
  for (const text of messages.filter((m) => m.includes('"subscriptionStatus"'))) {
    const { channelName, pair } = JSON.parse(text) as Record<string, string>;
    named.add(`${channelName} ${pair}`);
  }
  const pairs = [...new Set([...named].map((name) => name.split(' ')[1]!))];
  const subscriptions = [...named].map((name): Subscription => {
    const [channel = '', pair = ''] = name.split(' ');
    const [plain = '', number] = channel.split('-');
    const kind = CHANNELS.get(plain)!;
    return {
      channel: kind,
      instrument: pairs.indexOf(pair) as InstrumentId,
      ...(kind === 'book' ? { depth: Number(number) } : {}),
      ...(kind === 'candle' ? { interval: Number(number) } : {}),
    };
  });
  const both = readBothWays({ pairs, subscriptions }, messages);
  assert.deepEqual(both.hot.outcome, both.cold.outcome, 'hot and cold agree');
  assert.equal(both.hot.malformed, 0);
  const objects = messages.filter((text) => text.startsWith('{') && !text.includes('heartbeat'));
  assert.equal(both.hot.cold, objects.length, 'every frame of data and every heartbeat is read hot');
  return { messages, hot: both.hot, frames: frames.length };
}

test('every checksum of a recorded session of ten books of depth 1000 holds', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const { hot, messages } = read(folder, 'v1-book1000-10pairs-20210417.jsonl');
  const updates = messages.filter((text) => text.includes('"c":')).length;
  const sum = (word: number): number =>
    Array.from({ length: 10 }, (_, id) => hot.symbols.get(id as InstrumentId, word)).reduce((a, b) => a + b);
  assert.deepEqual(
    { updates, checked: sum(SYMBOL.checksumsChecked), failed: sum(SYMBOL.checksumsFailed) },
    { updates: 4269, checked: 4269, failed: 0 },
  );
  assert.equal(hot.sink.named('book').length, 4269 + 10);
  assert.equal(hot.sink.log.filter((line) => line.startsWith('subscribed book-1000')).length, 10);
  assert.deepEqual(hot.sink.discards, []);
});

test('every recorded trade and ticker is read hot, to one record each', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const trades = read(folder, 'v1-trade-10pairs-20210417.jsonl');
  const expected = trades.messages
    .filter((text) => text.startsWith('['))
    .flatMap((text) => (JSON.parse(text) as [number, string[][]])[1]);
  assert.deepEqual(
    trades.hot.sink
      .named('trade')
      .map(({ values }) => [values['price'], values['qty'], values['exchangeAtUs']]),
    expected.map(([price, qty, time]) => [Number(price), Number(qty), Number(time!.replace('.', ''))]),
  );
  const tickers = read(folder, 'v1-ticker-10pairs-20210417.jsonl');
  assert.equal(tickers.hot.sink.named('ticker').length, tickers.frames);
});

test('recorded spreads and candles are read hot', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const { hot } = read(folder, 'v1-spread-ohlc-excerpts.jsonl');
  assert.equal(hot.sink.named('quote').length, 5);
  assert.equal(hot.sink.named('candle').length, 2);
  assert.deepEqual(
    hot.sink.named('candle').map(({ values }) => values['intervalMinutes']),
    [1, 1],
  );
});
