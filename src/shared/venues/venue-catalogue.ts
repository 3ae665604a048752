import { BINANCE } from './binance.ts';
import { GEMINI } from './gemini.ts';
import { KRAKEN, KRAKEN_V1 } from './kraken.ts';
import { POLONIEX } from './poloniex.ts';
import type { ExchangeName, Venue } from './venue.ts';

export const VENUES: Readonly<Record<ExchangeName, Venue>> = {
  kraken: KRAKEN,
  'kraken-v1': KRAKEN_V1,
  binance: BINANCE,
  poloniex: POLONIEX,
  gemini: GEMINI,
};
