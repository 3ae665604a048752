/**
 * Where a connection is in its life, named the same in both threads. The numbers are what a worker
 * writes into its state counter.
 */
export const CONNECTION_STATE_CODES = {
  /** No connection, and none is scheduled. */
  DISCONNECTED: 0,
  /** An attempt is under way, the first one or a later one. */
  CONNECTING: 1,
  CONNECTED: 2,
  /** No connection; the next attempt is scheduled. */
  RECONNECTING: 3,
  /** We are ending the connection, by a close frame or by cutting it, and wait for its end. */
  CLOSING: 4,
  /** Over for good. */
  CLOSED: 5,
} as const;

export type ConnectionState = keyof typeof CONNECTION_STATE_CODES;

export const CONNECTION_STATES = Object.keys(CONNECTION_STATE_CODES) as readonly ConnectionState[];

/** Every step there is. A step that is not listed is a mistake of ours. */
const NEXT: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  DISCONNECTED: ['CONNECTING', 'RECONNECTING', 'CLOSED'],
  CONNECTING: ['CONNECTED', 'RECONNECTING', 'DISCONNECTED', 'CLOSING', 'CLOSED'],
  CONNECTED: ['RECONNECTING', 'DISCONNECTED', 'CLOSING', 'CLOSED'],
  RECONNECTING: ['CONNECTING', 'DISCONNECTED', 'CLOSED'],
  CLOSING: ['RECONNECTING', 'DISCONNECTED', 'CLOSED'],
  CLOSED: [],
};

export const mayFollow = (from: ConnectionState, to: ConnectionState): boolean => NEXT[from].includes(to);

/** The state a code stands for, as read from a counter. */
export const connectionState = (code: number): ConnectionState => CONNECTION_STATES[code] ?? 'DISCONNECTED';

export const canConnect = (state: ConnectionState): boolean =>
  state === 'DISCONNECTED' || state === 'RECONNECTING';

export const canSend = (state: ConnectionState): boolean => state === 'CONNECTED';

export const isTerminal = (state: ConnectionState): boolean => state === 'CLOSED';
