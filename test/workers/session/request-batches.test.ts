import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../src/shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../src/shared/units.ts';
import { requestBatches } from '../../../src/workers/session/request-batches.ts';
import { SubscriptionEntry } from '../../../src/workers/session/subscription-entry.ts';

/** The instruments of each batch. */
const batches = (subscriptions: readonly Omit<Subscription, 'instrument'>[], most = 100): string[] =>
  requestBatches(
    subscriptions.map(
      (each, i) => new SubscriptionEntry({ ...each, instrument: i as InstrumentId }, 0 as MonotonicNs),
    ),
    most,
  ).map((batch) => batch.map((entry) => entry.subscription.instrument).join(' '));

test('whatever differs in more than the instrument does not share a request', () => {
  assert.deepEqual(
    batches([
      { channel: 'book', depth: 10 },
      { channel: 'book', depth: 25 },
      { channel: 'candle', interval: 10 },
      { channel: 'ticker', trigger: 'bbo' },
      { channel: 'ticker', trigger: 'trades' },
      { channel: 'trade', snapshot: true },
      { channel: 'trade' },
      { channel: 'book', depth: 10 },
    ]),
    ['0 7', '1', '2', '3', '4', '5', '6'],
  );
});

test('a request holds at most so many symbols, in order', () => {
  assert.deepEqual(
    batches(
      Array.from({ length: 5 }, () => ({ channel: 'trade' }) as const),
      2,
    ),
    ['0 1', '2 3', '4'],
  );
});

test('nothing needs no request', () => {
  assert.deepEqual(batches([]), []);
});
