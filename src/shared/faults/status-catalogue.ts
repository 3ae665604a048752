/**
 * What a status record may say, one line each. `scope` tells whether it speaks of the feed or of one
 * instrument of it. The numbers are carried in records and never reused.
 */
interface StatusEntry {
  readonly id: number;
  readonly scope: 'feed' | 'instrument';
  readonly meaning: string;
}

export const STATUSES = {
  connecting: { id: 1, scope: 'feed', meaning: 'a connection attempt begins' },
  connected: { id: 2, scope: 'feed', meaning: 'the connection is open; subscriptions follow' },
  disconnected: {
    id: 3,
    scope: 'feed',
    meaning: 'the connection is gone; every book of the feed is stale; value is the close code',
  },
  reconnecting: { id: 4, scope: 'feed', meaning: 'the next attempt is scheduled; value is the delay in ms' },
  closed: { id: 5, scope: 'feed', meaning: 'the feed is over and will not come back' },
  subscribed: { id: 6, scope: 'instrument', meaning: 'the exchange accepted a subscription' },
  unsubscribed: { id: 7, scope: 'instrument', meaning: 'a subscription ended' },
  refused: {
    id: 8,
    scope: 'instrument',
    meaning: 'the exchange refused a subscription; it is not tried again',
  },
  stale: {
    id: 9,
    scope: 'instrument',
    meaning: 'the book can no longer be trusted; no level follows before a new snapshot',
  },
  live: {
    id: 10,
    scope: 'instrument',
    meaning: 'the book is whole; its snapshot is the next book record of the instrument',
  },
  venue: { id: 11, scope: 'feed', meaning: 'the exchange states its condition; the detail is its word' },
  restarted: { id: 12, scope: 'feed', meaning: 'the worker of the feed was started anew, in a new epoch' },
  fault: {
    id: 13,
    scope: 'feed',
    meaning: 'something went wrong that changes no state; the fault says what',
  },
  rotated: {
    id: 14,
    scope: 'feed',
    meaning: 'another connection took over without a gap; the detail is why, value is how long it took in ms',
  },
  lineLost: {
    id: 15,
    scope: 'feed',
    meaning:
      'one of several connections is gone and the feed goes on with the others; value is the close code',
  },
} as const satisfies Readonly<Record<string, StatusEntry>>;

export type StatusName = keyof typeof STATUSES;
export type StatusCode = (typeof STATUSES)[StatusName]['id'];

const NAMES: readonly StatusName[] = Object.keys(STATUSES) as StatusName[];
const BY_ID: ReadonlyMap<number, StatusName> = new Map(NAMES.map((name) => [STATUSES[name].id, name]));

export const statusName = (id: number): StatusName => BY_ID.get(id) ?? 'fault';
