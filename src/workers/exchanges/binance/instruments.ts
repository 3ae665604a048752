import type { JsonObject } from '../../../shared/json/read-json.ts';
import {
  arrayOf,
  type InstrumentDraft,
  type InstrumentListReader,
  objectOf,
  stepDecimals,
  textOf,
  wordOf,
} from '../instrument-list.ts';

/**
 * Who may trade what makes up most of the list and says nothing to us, so that it is left out.
 *
 * Source: github.com/binance/binance-spot-api-docs, rest-api.md.
 */
export const BINANCE_INSTRUMENTS: InstrumentListReader = {
  path: '/api/v3/exchangeInfo?showPermissionSets=false',
  drafts(list) {
    const symbols = arrayOf(objectOf(list)?.get('symbols'));
    return symbols?.map((entry) => draftOf(objectOf(entry) ?? new Map()));
  },
};

function draftOf(entry: JsonObject): InstrumentDraft {
  const base = textOf(entry.get('baseAsset'));
  const quote = textOf(entry.get('quoteAsset'));
  // A pair whose streams have another name than its assets would make could not be subscribed.
  const isJoined = base !== undefined && quote !== undefined && textOf(entry.get('symbol')) === base + quote;
  const filters = new Map(
    (arrayOf(entry.get('filters')) ?? []).map((filter) => {
      const rules = objectOf(filter);
      return [rules?.get('filterType'), rules] as const;
    }),
  );
  return {
    name: isJoined ? `${base}/${quote}` : undefined,
    priceDecimals: stepDecimals(filters.get('PRICE_FILTER')?.get('tickSize')),
    quantityDecimals: stepDecimals(filters.get('LOT_SIZE')?.get('stepSize')),
    status: wordOf(entry.get('status')),
  };
}
