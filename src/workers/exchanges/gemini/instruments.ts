import {
  arrayOf,
  type InstrumentListReader,
  objectOf,
  stepDecimals,
  textOf,
  wordOf,
} from '../instrument-list.ts';

/**
 * The list has names alone. How `btcusd` is split is told by the details of each, as are the steps; the tick
 * is that of the quantity.
 *
 * Source: docs.gemini.com/rest-api, "Symbols" and "Symbol details".
 */
export const GEMINI_INSTRUMENTS: InstrumentListReader = {
  path: '/v1/symbols',
  drafts(list) {
    return arrayOf(list)?.map((name) => ({
      name: textOf(name),
      priceDecimals: undefined,
      quantityDecimals: undefined,
      status: '',
    }));
  },
  details: {
    path: (venueSymbol) => `/v1/symbols/details/${encodeURIComponent(venueSymbol.toLowerCase())}`,
    draft(value) {
      const details = objectOf(value);
      const base = textOf(details?.get('base_currency'));
      const quote = textOf(details?.get('quote_currency'));
      if (base === undefined || quote === undefined) return undefined;
      return {
        name: `${base}/${quote}`,
        priceDecimals: stepDecimals(details?.get('quote_increment')),
        quantityDecimals: stepDecimals(details?.get('tick_size')),
        status: wordOf(details?.get('status')),
      };
    },
  },
};
