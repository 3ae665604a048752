import { runVenueKit } from '../../../support/venue-kit/venue-kit.ts';
import { GEMINI_CASE } from './venue-case.ts';

runVenueKit(GEMINI_CASE);
