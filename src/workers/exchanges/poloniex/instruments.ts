import {
  arrayOf,
  decimalsOf,
  type InstrumentListReader,
  objectOf,
  textOf,
  wordOf,
} from '../instrument-list.ts';

/** Source: api-docs.poloniex.com/spot/api/public/reference-data. */
export const POLONIEX_INSTRUMENTS: InstrumentListReader = {
  path: '/markets',
  drafts(list) {
    return arrayOf(list)?.map((value) => {
      const market = objectOf(value);
      const limits = objectOf(market?.get('symbolTradeLimit'));
      return {
        name: textOf(market?.get('symbol')),
        priceDecimals: decimalsOf(limits?.get('priceScale')),
        quantityDecimals: decimalsOf(limits?.get('quantityScale')),
        status: wordOf(market?.get('state')),
      };
    });
  },
};
