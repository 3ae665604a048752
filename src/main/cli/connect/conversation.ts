import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import type { Connection } from '../../websockets/connection.ts';
import type { Screen } from './screen.ts';

export interface ConversationOptions {
  /** Begins the closing handshake. */
  readonly stop: AbortSignal;
  /**
   * How long the connection stays open once the server has read the last line. Undefined closes it at the last
   * line: whoever says that there is no more wants no more either.
   */
  readonly eofWaitMs: number | undefined;
}

/**
 * Sends the lines, shows the messages, and resolves once the connection has ended: because there are no more
 * lines, because of the signal, or by the server.
 */
export async function converse(
  connection: Connection,
  screen: Screen,
  { stop, eofWaitMs }: ConversationOptions,
): Promise<void> {
  const ended = new AbortController();
  const close = (): void => void connection.close();
  if (stop.aborted) close();
  else stop.addEventListener('abort', close, { once: true });
  try {
    await Promise.all([
      sendLines(connection, screen.lines, eofWaitMs, ended.signal),
      showMessages(connection, screen).finally(() => {
        ended.abort();
        screen.end();
      }),
    ]);
  } finally {
    stop.removeEventListener('abort', close);
  }
  screen.closed(connection.closeInfo!);
}

async function showMessages(connection: Connection, screen: Screen): Promise<void> {
  try {
    for await (const message of connection) screen.received(message);
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error;
  }
}

async function sendLines(
  connection: Connection,
  lines: AsyncIterable<string>,
  eofWaitMs: number | undefined,
  ended: AbortSignal,
): Promise<void> {
  try {
    for await (const line of lines) await connection.send(line);
    if (eofWaitMs === undefined) return;
    // Its pong comes behind the answers to all lines, and while it is on its way none of them is passed over.
    await connection.ping();
    // Aborted by the end of the connection, which is then nothing to wait for.
    await delay(eofWaitMs, undefined, { signal: ended }).catch(() => undefined);
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error;
  } finally {
    await connection.close();
  }
}
