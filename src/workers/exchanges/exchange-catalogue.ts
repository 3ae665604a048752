import type { FeedProtocol } from '../../shared/contract.ts';
import { BINANCE_CODEC } from './binance/binance-codec.ts';
import { COINBASE_CODEC } from './coinbase/coinbase-codec.ts';
import type { Exchange } from './exchange.ts';
import { GEMINI_CODEC } from './gemini/gemini-codec.ts';
import { GEMINI_V1_CODEC } from './gemini-v1/gemini-v1-codec.ts';
import { KRAKEN_CODEC } from './kraken/kraken-codec.ts';
import { KRAKEN_V1_CODEC } from './kraken-v1/kraken-v1-codec.ts';
import { POLONIEX_CODEC } from './poloniex/poloniex-codec.ts';
import { POLONIEX_LEGACY_CODEC } from './poloniex-legacy/poloniex-legacy-codec.ts';
import { RAW_CODEC } from './raw/raw-codec.ts';

/** The codec of every exchange, and of connections to no exchange. */
export const CODECS: Readonly<Record<FeedProtocol, Exchange>> = {
  kraken: KRAKEN_CODEC,
  'kraken-v1': KRAKEN_V1_CODEC,
  binance: BINANCE_CODEC,
  poloniex: POLONIEX_CODEC,
  'poloniex-legacy': POLONIEX_LEGACY_CODEC,
  gemini: GEMINI_CODEC,
  'gemini-v1': GEMINI_V1_CODEC,
  coinbase: COINBASE_CODEC,
  raw: RAW_CODEC,
};
