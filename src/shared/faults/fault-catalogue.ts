/**
 * Everything the world may do to a feed, one line each: the number carried in records (never reused),
 * what the runtime does about it, and a sentence. `docs/faults.md` is printed from here.
 *
 * Remedies: `count` go on and count it; `resubscribe` that symbol alone; `reconnect` the connection;
 * `restart` the worker in a new epoch; `stop-subscription` that one is given up, the rest goes on;
 * `stop-feed` the feed is given up.
 */
export type Remedy = 'count' | 'resubscribe' | 'reconnect' | 'restart' | 'stop-subscription' | 'stop-feed';

interface FaultEntry {
  readonly id: number;
  readonly remedy: Remedy;
  readonly meaning: string;
}

export const FAULTS = {
  NONE: { id: 0, remedy: 'count', meaning: 'nothing went wrong' },
  RING_FULL: {
    id: 1,
    remedy: 'count',
    meaning: 'the strategy fell behind, the ring was full and records were dropped or conflated',
  },
  SEQUENCE_GAP: { id: 2, remedy: 'resubscribe', meaning: 'the exchange skipped a sequence number' },
  CHECKSUM_MISMATCH: {
    id: 3,
    remedy: 'resubscribe',
    meaning: 'the book does not have the checksum the exchange sent, so it is not the exchange’s book',
  },
  FEED_SILENT: {
    id: 4,
    remedy: 'reconnect',
    meaning: 'nothing arrived for longer than the feed may be silent',
  },
  MESSAGE_MALFORMED: {
    id: 5,
    remedy: 'count',
    meaning: 'a message did not have the shape its channel promises',
  },
  MESSAGE_UNKNOWN: { id: 6, remedy: 'count', meaning: 'a message belongs to no channel this version knows' },
  SUBSCRIBE_REFUSED: { id: 7, remedy: 'stop-subscription', meaning: 'the exchange refused a subscription' },
  SUBSCRIBE_TIMEOUT: {
    id: 8,
    remedy: 'resubscribe',
    meaning: 'the exchange did not answer a subscription in time',
  },
  CONNECT_FAILED: { id: 9, remedy: 'reconnect', meaning: 'the connection could not be made' },
  CONNECT_TIMEOUT: {
    id: 10,
    remedy: 'reconnect',
    meaning: 'the connection was not open within its deadline',
  },
  HANDSHAKE_REFUSED: {
    id: 11,
    remedy: 'reconnect',
    meaning: 'the server answered the opening handshake with an HTTP error',
  },
  TLS_FAILED: {
    id: 12,
    remedy: 'reconnect',
    meaning: 'the server’s certificate or the TLS handshake was not acceptable',
  },
  SERVER_CLOSED: {
    id: 13,
    remedy: 'reconnect',
    meaning: 'the server closed the connection with a close frame',
  },
  CONNECTION_RESET: { id: 14, remedy: 'reconnect', meaning: 'the connection was reset' },
  CONNECTION_ENDED: { id: 15, remedy: 'reconnect', meaning: 'the connection ended without a close frame' },
  PING_TIMEOUT: { id: 16, remedy: 'reconnect', meaning: 'the server did not answer a ping in time' },
  PROTOCOL_ERROR: { id: 17, remedy: 'reconnect', meaning: 'the server broke the WebSocket protocol' },
  MESSAGE_TOO_LONG: { id: 18, remedy: 'reconnect', meaning: 'a message is longer than the maximum payload' },
  WORKER_FAILED: { id: 19, remedy: 'restart', meaning: 'the worker of the feed ended unexpectedly' },
  RETRIES_EXHAUSTED: {
    id: 20,
    remedy: 'stop-feed',
    meaning: 'the connection could not be made in the allowed number of attempts',
  },
  VENUE_UNAVAILABLE: {
    id: 21,
    remedy: 'count',
    meaning: 'the exchange says that it is not in normal operation',
  },
  BOOK_INVALID: {
    id: 22,
    remedy: 'resubscribe',
    meaning: 'a book update came without a snapshot, or left the book crossed',
  },
  PEER_NOT_READING: {
    id: 23,
    remedy: 'reconnect',
    meaning: 'the server does not read what is sent to it',
  },
  CHANNEL_SILENT: {
    id: 24,
    remedy: 'resubscribe',
    meaning: 'a channel said nothing for much longer than it ever did, on a connection that is alive',
  },
  REST_FAILED: {
    id: 25,
    remedy: 'resubscribe',
    meaning: 'a question to the REST interface of the exchange had no answer in time, after several attempts',
  },
  REST_REFUSED: {
    id: 26,
    remedy: 'stop-subscription',
    meaning: 'the REST interface of the exchange does not know what was asked for',
  },
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultName = keyof typeof FAULTS;
export type FaultCode = (typeof FAULTS)[FaultName]['id'];

const NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];
const BY_ID: ReadonlyMap<number, FaultName> = new Map(NAMES.map((name) => [FAULTS[name].id, name]));

export const faultName = (id: number): FaultName => BY_ID.get(id) ?? 'NONE';
