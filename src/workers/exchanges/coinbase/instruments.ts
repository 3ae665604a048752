import {
  arrayOf,
  type InstrumentListReader,
  objectOf,
  stepDecimals,
  textOf,
  wordOf,
} from '../instrument-list.ts';

/** Source: docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-all-known-trading-pairs. */
export const COINBASE_INSTRUMENTS: InstrumentListReader = {
  path: '/products',
  drafts(list) {
    return arrayOf(list)?.map((value) => {
      const product = objectOf(value);
      return {
        name: textOf(product?.get('id')),
        priceDecimals: stepDecimals(product?.get('quote_increment')),
        quantityDecimals: stepDecimals(product?.get('base_increment')),
        status:
          product?.get('trading_disabled') === true ? 'trading disabled' : wordOf(product?.get('status')),
      };
    });
  },
};
