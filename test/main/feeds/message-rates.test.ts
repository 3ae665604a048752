import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageRates } from '../../../src/main/feeds/message-rates.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../../src/shared/counters/feed-counters.ts';
import type { FeedId } from '../../../src/shared/units.ts';

test('a rate is what came since the last look, and is kept where that was a moment ago', () => {
  const words = new Float64Array(FEED_COUNTER_WORDS);
  const connection = { id: 3 as FeedId, counters: () => words };
  const rates = new MessageRates();
  const at = (nowMs: number, messages: number): number | undefined => {
    words[FEED.messages] = messages;
    return rates.rate(connection, nowMs);
  };
  assert.equal(at(500, 0), undefined);
  assert.equal(at(1_000, 400), undefined);
  assert.equal(at(2_500, 1_000), 500);
  assert.equal(at(2_600, 9_000), 500);
  assert.equal(at(12_500, 2_000), 100);
  assert.equal(at(13_500, 2_000), 0);
});
