import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { PoloniexCodec } from '../../../../src/workers/exchanges/poloniex/poloniex-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export { RECEIVED_AT } from '../../../support/venue-kit/codec-harness.ts';

export const BTC = 0 as InstrumentId;
export const BCH = 1 as InstrumentId;
export const BTC_USDC = 2 as InstrumentId;

const SYMBOLS = ['BTC_USDT', 'BCH_USDT', 'BTC_USDC'] as const;

export class PoloniexHarness extends CodecHarness<PoloniexCodec> {
  constructor({ hot = true } = {}) {
    super({
      createCodec: (context) => new PoloniexCodec(context),
      instruments: instrumentsOf(SYMBOLS),
      hot,
    });
  }
}

export const book = (instrument: InstrumentId, depth = 20): Subscription => ({
  channel: 'book',
  instrument,
  depth,
});

export const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });
