import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { GeminiV1Codec } from '../../../../src/workers/exchanges/gemini-v1/gemini-v1-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export const BTC = 0 as InstrumentId;
export const ETH = 1 as InstrumentId;
export const SOL = 2 as InstrumentId;

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });

const URL_GIVEN = 'wss://example.test/v1';

/** A codec whose connections are made to the address of what is subscribed on them. */
export class Harness extends CodecHarness<GeminiV1Codec> {
  constructor(hot = true) {
    super({
      createCodec: (context) => new GeminiV1Codec(context),
      instruments: instrumentsOf(['BTCUSD', 'ETHUSD', 'SOLUSD']),
      hot,
    });
  }

  /** A connection is made, and all of these are subscribed on it. */
  connected(...subscriptions: Subscription[]): this {
    this.codec.reset();
    this.codec.address(URL_GIVEN, subscriptions);
    this.codec.subscribe(subscriptions);
    return this;
  }
}
