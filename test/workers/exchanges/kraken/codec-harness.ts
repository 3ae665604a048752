import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { KrakenCodec } from '../../../../src/workers/exchanges/kraken/kraken-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export { RECEIVED_AT } from '../../../support/venue-kit/codec-harness.ts';

export const BTC = 0 as InstrumentId;
export const ETH = 1 as InstrumentId;
export const MATIC = 2 as InstrumentId;
export const ALGO = 3 as InstrumentId;
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'MATIC/USD', 'ALGO/USD', 'ETH/BTC', 'BTC/USDT', 'XBT/USDT'] as const;

export class KrakenHarness extends CodecHarness<KrakenCodec> {
  constructor({ hot = true } = {}) {
    super({
      createCodec: (context) => new KrakenCodec(context),
      instruments: instrumentsOf(SYMBOLS),
      hot,
    });
  }
}

export const book = (instrument: InstrumentId, depth = 10): Subscription => ({
  channel: 'book',
  instrument,
  depth,
});
