import type { RecordName } from '../records/record-catalogue.ts';

/**
 * Counters of one feed: float64 words in shared memory, each written by one thread. The worker writes all
 * but `taken`, and publishes its words together under a sequence lock, once per socket chunk, so that a
 * reader sees sums that hold: `received = delivered + dropped + conflated` at every moment.
 */
export const FEED = {
  /** Messages of any kind. */
  messages: 0,
  /** Payload bytes of those messages. */
  bytes: 1,
  /** Socket chunks. */
  chunks: 2,
  /** Connections opened. */
  connects: 3,
  /** Connections lost and made again. */
  reconnects: 4,
  /** Epoch now: connections begun before this one. */
  epoch: 5,
  /** State of the session; see `session`. */
  state: 6,
  /** Gap records written. */
  gaps: 7,
  /** All checks of a book against the exchange’s checksum, those that failed included. */
  checksumsChecked: 8,
  checksumsFailed: 9,
  /** Books resubscribed because they could not be trusted. */
  resyncs: 10,
  /** Messages that could not be read. */
  malformed: 11,
  /** Messages that took the cold path: the text of each is asked for once. */
  cold: 12,
  /** Snapshots and tickers written from the worker's state after an overflow. */
  refreshed: 13,
  /** Records the strategy's side has taken out of the ring, notices included. Written by the main thread. */
  taken: 14,
  /** Records committed to the ring, notices and refreshed ones included. */
  committed: 15,
  /** Times the socket was told to stop reading because the ring was full. */
  pauses: 16,
  /** Connections replaced by another without a gap. */
  rotations: 17,
  /** Records of one line that another line had said already, or that it could not be heard with yet. */
  duplicates: 18,
  words: 19,
} as const;

/** Connections that a feed may have side by side: two for good, and a replacement of each. */
export const LINES_MAX = 4;

/** Of each line, after the words of the feed and of the kinds. All zero where the line is not there. */
export const LINE = {
  /** State of the line's session, as in `FEED.state`, plus 1; 0 where there is no such line. */
  state: 0,
  /** Market records it had, while there was another line. */
  offered: 1,
  /** Of these, the ones that were delivered because it had them first. */
  wins: 2,
  duplicates: 3,
  /** Records that came when a later one was delivered already. */
  late: 4,
  /** Records another line had and this one did not. */
  lost: 5,
  /** By how much it was first, where it was, µs. */
  leadP50Us: 6,
  leadP99Us: 7,
  words: 8,
} as const;

/** Kinds of records that are counted one by one, in the order of their rows. */
export const COUNTED = [
  'trade',
  'book',
  'ticker',
  'quote',
  'candle',
  'instrument',
  'raw',
] as const satisfies readonly RecordName[];

/** Per counted kind, after the words of the feed: these four, in this order. */
export const KIND = { received: 0, delivered: 1, dropped: 2, conflated: 3, words: 4 } as const;

/** Word index of one counter of one kind; `row` is the kind's place in `COUNTED`. */
export const kindWord = (row: number, word: number): number => FEED.words + row * KIND.words + word;

const FIRST_LINE = FEED.words + COUNTED.length * KIND.words;

/** Word index of one counter of one line. */
export const lineWord = (line: number, word: number): number => FIRST_LINE + line * LINE.words + word;

export const FEED_COUNTER_WORDS = FIRST_LINE + LINES_MAX * LINE.words;
