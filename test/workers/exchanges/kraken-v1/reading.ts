import type { Instrument, Subscription } from '../../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { KRAKEN_V1 } from '../../../../src/shared/venues/kraken.ts';
import { KrakenV1Codec } from '../../../../src/workers/exchanges/kraken-v1/kraken-v1-codec.ts';
import { CodecHarness } from '../../../support/venue-kit/codec-harness.ts';

export interface ReadingOptions {
  /** Pairs as on the wire; the ids are 0, 1, … */
  readonly pairs: readonly string[];
  /** Subscribed with `subscribe`, before anything is read. */
  readonly subscriptions?: readonly Subscription[];
  /** False for the cold path alone. */
  readonly hot?: boolean;
}

/** A codec with its books and a sink, whose log holds records, discards and events in their order. */
export class Reading extends CodecHarness<KrakenV1Codec> {
  readonly requests: readonly string[];

  constructor({ pairs, subscriptions = [], hot = true }: ReadingOptions) {
    super({
      createCodec: (context) => new KrakenV1Codec(context),
      instruments: pairs.map(instrument),
      hot,
      nameOf: named,
    });
    this.requests = this.codec.subscribe(subscriptions);
  }
}

const instrument = (pair: string, index: number): Instrument => ({
  id: index as InstrumentId,
  symbol: KRAKEN_V1.toSymbol(pair) ?? pair,
  venueSymbol: pair,
});

const named = (s: Subscription): string => {
  const number = s.depth ?? s.interval;
  return `${s.channel}${number === undefined ? '' : `-${number}`} of ${s.instrument}`;
};

export const book = (id: number, depth: number): Subscription => ({
  channel: 'book',
  instrument: id as InstrumentId,
  depth,
});

/** The same messages, read with the hot path and without it. */
export function readBothWays(
  options: ReadingOptions,
  messages: readonly (string | Uint8Array)[],
): { hot: Reading; cold: Reading } {
  const hot = new Reading({ ...options, hot: true });
  const cold = new Reading({ ...options, hot: false });
  for (const message of messages) {
    hot.read(message);
    cold.read(message);
  }
  return { hot, cold };
}
