import type { Subscription } from '../../../shared/contract.ts';
import type { InstrumentId } from '../../../shared/units.ts';

/** What a connection carries, all of it said in its address. */
export interface Address {
  readonly instruments: ReadonlySet<InstrumentId>;
  /** Of each of its instruments. */
  readonly hasBooks: boolean;
  /** Of each of its instruments. */
  readonly hasTrades: boolean;
}

export const NOWHERE: Address = { instruments: new Set(), hasBooks: false, hasTrades: false };

/** The least address that carries all of these: there are books of every symbol in it, or of none; so with trades. */
export function addressOf(subscriptions: readonly Subscription[]): Address {
  return {
    instruments: new Set(subscriptions.map(({ instrument }) => instrument)),
    hasBooks: subscriptions.some(({ channel }) => channel === 'book'),
    hasTrades: subscriptions.some(({ channel }) => channel === 'trade'),
  };
}

export const carries = (
  { instruments, hasBooks, hasTrades }: Address,
  { channel, instrument }: Subscription,
): boolean => instruments.has(instrument) && (channel === 'book' ? hasBooks : hasTrades);

export const isSameAddress = (a: Address, b: Address): boolean =>
  a.hasBooks === b.hasBooks &&
  a.hasTrades === b.hasTrades &&
  a.instruments.size === b.instruments.size &&
  [...a.instruments].every((instrument) => b.instruments.has(instrument));

/**
 * The URL of an address, below that of the venue. One symbol and several have different ones.
 *
 * Heartbeats are asked for because they are counted with the other messages: the last one lost before a market
 * falls silent is noticed by them.
 */
export function addressUrl(
  url: string,
  { hasBooks, hasTrades }: Address,
  venueSymbols: readonly string[],
): string {
  const [root = '', given] = url.split('?', 2);
  const flags = [
    ...(given === undefined || given === '' ? [] : [given]),
    'heartbeat=true',
    ...(hasBooks ? ['bids=true', 'offers=true'] : []),
    ...(hasTrades ? ['trades=true'] : []),
  ].join('&');
  const symbols = venueSymbols.map(encodeURIComponent);
  const base = root.replace(/\/+$/, '');
  return symbols.length === 1
    ? `${base}/marketdata/${symbols[0]}?${flags}`
    : `${base}/multimarketdata?symbols=${symbols.join(',')}&${flags}`;
}
