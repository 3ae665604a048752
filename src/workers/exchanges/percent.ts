import { decimalsOf, INEXACT, POWERS_OF_TEN } from '../../shared/decimal/decimals.ts';
import { TICKER_PLACE, type TickerDraft } from './drafts.ts';

/** Decimals by which a fraction has more than its percentage. */
const PERCENT_DECIMALS = 2;
/** Decimals that can be told of a number that is the nearest to what was sent. */
const INEXACT_DECIMALS_MAX = 63;

/** Makes percent of a change that was sent as a fraction, with the very digits where a float64 holds them. */
export function changeToPercent({ numbers, decimals }: TickerDraft): void {
  const place = TICKER_PLACE.changePct;
  const fraction = numbers[place]!;
  const byte = decimals[place]!;
  const shown = Math.max(0, decimalsOf(byte) - PERCENT_DECIMALS);
  if (byte < INEXACT && byte >= PERCENT_DECIMALS && byte < POWERS_OF_TEN.length) {
    numbers[place] = Math.round(fraction * POWERS_OF_TEN[byte]!) / POWERS_OF_TEN[shown]!;
    decimals[place] = shown;
  } else {
    numbers[place] = fraction * 100;
    decimals[place] = byte < PERCENT_DECIMALS ? 0 : INEXACT | Math.min(shown, INEXACT_DECIMALS_MAX);
  }
}
