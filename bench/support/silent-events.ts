import type { CodecEvents } from '../../src/workers/feed-events.ts';

/** Hears what a codec reports besides records, and does nothing: for benchmarks that count records. */
export const SILENT: CodecEvents = {
  subscribed: () => {},
  unsubscribed: () => {},
  refused: () => {},
  pong: () => {},
  venueStatus: () => {},
  goingAway: () => {},
  bookStale: () => {},
  bookLive: () => {},
  malformed: () => {},
};
