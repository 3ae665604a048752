import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { POLONIEX_LEGACY_CASE } from './venue-case.ts';

runVenueKit(POLONIEX_LEGACY_CASE);
