import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionSettings } from '../../../src/main/feeds/connection-settings.ts';
import { DEFAULT_TIMES, type FeedOption } from '../../../src/main/options/open-options.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const settings = (option: Partial<FeedOption>): ReturnType<typeof connectionSettings> =>
  connectionSettings({ exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], ...option });

test('a feed that says nothing has what its venue says, and else what is usual', () => {
  const { url, overflow, times, plan, limits, lines } = settings({ times: { backoffMs: undefined } });
  assert.deepEqual(
    { url, overflow, times, plan, limits, lines },
    {
      url: 'wss://ws.kraken.com/v2',
      overflow: 'conflate',
      times: DEFAULT_TIMES,
      plan: { autoReconnect: true },
      limits: VENUES.kraken.limits,
      lines: 1,
    },
  );
});

test('limits of its own hold, also for the window of attempts', () => {
  const { limits, attempts } = settings({ limits: { attempts: 3, symbolsPerRequest: 10 } });
  assert.deepEqual(limits, { ...VENUES.kraken.limits, attempts: 3, symbolsPerRequest: 10 });
  assert.equal(attempts!.byteLength, 3 * 8);
  assert.notEqual(attempts, settings({}).attempts);
});

test('REST is asked where told, else on this machine where the feed is there, else at the venue', () => {
  const restUrl = (option: Partial<FeedOption>): string | undefined =>
    settings({ exchange: 'binance', ...option }).restUrl;
  assert.equal(restUrl({}), 'https://api.binance.com');
  assert.equal(restUrl({ url: 'wss://data-stream.binance.vision/ws' }), 'https://api.binance.com');
  assert.equal(restUrl({ url: 'ws://127.0.0.1:99/ws' }), 'http://127.0.0.1:99');
  assert.equal(restUrl({ url: 'ws://127.0.0.1:99/ws', restUrl: 'https://host/api/' }), 'https://host/api');
  assert.equal(settings({}).restUrl, undefined);
});

const LIVES: readonly [title: string, option: Partial<FeedOption>, lifeMs: number, marginMs: number][] = [
  ['a limit in seconds', { connectionLimit: 60, disconnectMargin: 5 }, 60_000, 5_000],
  [
    'the nearer of two limits',
    { connectionLimit: 60, limits: { connectionLifeMs: 20_000 } },
    20_000,
    300_000,
  ],
  ['a schedule', { rotateEveryMs: 60_000 }, 60_000, 3_000],
  ['a schedule before the end', { rotateEveryMs: 60_000, connectionLimit: 3_600 }, 60_000, 3_000],
  [
    'a schedule after the end',
    { rotateEveryMs: 60_000, connectionLimit: 30, disconnectMargin: 1 },
    30_000,
    1_000,
  ],
];

for (const [title, option, lifeMs, marginMs] of LIVES)
  test(`how long a connection lives, by ${title}`, () => {
    const { connectionLifeMs, connectionMarginMs } = settings(option).limits;
    assert.deepEqual([connectionLifeMs, connectionMarginMs], [lifeMs, marginMs]);
  });

const PLANS: readonly [title: string, option: Partial<FeedOption>, plan: object][] = [
  ['rests after a loss', { reconnect: { auto: false } }, { autoReconnect: false }],
  [
    'waits as long as told, without a quick first retry',
    { reconnect: { strategy: 'fixed', delay: 2, jitter: 0 } },
    {
      autoReconnect: true,
      backoff: { strategy: 'fixed', delayMs: 2_000, maxMs: 60_000, jitter: 0 },
      quickMs: null,
    },
  ],
  [
    'waits by its times for what it does not say',
    { reconnect: { max: 5 }, times: { backoffMs: 100 } },
    {
      autoReconnect: true,
      backoff: { strategy: 'exponential', delayMs: 100, maxMs: 5_000, jitter: 0.5 },
      quickMs: null,
    },
  ],
  [
    'has no longest wait below the first one',
    { reconnect: { delay: 120 } },
    {
      autoReconnect: true,
      backoff: { strategy: 'exponential', delayMs: 120_000, maxMs: 120_000, jitter: 0.5 },
      quickMs: null,
    },
  ],
];

for (const [title, option, plan] of PLANS)
  test(`a feed that is lost ${title}`, () => assert.deepEqual(settings(option).plan, plan));

test('attempts of the reconnect are those of the times', () => {
  assert.equal(settings({ reconnect: { attempts: 7 }, times: { attemptsMax: 3 } }).times.attemptsMax, 7);
  assert.equal(settings({ times: { attemptsMax: 3 } }).times.attemptsMax, 3);
});

test('a venue that says nothing by itself is pinged more often than silence lasts, unless told otherwise', () => {
  const { pingIntervalMs, silentAfterMs } = settings({ exchange: 'poloniex' }).times;
  assert.ok(pingIntervalMs < silentAfterMs);
  assert.equal(
    settings({ exchange: 'poloniex', times: { pingIntervalMs: 25_000 } }).times.pingIntervalMs,
    25_000,
  );
});
