import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

/** Codes that the legacy API spells its own way. */
const LEGACY_CODES: ReadonlyMap<string, string> = new Map([['XLM', 'STR']]);
const COMMON_CODES: ReadonlyMap<string, string> = new Map([['STR', 'XLM']]);

const PAIR = /^([A-Z0-9.]{1,20})\/([A-Z0-9.]{1,20})$/;
const LEGACY_PAIR = /^([A-Z0-9.]{1,20})_([A-Z0-9.]{1,20})$/;

const common = (code: string): string => COMMON_CODES.get(code) ?? code;
const legacy = (code: string): string => LEGACY_CODES.get(code) ?? code;

/**
 * The push API that Poloniex retired in January 2023, spoken by servers of one's own only. A pair names first
 * what its price is in: `USDT_BTC` is BTC in USDT.
 *
 * Source: github.com/anders94/api-docs, source/includes/_websockets.md.
 */
export const POLONIEX_LEGACY: Venue = {
  name: 'poloniex-legacy',
  url: 'wss://api2.poloniex.com',
  // Numbers of pairs are asked for once on a connection; six requests per second were allowed to an address.
  rest: { url: 'https://poloniex.com', requestsPerSecond: 6 },
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trade' }],
    ['ticker', { venueName: 'ticker' }],
    ['book', { venueName: 'book' }],
  ]),
  toSymbol(given) {
    const pair = given.toUpperCase();
    const [, base, quote] = PAIR.exec(pair) ?? [];
    if (base !== undefined && quote !== undefined) return `${common(base)}/${common(quote)}`;
    const [, first, second] = LEGACY_PAIR.exec(pair) ?? [];
    if (first === undefined || second === undefined) return undefined;
    return `${common(second)}/${common(first)}`;
  },
  toVenueSymbol: (symbol) => symbol.split('/').reverse().map(legacy).join('_'),
  numberedBooks: true,
  limits: PLATFORM_LIMITS['poloniex-legacy'],
};

/** The detail of a frame whose sequence does not follow the one before it. */
export const skippedFrame = (sequence: number, before: number): string => `frame ${sequence} after ${before}`;

/** What such a detail says; undefined where it is another. */
export function readSkippedFrame(
  detail: string,
): { readonly sequence: number; readonly before: number } | undefined {
  const [, sequence, before] = /^frame (\d+) after (\d+)$/.exec(detail) ?? [];
  return sequence === undefined || before === undefined
    ? undefined
    : { sequence: Number(sequence), before: Number(before) };
}
