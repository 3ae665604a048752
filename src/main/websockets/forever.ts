import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidMessage, InvalidStatus } from '../../shared/protocol/errors/handshake-errors.ts';
import { EOFError, WebSocketTimeout } from '../../shared/protocol/errors/websocket-exception.ts';
import type { ConnectOptions } from '../options/connect-options.ts';
import type { Connection } from './connection.ts';
import { type BackoffTimes, backoffTimes } from './environment.ts';

export interface ForeverOptions extends ConnectOptions {
  /**
   * Decides about what kept a connection from being opened: undefined or null to try again, an error to give up
   * with it. By default the network's errors, timeouts, and the statuses 500, 502, 503 and 504 are tried again.
   */
  readonly processException?: (error: Error) => Error | null | undefined;
  /** Seconds before each attempt that follows a failed one, made anew after one that succeeded. */
  readonly reconnectDelays?: () => Iterator<number>;
}

/** A connection that lasted less has failed, for the delays: the server takes it and ends it at once. */
const MIN_UPTIME_MS = 1_000;

const RETRIED_STATUSES: readonly number[] = [500, 502, 503, 504];

/** What is tried again by default. */
export function processException(error: Error): Error | null {
  const isRetried =
    error instanceof WebSocketTimeout ||
    (error instanceof InvalidStatus && RETRIED_STATUSES.includes(error.response.statusCode)) ||
    (error instanceof InvalidMessage && error.cause instanceof EOFError) ||
    // An error of the system or of TLS has a code; ours have none.
    typeof (error as NodeJS.ErrnoException).code === 'string';
  return isRetried ? null : error;
}

/** Seconds: at random up to five, so that clients of a server that went down come back apart; then longer and longer. */
export function* backoff(
  random: () => number = Math.random,
  { initial, min, factor, max }: BackoffTimes = backoffTimes(process.env),
): Generator<number, never, void> {
  yield random() * initial;
  for (let delay = Math.min(min, max); ; delay = Math.min(delay * factor, max)) yield delay;
}

/** Opens a connection whenever the one before is done with. */
export async function* foreverConnected(
  open: (uri: string, options: ConnectOptions) => Promise<Connection>,
  uri: string,
  options: ForeverOptions,
): AsyncGenerator<Connection, never, void> {
  const { processException: judge = processException, reconnectDelays = backoff, ...rest } = options;
  let delays: Iterator<number> | undefined;
  for (;;) {
    let connection: Connection;
    try {
      connection = await open(uri, rest);
    } catch (error) {
      const fatal = judge(error as Error);
      if (fatal !== undefined && fatal !== null) throw fatal;
      delays ??= reconnectDelays();
      await sleepFor(delays.next());
      continue;
    }
    const openedAt = performance.now();
    try {
      yield connection;
    } finally {
      await connection.close();
    }
    if (performance.now() - openedAt >= MIN_UPTIME_MS) delays = undefined;
    else {
      delays ??= reconnectDelays();
      await sleepFor(delays.next());
    }
  }
}

async function sleepFor({ done, value }: IteratorResult<number>): Promise<void> {
  // Delays that have come to an end are followed by none.
  if (done !== true) await sleep(value * 1000);
}
