import type { Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { PoloniexLegacyCodec } from '../../../../src/workers/exchanges/poloniex-legacy/poloniex-legacy-codec.ts';
import { CodecHarness, instrumentsOf } from '../../../support/venue-kit/codec-harness.ts';

export { RECEIVED_AT as NOW } from '../../../support/venue-kit/codec-harness.ts';

export const BTC_BTS = 0 as InstrumentId;
export const BTC_ETH = 1 as InstrumentId;

export class PoloniexLegacyHarness extends CodecHarness<PoloniexLegacyCodec> {
  constructor(names: readonly string[] = ['BTC_BTS', 'BTC_ETH'], { hot = true } = {}) {
    super({
      createCodec: (context) => new PoloniexLegacyCodec(context),
      instruments: instrumentsOf(names),
      hot,
    });
  }

  /** Answers what was asked with the numbers of these pairs. */
  answered(ids: Readonly<Record<string, number>>): this {
    return this.answer(numbersText(ids));
  }
}

/** What the venue tells of all pairs over REST. */
export const numbersText = (ids: Readonly<Record<string, number>>): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, { id, last: '1', isFrozen: '0' }])),
  );

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });
export const ticker = (instrument: InstrumentId): Subscription => ({ channel: 'ticker', instrument });
