import { MisuseError } from '../../shared/invariant.ts';
import { ConcurrencyError } from '../../shared/protocol/errors/websocket-exception.ts';
import { serializeFrame } from '../../shared/protocol/frame.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { createLog, logLevel } from '../log.ts';
import type { ServerLogger } from '../options/serve-options.ts';
import { Connection } from './connection.ts';
import { opcodeOf } from './outgoing.ts';
import { bytesOf, isMessage } from './payload.ts';
import { ServerConnection } from './server/server-connection.ts';
import { WsTransport } from './server/ws-transport.ts';
import type { Message } from './transport.ts';

export interface BroadcastOptions {
  /** true sends bytes as text, false text as bytes. */
  readonly text?: boolean | undefined;
  /** Throws an AggregateError when all are served, with an error for each connection that could not be. */
  readonly raiseExceptions?: boolean | undefined;
  /** Where it is told, otherwise, which connections could not be served; where left out, as their server was told. */
  readonly logger?: Pick<ServerLogger, 'warn'> | undefined;
}

/**
 * Sends a message to many connections at once, those of a server and those to one, and waits for none of them.
 * A peer that does not read holds up nobody; what waits for it takes memory until it reads or its keepalive fails.
 *
 * Connections that are not open are passed over, as are those in the middle of a message of fragments.
 */
export function broadcast(
  connections: Iterable<Connection>,
  message: Message,
  { text, raiseExceptions = false, logger }: BroadcastOptions = {},
): void {
  if (!isMessage(message))
    throw new MisuseError(
      `Condition failed: what is broadcast is a text or a Uint8Array; given was ${typeof message}`,
    );
  const opcode = opcodeOf(message, text);
  const payload = bytesOf(message);
  let frame: Uint8Array | undefined;
  const failures: { readonly connection: Connection; readonly error: unknown }[] = [];
  for (const connection of connections) {
    const { transport, fragmenting } = Connection.outgoingOf(connection);
    if (transport.state !== State.OPEN) continue;
    try {
      if (fragmenting !== undefined) throw new ConcurrencyError('sending a fragmented message');
      if (!(transport instanceof WsTransport)) {
        // A client hands its bytes over to another thread, each its own.
        transport.send(opcode, payload.slice(), true);
      } else if (transport.takesFrames) {
        frame ??= serializeFrame(opcode, payload, true, 0, undefined);
        transport.sendFrame(frame);
      } else transport.send(opcode, payload, true);
    } catch (error) {
      failures.push({ connection, error });
    }
  }
  if (failures.length === 0) return;
  if (raiseExceptions)
    throw new AggregateError(
      failures.map(({ error }) => error),
      'skipped broadcast',
    );
  for (const { connection, error } of failures) {
    const own = connection instanceof ServerConnection ? connection.logger : createLog(logLevel(undefined));
    (logger ?? own).warn({ id: connection.id, err: error }, 'skipped broadcast');
  }
}
