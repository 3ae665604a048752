import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { POLONIEX_CASE } from './venue-case.ts';

runVenueKit(POLONIEX_CASE);
