import {
  decimalsOf,
  type InstrumentDraft,
  type InstrumentListReader,
  objectOf,
  textOf,
  wordOf,
} from '../instrument-list.ts';

/**
 * Pairs of both of Kraken's APIs, under the names of the older one. Pairs without a `wsname` are in no feed.
 *
 * Source: docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs.
 */
export const KRAKEN_INSTRUMENTS: InstrumentListReader = {
  path: '/0/public/AssetPairs',
  drafts(list) {
    const result = objectOf(objectOf(list)?.get('result'));
    return result === undefined ? undefined : [...result.values()].map((pair) => draftOf(objectOf(pair)));
  },
};

const draftOf = (pair: ReturnType<typeof objectOf>): InstrumentDraft => ({
  name: textOf(pair?.get('wsname')),
  priceDecimals: decimalsOf(pair?.get('pair_decimals')),
  quantityDecimals: decimalsOf(pair?.get('lot_decimals')),
  status: wordOf(pair?.get('status')),
});
