import { type Subscription, subscriptionKey } from '../../shared/contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { bookBytes } from '../../shared/records/book.ts';
import { type FeedId, type InstrumentId, NO_INSTRUMENT } from '../../shared/units.ts';
import type { ChannelName, ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { checkChannel, checkSymbol } from '../options/channel-options.ts';
import type { ChannelOption } from '../options/open-options.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';

export interface SymbolsAndChannels {
  readonly symbols: readonly string[];
  readonly channels: readonly ChannelOption[];
}

/** Whose subscriptions they are. */
export interface Subscriber {
  readonly id: FeedId;
  readonly exchange: ExchangeName;
  readonly ringBytes: number;
  readonly registry: InstrumentRegistry;
}

/**
 * Checks symbols and channels, and gives every symbol its instrument.
 *
 * @param where what stands before the name of an option in a message.
 * @throws MisuseError for what the venue does not have, and for books that the ring could not hold.
 */
export function resolveSubscriptions(
  { id, exchange, ringBytes, registry }: Subscriber,
  options: SymbolsAndChannels,
  where: string,
): readonly Subscription[] {
  const channels = options.channels.map((channel, n) =>
    checkChannel(exchange, channel, `${where}.channels.${n}`),
  );
  const symbols = options.symbols.map((symbol, n) => checkSymbol(exchange, symbol, `${where}.symbols.${n}`));
  const books = channels.filter(({ channel }) => channel === 'book');
  if (books.length > 1)
    throw new MisuseError(
      `Condition failed: ${where}.channels has ${books.length} books, allowed: one depth for each feed`,
    );
  const trades = channels.filter(({ channel }) => channel === 'trade');
  if (trades.some(({ aggregated }) => aggregated !== trades[0]!.aggregated))
    throw new MisuseError(
      `Condition failed: ${where}.channels has trades both one by one and aggregated, allowed: one of them for each feed`,
    );
  for (const { depth = 0 } of books) {
    // A record takes at most half of its ring, and a snapshot is one record.
    const needed = 2 * bookBytes(2 * depth);
    if (needed > ringBytes)
      throw new MisuseError(
        `Condition failed: option ring.bytes is ${ringBytes}, allowed with books of depth ${depth}: ${2 ** Math.ceil(Math.log2(needed))} or more`,
      );
  }
  const rules = VENUES[exchange].channels;
  if (symbols.length === 0 && channels.some(({ channel }) => rules.get(channel)?.wholeVenue !== true))
    throw new MisuseError(`Condition failed: ${where}.symbols is empty, give at least one symbol`);
  const instruments = symbols.map((symbol) => registry.intern(id, exchange, symbol).id);
  const ids = (wholeVenue: boolean): readonly InstrumentId[] => (wholeVenue ? [NO_INSTRUMENT] : instruments);
  return channels.flatMap((channel) =>
    ids(rules.get(channel.channel)?.wholeVenue === true).map(
      (instrument): Subscription => ({ ...channel, instrument }),
    ),
  );
}

/** Channels whose records do not say which of an instrument's subscriptions they belong to. */
const SINGLE: ReadonlySet<ChannelName> = new Set(['book', 'trade']);

/**
 * @param wanted what the feed is subscribed to already.
 * @throws MisuseError where an instrument would have books of two depths, or trades of two kinds.
 */
export function checkBeside(
  wanted: readonly Subscription[],
  more: readonly Subscription[],
  registry: InstrumentRegistry,
  where: string,
): void {
  const kept = new Map(
    wanted
      .filter(({ channel }) => SINGLE.has(channel))
      .map((subscription) => [`${subscription.channel} ${subscription.instrument}`, subscription]),
  );
  for (const subscription of more) {
    const { channel, instrument } = subscription;
    const other = kept.get(`${channel} ${instrument}`);
    if (other !== undefined && subscriptionKey(other) !== subscriptionKey(subscription))
      throw new MisuseError(
        `Condition failed: ${where}.channels has another kind of ${channel} for ${registry.get(instrument)?.symbol} than this feed has already, allowed: one for each feed`,
      );
  }
}
