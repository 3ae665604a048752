import type { VenueLimits } from './venue.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What holds where a platform says nothing; the attempts are many more than anybody needs and no storm. */
const UNSTATED: VenueLimits = {
  symbolsPerRequest: 100,
  requestsPerSecond: Number.POSITIVE_INFINITY,
  subscriptionsPerConnection: 500,
  connections: Number.POSITIVE_INFINITY,
  connectionLifeMs: Number.POSITIVE_INFINITY,
  connectionMarginMs: 5 * MINUTE_MS,
  attempts: 300,
  attemptsWindowMs: MINUTE_MS,
};

/**
 * What each platform allows whoever connects, in one place. A number that no page of the platform names is
 * ours, and the comment says so.
 */
export const PLATFORM_LIMITS = {
  /**
   * Attempts: Cloudflare in front of Kraken allows about 150 per rolling 10 minutes and IP.
   * Source: docs.kraken.com/api/docs/guides/spot-ws-intro, read 2026-05-27.
   *
   * The same pages name no message rate (20 requests per second is what other clients keep to), no number of
   * symbols per request, no life of a connection and no number of connections. Nor is there one of
   * subscriptions on a connection: 500 is ours, 100 symbols with five channels each, which still fits into
   * one worker's share of a core on a busy day and loses little when one connection breaks. The nearest
   * published number is 200 symbols, for level 3 books alone, docs.kraken.com/api/docs/websocket-v2/level3.
   */
  kraken: { ...UNSTATED, requestsPerSecond: 20, attempts: 150, attemptsWindowMs: 10 * MINUTE_MS },
  /**
   * Source: github.com/binance/binance-spot-api-docs, web-socket-streams.md of 2026-07-21. A connection lives
   * 24 hours and has at most 1024 streams; 300 attempts per five minutes and IP; five incoming messages per
   * second, pings and pongs among them, so that four are left for requests.
   */
  binance: {
    ...UNSTATED,
    requestsPerSecond: 4,
    subscriptionsPerConnection: 1024,
    connectionLifeMs: 24 * HOUR_MS,
    attempts: 300,
    attemptsWindowMs: 5 * MINUTE_MS,
  },
  /** Source: api-docs.poloniex.com/spot/websocket: 2000 connections per IP, 500 requests per second on each. */
  poloniex: { ...UNSTATED, requestsPerSecond: 500, connections: 2000 },
  /** None was ever published for its connections; and one channel is asked for in a request. */
  'poloniex-legacy': { ...UNSTATED, symbolsPerRequest: 1 },
  /** An older page of Gemini's asked for at most 12 connection requests per minute; today's name none. */
  gemini: { ...UNSTATED, attempts: 12, attemptsWindowMs: MINUTE_MS },
  /**
   * Source: docs.cdp.coinbase.com/exchange/websocket-feed/rate-limits: 8 connections per second and IP, with
   * bursts of 20; 100 requests per second and IP, which is all of ours together. One product in a request is ours:
   * a single one that is not valid has the whole request refused.
   */
  coinbase: {
    ...UNSTATED,
    symbolsPerRequest: 1,
    requestsPerSecond: 100,
    attempts: 8,
    attemptsWindowMs: SECOND_MS,
  },
} as const satisfies Readonly<Record<string, VenueLimits>>;

export type PlatformName = keyof typeof PLATFORM_LIMITS;

export const PLATFORMS = Object.keys(PLATFORM_LIMITS) as readonly PlatformName[];
