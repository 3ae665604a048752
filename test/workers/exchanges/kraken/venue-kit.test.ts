import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { KRAKEN_CASE } from './venue-case.ts';

runVenueKit(KRAKEN_CASE);
