import {
  COUNTED,
  FEED,
  KIND,
  kindWord,
  LINE,
  LINES_MAX,
  lineWord,
} from '../../shared/counters/feed-counters.ts';
import { BOOK_STATE, SYMBOL, type SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import { type ConnectionState, connectionState } from '../../shared/session/connection-state.ts';
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

/** One of several connections of a feed that are subscribed to the same. Counted since it was opened. */
export interface LineStats {
  readonly state: ConnectionState;
  /** Market records it had. */
  readonly offered: number;
  /** Of these, the ones that were delivered because it had them first. */
  readonly wins: number;
  /** Those another line had first. */
  readonly duplicates: number;
  /** Those that came when a later one was delivered already. */
  readonly late: number;
  /** Records another line had and this one did not. */
  readonly lost: number;
  /** By how much it was first, where it was, µs; NaN where it never was. */
  readonly leadUs: { readonly p50: number; readonly p99: number };
}

export interface FeedStats extends FlowStats {
  /** Name of the connection: `kraken#0`, and `kraken#0.1` for the second one that a feed needed. */
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
  /** Connections replaced by another without a gap. */
  readonly rotations: number;
  /** Records that were not delivered because another line had said them, or could not be heard yet. */
  readonly duplicates: number;
  readonly malformed: number;
  /** Messages that took the slower path because they had an unusual shape. */
  readonly cold: number;
  /** Books, tickers and quotes written anew after an overflow; not in `received`. */
  readonly refreshed: number;
  /** Times the socket was made to wait for room in the ring. */
  readonly pauses: number;
  readonly ring: { readonly bytes: number; readonly heldBytes: number };
  readonly byKind: Readonly<Record<(typeof COUNTED)[number], FlowStats>>;
  /** Its lines while there are several: with `lines: 2`, and during a rotation. Brought up to date four times a second. */
  readonly lines: readonly LineStats[];
  /** Those subscribed here, or last here. Where their channels are on two connections, both show the one book. */
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
    rotations: words[FEED.rotations]!,
    duplicates: words[FEED.duplicates]!,
    malformed: words[FEED.malformed]!,
    cold: words[FEED.cold]!,
    refreshed: words[FEED.refreshed]!,
    pauses: words[FEED.pauses]!,
    ring: { bytes: settings.ringBytes, heldBytes: feed.reader.heldBytes() },
    byKind: Object.fromEntries(kinds) as FeedStats['byKind'],
    lines: lineStats(words),
    symbols: feed.instruments.map(({ id, symbol }) => ({
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

function lineStats(words: Float64Array): LineStats[] {
  const lines: LineStats[] = [];
  for (let line = 0; line < LINES_MAX; line++) {
    const word = (of: number): number => words[lineWord(line, of)]!;
    if (word(LINE.state) === 0) continue;
    lines.push({
      state: connectionState(word(LINE.state) - 1),
      offered: word(LINE.offered),
      wins: word(LINE.wins),
      duplicates: word(LINE.duplicates),
      late: word(LINE.late),
      lost: word(LINE.lost),
      leadUs: { p50: word(LINE.leadP50Us), p99: word(LINE.leadP99Us) },
    });
  }
  return lines;
}
