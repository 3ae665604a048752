import { connect as connectPlain, type OnReadOpts, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { DialOptions, TlsSettings } from '../../shared/proxy/dial-options.ts';
import { closedWith } from './connection-error.ts';
import { stage } from './stage.ts';
import { secureConnected, tlsOptions } from './tls-connection.ts';

/**
 * What one address of several may take before the next is tried, milliseconds. Node's own quarter of a second
 * is less than some servers are away, and then none of their addresses is ever reached.
 */
const ADDRESS_ATTEMPT_MS = 1_000;

/** What to connect to. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** A Unix socket, in place of both. */
  readonly path?: string | undefined;
}

/** TLS with what is there, under this name. */
export interface Secured {
  readonly settings: TlsSettings;
  readonly name: string;
}

/**
 * Opens a socket, with TLS where asked for, and waits until it stands. It is destroyed where that fails or the
 * signal says stop. Names are looked up by Node, and their addresses tried one after the other.
 *
 * @param onread where to read, for a socket that nobody reads otherwise.
 */
export function openSocket(
  place: Place,
  secured: Secured | undefined,
  options: DialOptions,
  signal: AbortSignal,
  onread?: OnReadOpts,
): Promise<Socket> {
  const where = { ...connectOptions(place, options), ...(onread === undefined ? {} : { onread }) };
  if (secured === undefined) {
    const socket = connectPlain(where);
    tuned(socket, options);
    const closed = (): Error => closedWith('ECONNRESET', 'connection closed');
    return stage(socket, signal, closed, ({ done }) => {
      const onConnect = (): void => done(socket);
      socket.on('connect', onConnect);
      return () => socket.off('connect', onConnect);
    });
  }
  const socket: TLSSocket = connectTls({ ...tlsOptions(secured.settings, secured.name), ...where });
  tuned(socket, options);
  return secureConnected(socket, signal);
}

function connectOptions(place: Place, options: DialOptions): TcpNetConnectOpts {
  // Node's types know a path and a host only apart; where there is a path, Node looks at nothing else.
  if (place.path !== undefined) return { path: place.path } as unknown as TcpNetConnectOpts;
  const { localAddress, localPort, family } = options;
  return {
    host: place.host,
    port: place.port,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(localPort === undefined ? {} : { localPort }),
    ...(family === undefined ? {} : { family }),
  };
}

function tuned(socket: Socket, options: DialOptions): void {
  // Not before: Node may connect by one handle after the other, and a new one knows of nothing.
  socket.once('connect', () => {
    socket.setNoDelay(options.noDelay ?? true);
    if (options.keepAliveMs !== undefined) socket.setKeepAlive(true, options.keepAliveMs);
  });
  // Whoever gets the socket may listen a moment later.
  socket.on('error', () => {});
}
