import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { GeminiCodec } from '../../../../src/workers/exchanges/gemini/gemini-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export const BTC = 0 as InstrumentId;
export const ETH = 1 as InstrumentId;
const SYMBOLS = ['BTCUSD', 'ETHUSD'] as const;

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId, snapshot?: boolean): Subscription => ({
  channel: 'trade',
  instrument,
  ...(snapshot === undefined ? {} : { snapshot }),
});
export const candle = (instrument: InstrumentId, interval: number): Subscription => ({
  channel: 'candle',
  instrument,
  interval,
});

export class GeminiHarness extends CodecHarness<GeminiCodec> {
  constructor({ hot = true } = {}) {
    super({
      createCodec: (context) => new GeminiCodec(context),
      instruments: instrumentsOf(SYMBOLS),
      hot,
    });
  }
}
