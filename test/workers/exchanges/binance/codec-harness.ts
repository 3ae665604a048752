import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { BinanceCodec } from '../../../../src/workers/exchanges/binance/binance-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export class BinanceHarness extends CodecHarness<BinanceCodec> {
  constructor(symbols: readonly string[], { hot = true } = {}) {
    super({
      createCodec: (context) => new BinanceCodec(context),
      instruments: instrumentsOf(symbols),
      hot,
    });
  }
}

/** @param depth levels of a book that is sent whole each time; left out for one of all levels. */
export const book = (instrument: number, depth?: number): Subscription => ({
  channel: 'book',
  instrument: instrument as InstrumentId,
  ...(depth === undefined ? {} : { depth }),
});
