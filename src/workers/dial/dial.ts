import type { OnReadOpts, Socket } from 'node:net';
import { ProxyError } from '../../shared/protocol/errors/handshake-errors.ts';
import type { DialOptions, DialTarget } from '../../shared/proxy/dial-options.ts';
import { type ProxyServer, proxyAddress } from '../../shared/proxy/proxy-server.ts';
import { connectionError, connectionErrorAt } from './connection-error.ts';
import { type Destination, destinationOf, lookedUp } from './destination.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import { openSocket } from './open-socket.ts';
import { openSocksTunnel } from './socks-tunnel.ts';
import { withTimeout } from './stage.ts';
import { secureTunnel } from './tls-connection.ts';

/** What a proxy may take where nothing else is said, milliseconds. */
export const PROXY_TIMEOUT_MS = 60_000;

/** Longer timers fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Where the bytes of a socket go. */
export interface SocketReading {
  /** Read into where there is no proxy in between, again and again. */
  readonly buffer: Buffer;
  /**
   * Is given `bytes[0..length)`, valid during the call: of `buffer`, or of another where there is a proxy.
   *
   * False stops reading until the socket's `resume()`; what TLS has decrypted by then is handed over all the
   * same, at most what one read of the socket brought. A server that speaks first may have it called before
   * `dial` has resolved.
   */
  take(bytes: Buffer, length: number): boolean;
}

/** What cannot cross threads. */
export interface DialContext {
  /** Ends it at once at any stage, with the signal's reason: the one deadline for all of it. */
  readonly signal: AbortSignal;
  /** Has the socket read so from its first byte; where left out it is read as any other. */
  readonly reading?: SocketReading | undefined;
}

/** A connection that stands, TLS included, on which nothing has been said. */
export interface Dialed {
  /**
   * A TLSSocket for a secure target. Its errors are nobody's until someone listens, and it may be destroyed
   * already.
   */
  readonly socket: Socket;
}

/**
 * Connects to where a WebSocket address points, directly or through a proxy.
 *
 * Rejects with the network's error and its `code` where a connection or TLS fails, a ProxyError where the
 * proxy does not do what it is for, and the signal's reason. Then no socket is left open.
 *
 *   TCP ─▶ (TLS to the proxy) ─▶ (CONNECT or SOCKS) ─▶ (TLS to the server)
 */
export async function dial(
  target: DialTarget,
  options: DialOptions,
  { signal, reading }: DialContext,
): Promise<Dialed> {
  signal.throwIfAborted();
  const secured = target.secure ? { settings: options.tls ?? {}, name: target.host } : undefined;
  const place = { host: options.host ?? target.host, port: options.port ?? target.port, path: options.path };
  if (options.proxy === undefined || options.path !== undefined) {
    const onread = reading === undefined ? undefined : intoBuffer(reading);
    try {
      return { socket: await openSocket(place, secured, options, signal, onread) };
    } catch (error) {
      throw connectionError(error);
    }
  }
  const tunnel = await openTunnel(options.proxy, destinationOf(place.host, place.port), options, signal);
  const socket =
    secured === undefined ? tunnel : await secureTunnel(tunnel, secured.settings, secured.name, signal);
  if (reading !== undefined) readChunks(socket, reading);
  return { socket };
}

/** A connection to the destination through the proxy, all within the proxy's own time. */
function openTunnel(
  proxy: ProxyServer,
  destination: Destination,
  options: DialOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const where = proxyAddress(proxy);
  const timeoutMs = Math.min(options.proxyTimeoutMs ?? PROXY_TIMEOUT_MS, TIMER_MS_MAX);
  const late = (): Error => new ProxyError(`${where}: timed out after ${timeoutMs} ms`);
  return withTimeout(signal, timeoutMs, late, async (signal) => {
    const named = isLookedUpHere(proxy)
      ? await lookedUp(destination, proxy.scheme === 'socks4' ? 4 : (options.family ?? 0), signal)
      : destination;
    const secured =
      proxy.scheme === 'https' ? { settings: options.proxyTls ?? {}, name: proxy.host } : undefined;
    try {
      const socket = await openSocket(proxy, secured, options, signal);
      if (proxy.scheme === 'http' || proxy.scheme === 'https') {
        await openHttpTunnel(socket, proxy, named, options.userAgent, signal);
      } else {
        await openSocksTunnel(socket, proxy, named, timeoutMs, signal);
      }
      return socket;
    } catch (error) {
      const told = error === signal.reason || error instanceof ProxyError;
      throw told ? error : connectionErrorAt(`proxy ${where}`, error);
    }
  });
}

const isLookedUpHere = ({ scheme }: ProxyServer): boolean => scheme === 'socks4' || scheme === 'socks5';

const intoBuffer = (reading: SocketReading): OnReadOpts => ({
  buffer: reading.buffer,
  callback: (length) => reading.take(reading.buffer, length),
});

function readChunks(socket: Socket, reading: SocketReading): void {
  socket.on('data', (chunk: Buffer) => {
    if (!reading.take(chunk, chunk.length)) socket.pause();
  });
}
