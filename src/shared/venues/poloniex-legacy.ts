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
export const POLONIEX_LEGACY: Omit<Venue, 'name'> & { readonly name: 'poloniex-legacy' } = {
  name: 'poloniex-legacy',
  url: 'wss://api2.poloniex.com',
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
  limits: PLATFORM_LIMITS.poloniex,
};
