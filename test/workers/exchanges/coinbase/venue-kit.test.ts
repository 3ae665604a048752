import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { COINBASE_CASE } from './venue-case.ts';

runVenueKit(COINBASE_CASE);
