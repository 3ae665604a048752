import type { ExchangeName } from '../../shared/venues/venue.ts';
import { BINANCE_INSTRUMENTS } from './binance/instruments.ts';
import { COINBASE_INSTRUMENTS } from './coinbase/instruments.ts';
import { GEMINI_INSTRUMENTS } from './gemini/instruments.ts';
import type { InstrumentListReader } from './instrument-list.ts';
import { KRAKEN_INSTRUMENTS } from './kraken/instruments.ts';
import { POLONIEX_INSTRUMENTS } from './poloniex/instruments.ts';
import { POLONIEX_LEGACY_INSTRUMENTS } from './poloniex-legacy/instruments.ts';

/**
 * How the list of each exchange's instruments is asked for and read. Apart from the codecs, so that a worker that
 * reads lists alone starts sooner.
 */
export const INSTRUMENT_LISTS: Readonly<Record<ExchangeName, InstrumentListReader>> = {
  kraken: KRAKEN_INSTRUMENTS,
  'kraken-v1': KRAKEN_INSTRUMENTS,
  binance: BINANCE_INSTRUMENTS,
  poloniex: POLONIEX_INSTRUMENTS,
  'poloniex-legacy': POLONIEX_LEGACY_INSTRUMENTS,
  gemini: GEMINI_INSTRUMENTS,
  'gemini-v1': GEMINI_INSTRUMENTS,
  coinbase: COINBASE_INSTRUMENTS,
};
