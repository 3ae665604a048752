import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { BINANCE_CASE } from './venue-case.ts';

runVenueKit(BINANCE_CASE);
