import { KRAKEN, KRAKEN_V1 } from './kraken.ts';
import type { ExchangeName, Venue } from './venue.ts';

export const VENUES: Readonly<Record<ExchangeName, Venue>> = { kraken: KRAKEN, 'kraken-v1': KRAKEN_V1 };
