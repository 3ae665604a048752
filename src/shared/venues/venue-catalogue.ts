import { BINANCE } from './binance.ts';
import { COINBASE } from './coinbase.ts';
import { GEMINI } from './gemini.ts';
import { GEMINI_V1 } from './gemini-v1.ts';
import { KRAKEN, KRAKEN_V1 } from './kraken.ts';
import { POLONIEX } from './poloniex.ts';
import { POLONIEX_LEGACY } from './poloniex-legacy.ts';
import type { ExchangeName, Venue } from './venue.ts';

export const VENUES: Readonly<Record<ExchangeName, Venue>> = {
  kraken: KRAKEN,
  'kraken-v1': KRAKEN_V1,
  binance: BINANCE,
  poloniex: POLONIEX,
  'poloniex-legacy': POLONIEX_LEGACY,
  gemini: GEMINI,
  'gemini-v1': GEMINI_V1,
  coinbase: COINBASE,
};
