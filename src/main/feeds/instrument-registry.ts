import type { Instrument } from '../../shared/contract.ts';
import { INSTRUMENTS_MAX } from '../../shared/counters/symbol-counters.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { FeedId, InstrumentId } from '../../shared/units.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';

export interface RegisteredInstrument extends Instrument {
  readonly feed: FeedId;
  readonly exchange: ExchangeName;
}

/** Gives out instrument ids, so that text never has to cross the rings. One row for each symbol of each feed. */
export class InstrumentRegistry {
  readonly #rows: RegisteredInstrument[] = [];
  readonly #byFeed = new Map<FeedId, Map<string, RegisteredInstrument>>();

  /** The instrument of this symbol (in the one form) in this feed; a new row where there is none. */
  intern(feed: FeedId, exchange: ExchangeName, symbol: string): RegisteredInstrument {
    const ofFeed = this.#byFeed.get(feed) ?? new Map<string, RegisteredInstrument>();
    this.#byFeed.set(feed, ofFeed);
    const known = ofFeed.get(symbol);
    if (known !== undefined) return known;
    if (this.#rows.length >= INSTRUMENTS_MAX)
      throw new MisuseError(`Condition failed: at most ${INSTRUMENTS_MAX} symbols over all feeds`);
    const row: RegisteredInstrument = {
      id: this.#rows.length as InstrumentId,
      symbol,
      venueSymbol: VENUES[exchange].toVenueSymbol(symbol),
      feed,
      exchange,
    };
    this.#rows.push(row);
    ofFeed.set(symbol, row);
    return row;
  }

  /** The row of an id; undefined for `NO_INSTRUMENT`. */
  get(id: InstrumentId): RegisteredInstrument | undefined {
    return this.#rows[id];
  }

  ofFeed(feed: FeedId): readonly RegisteredInstrument[] {
    return [...(this.#byFeed.get(feed)?.values() ?? [])];
  }

  get rows(): readonly RegisteredInstrument[] {
    return this.#rows;
  }
}
