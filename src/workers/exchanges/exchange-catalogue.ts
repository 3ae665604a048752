import type { ExchangeName } from '../../shared/venues/venue.ts';
import type { Exchange } from './exchange.ts';
import { KRAKEN_CODEC } from './kraken/kraken-codec.ts';
import { KRAKEN_V1_CODEC } from './kraken-v1/kraken-v1-codec.ts';

/** The codec of every exchange. */
export const CODECS: Readonly<Record<ExchangeName, Exchange>> = {
  kraken: KRAKEN_CODEC,
  'kraken-v1': KRAKEN_V1_CODEC,
};
