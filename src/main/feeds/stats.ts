import { COUNTED, FEED, KIND, kindWord } from '../../shared/counters/feed-counters.ts';
import { BOOK_STATE, SYMBOL, type SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import type { ConnectionState } from '../../shared/session/connection-state.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';
import type { Feed } from './feed.ts';

/** How many records of one kind (or of all) came, and what became of them. `received = delivered + dropped + conflated`. */
export interface FlowStats {
  /** Market records read from the exchange's messages. */
  readonly received: number;
  /** Put into the strategy's ring. */
  readonly delivered: number;
  /** Lost to a full ring, or withheld because a book could not be trusted; each announced by a gap record. */
  readonly dropped: number;
  /** Folded into the fresh book, ticker or quote that followed. */
  readonly conflated: number;
}

export interface SymbolStats {
  readonly symbol: string;
  readonly book: 'absent' | 'live' | 'stale';
  readonly checksums: { readonly checked: number; readonly failed: number };
  readonly resyncs: number;
}

export interface FeedStats extends FlowStats {
  readonly feed: string;
  readonly exchange: ExchangeName;
  /** Without user info and query. */
  readonly url: string;
  readonly state: ConnectionState;
  /** Connections begun. */
  readonly epochs: number;
  readonly messages: number;
  readonly bytes: number;
  readonly gaps: number;
  readonly checksums: { readonly checked: number; readonly failed: number };
  readonly resyncs: number;
  readonly reconnects: number;
  readonly malformed: number;
  /** Messages that took the slower path because they had an unusual shape. */
  readonly cold: number;
  /** Books, tickers and quotes written anew after an overflow; not in `received`. */
  readonly refreshed: number;
  /** Times the socket was made to wait for room in the ring. */
  readonly pauses: number;
  readonly ring: { readonly bytes: number; readonly heldBytes: number };
  readonly byKind: Readonly<Record<(typeof COUNTED)[number], FlowStats>>;
  readonly symbols: readonly SymbolStats[];
}

const BOOK_STATE_NAMES = Object.keys(BOOK_STATE) as (keyof typeof BOOK_STATE)[];

/** Copies everything that is counted for a feed. Allocates: for people and monitors, not for a loop. */
export function feedStats(feed: Feed, symbols: SymbolCounters): FeedStats {
  const words = feed.counters();
  const state = feed.state;
  const flow = (row: number): FlowStats => ({
    received: words[kindWord(row, KIND.received)]!,
    delivered: words[kindWord(row, KIND.delivered)]!,
    dropped: words[kindWord(row, KIND.dropped)]!,
    conflated: words[kindWord(row, KIND.conflated)]!,
  });
  const kinds = COUNTED.map((name, row) => [name, flow(row)] as const);
  const sum = (key: keyof FlowStats): number => kinds.reduce((total, [, kind]) => total + kind[key], 0);
  const { settings } = feed;
  return {
    feed: feed.name,
    exchange: settings.exchange,
    url: safeUrl(settings.url),
    state,
    epochs: words[FEED.epoch]!,
    messages: words[FEED.messages]!,
    bytes: words[FEED.bytes]!,
    received: sum('received'),
    delivered: sum('delivered'),
    dropped: sum('dropped'),
    conflated: sum('conflated'),
    gaps: words[FEED.gaps]!,
    checksums: { checked: words[FEED.checksumsChecked]!, failed: words[FEED.checksumsFailed]! },
    resyncs: words[FEED.resyncs]!,
    reconnects: words[FEED.reconnects]!,
    malformed: words[FEED.malformed]!,
    cold: words[FEED.cold]!,
    refreshed: words[FEED.refreshed]!,
    pauses: words[FEED.pauses]!,
    ring: { bytes: settings.ringBytes, heldBytes: feed.reader.heldBytes() },
    byKind: Object.fromEntries(kinds) as FeedStats['byKind'],
    symbols: settings.registry.ofFeed(feed.id).map(({ id, symbol }) => ({
      symbol,
      book: BOOK_STATE_NAMES[symbols.get(id, SYMBOL.bookState)] ?? 'absent',
      checksums: {
        checked: symbols.get(id, SYMBOL.checksumsChecked),
        failed: symbols.get(id, SYMBOL.checksumsFailed),
      },
      resyncs: symbols.get(id, SYMBOL.resyncs),
    })),
  };
}
