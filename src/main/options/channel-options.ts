import { MisuseError } from '../../shared/invariant.ts';
import {
  CHANNELS,
  type ChannelName,
  type ChannelRules,
  type ExchangeName,
  VENUE_CHANNELS,
} from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { didYouMean } from './nearest.ts';
import type { ChannelOption } from './open-options.ts';
import { shown } from './option-rules.ts';

/** Every word for a channel, of ringfeed and of the venues: such a one is no misspelling where a venue lacks it. */
const CHANNEL_WORDS: readonly string[] = [...CHANNELS, ...VENUE_CHANNELS];

/** A channel option with its name resolved and its parameters checked against the venue. */
export interface CheckedChannel {
  readonly channel: ChannelName;
  readonly depth?: number;
  readonly interval?: number;
  readonly aggregated?: true;
  readonly trigger?: 'trades' | 'bbo';
  readonly snapshot?: boolean;
}

/**
 * Resolves a channel option for a venue.
 *
 * @throws MisuseError for a channel, depth or interval the venue does not have, with the nearest that it has.
 */
export function checkChannel(exchange: ExchangeName, option: ChannelOption, where: string): CheckedChannel {
  const venue = VENUES[exchange];
  const given = typeof option === 'string' ? { name: option } : option;
  const byName = [...venue.channels].find(
    ([name, rules]) =>
      name === given.name || rules.venueName === given.name || rules.aggregatedName === given.name,
  );
  if (byName === undefined) {
    const names = [...venue.channels.keys()];
    const known = CHANNEL_WORDS.includes(given.name)
      ? ''
      : didYouMean(given.name, [...names, ...[...venue.channels.values()].flatMap(wordsOf)]);
    throw new MisuseError(
      `Condition failed: ${where} "${given.name}" is no channel of ${exchange}, allowed: ${names.join(', ')}${known}`,
    );
  }
  const [channel, rules] = byName;
  const pick = (label: 'depth' | 'interval', allowed: readonly number[] | undefined): number | undefined => {
    const value = given[label];
    if (allowed === undefined) {
      if (value !== undefined)
        throw new MisuseError(`Condition failed: ${where} ${label} is not for ${exchange} ${channel}`);
      return undefined;
    }
    if (value === undefined) return label === 'depth' && rules.fullBook === true ? undefined : allowed[0];
    if (!allowed.includes(value))
      throw new MisuseError(
        `Condition failed: ${where} ${label} is ${shown(value)}, allowed for ${exchange} ${channel}: ${allowed.join(', ')}`,
      );
    return value;
  };
  const depth = pick('depth', rules.depths);
  const interval = pick('interval', rules.intervals);
  if (given.trigger !== undefined && !(exchange === 'kraken' && channel === 'ticker'))
    throw new MisuseError(`Condition failed: ${where} trigger is for the ticker of kraken only`);
  return {
    channel,
    ...(depth === undefined ? {} : { depth }),
    ...(interval === undefined ? {} : { interval }),
    ...(rules.aggregatedName === given.name ? { aggregated: true } : {}),
    ...(given.trigger === undefined ? {} : { trigger: given.trigger }),
    ...(given.snapshot === undefined ? {} : { snapshot: given.snapshot }),
  };
}

/** The venue's words for a channel. */
const wordsOf = ({ venueName, aggregatedName }: ChannelRules): readonly string[] =>
  aggregatedName === undefined ? [venueName] : [venueName, aggregatedName];

/** @throws MisuseError where the text is no symbol of the venue in either form. */
export function checkSymbol(exchange: ExchangeName, given: string, where: string): string {
  const symbol = VENUES[exchange].toSymbol(given);
  if (symbol === undefined)
    throw new MisuseError(
      `Condition failed: ${where} ${shown(given)} is no symbol of ${exchange}, expected a form like "BTC/USD"`,
    );
  return symbol;
}
