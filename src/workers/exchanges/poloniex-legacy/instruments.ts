import { type InstrumentListReader, objectOf } from '../instrument-list.ts';

/**
 * The tickers of all pairs, which are all that tells their names. They say nothing of decimals.
 *
 * Source: github.com/anders94/api-docs, source/includes/_http.md.
 */
export const POLONIEX_LEGACY_INSTRUMENTS: InstrumentListReader = {
  path: '/public?command=returnTicker',
  drafts(list) {
    const tickers = objectOf(list);
    if (tickers === undefined) return undefined;
    return [...tickers].map(([name, ticker]) => ({
      // What went wrong is told by an object as well: its values are texts.
      name: objectOf(ticker) === undefined ? undefined : name,
      priceDecimals: undefined,
      quantityDecimals: undefined,
      status: objectOf(ticker)?.get('isFrozen') === '1' ? 'frozen' : '',
    }));
  },
};
