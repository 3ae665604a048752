import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { CoinbaseCodec } from '../../../../src/workers/exchanges/coinbase/coinbase-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export const SKL = 0 as InstrumentId;
export const BAND = 1 as InstrumentId;

export class CoinbaseHarness extends CodecHarness<CoinbaseCodec> {
  constructor({ hot = true } = {}) {
    super({
      createCodec: (context) => new CoinbaseCodec(context),
      instruments: instrumentsOf(['SKL-BTC', 'BAND-GBP']),
      hot,
    });
  }
}

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });
export const ticker = (instrument: InstrumentId): Subscription => ({ channel: 'ticker', instrument });

/** Source: a session of 2021-04-17, github.com/bmoscon/cryptofeed, sample_data/COINBASE.ws.28.0. */
export const MATCH =
  '{"type":"match","trade_id":280232,"maker_order_id":"2a0da34e-61f7-4c36-88e5-c9dd15927b16","taker_order_id":"3c82abaa-c01e-4608-be59-6a1e69742891","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"}';
export const LAST_MATCH =
  '{"type":"last_match","trade_id":881613,"maker_order_id":"27fff20b-af29-4f45-8744-56dd1ef57dc0","taker_order_id":"1da6ce16-c8da-4732-9f71-6049f4c6aaf8","side":"sell","size":"0.04","price":"14.7775","product_id":"BAND-GBP","sequence":333938798,"time":"2021-04-17T16:43:30.244075Z"}';
export const TICKER =
  '{"type":"ticker","sequence":333938798,"product_id":"BAND-GBP","price":"14.7775","open_24h":"14.6647","volume_24h":"94381.28000000","low_24h":"14.3691","high_24h":"16.55","volume_30d":"2295579.57000000","best_bid":"14.7550","best_ask":"14.8060","side":"buy","time":"2021-04-17T16:43:30.244075Z","trade_id":881613,"last_size":"0.04"}';
export const SNAPSHOT =
  '{"type":"snapshot","product_id":"BAND-GBP","asks":[["14.8024","12.77"],["14.8069","12.49"]],"bids":[["14.7693","27.51"],["14.7659","12.48"]]}';
export const L2UPDATE =
  '{"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"]],"time":"2021-04-17T16:43:37.075687Z"}';

/** With its keys in the order of the feed. */
export const heartbeat = (lastTradeId: number): string =>
  `{"type":"heartbeat","last_trade_id":${lastTradeId},"product_id":"SKL-BTC","sequence":90,"time":"2014-11-07T08:19:28.464459Z"}`;
/** With its keys in the order of the documentation. */
export const documentedHeartbeat = (lastTradeId: number): string =>
  `{"type":"heartbeat","sequence":90,"last_trade_id":${lastTradeId},"product_id":"SKL-BTC","time":"2014-11-07T08:19:28.464459Z"}`;
export const matchOf = (tradeId: number): string => MATCH.replace('280232', String(tradeId));
