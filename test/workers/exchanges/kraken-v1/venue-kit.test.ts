import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { KRAKEN_V1_CASE } from './venue-case.ts';

runVenueKit(KRAKEN_V1_CASE);
