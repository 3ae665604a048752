import type { HandshakeOptions } from '../../shared/websocket-client/handshake-headers.ts';
import type { SockOptTuple } from './socket-options.ts';
import type { SslOpt } from './tls-options.ts';

/** How a connection is opened, and how it lives. Times in seconds. What is left out or null is the default. */
export interface ConnectOptions extends HandshakeOptions {
  /** Until the connection is open, for each redirect anew; null waits for ever. */
  readonly timeout?: number | null | undefined;
  readonly sockopt?: readonly SockOptTuple[] | null | undefined;
  readonly sslopt?: SslOpt | null | undefined;
  readonly httpProxyHost?: string | null | undefined;
  /** Has to be given with a host. */
  readonly httpProxyPort?: number | null | undefined;
  readonly httpProxyAuth?: readonly [username: string, password: string] | null | undefined;
  /** Until the proxy has connected us; 60. */
  readonly httpProxyTimeout?: number | null | undefined;
  /** Hosts that no proxy is used for; those of the environment where left out. */
  readonly httpNoProxy?: readonly string[] | null | undefined;
  /** `http`, the default, `socks4`, `socks4a`, `socks5` or `socks5h`. */
  readonly proxyType?: string | null | undefined;
  /** Redirects that are followed; 3. */
  readonly redirectLimit?: number | undefined;
  /** Hands over text that may be no UTF-8, as bytes. */
  readonly skipUtf8Validation?: boolean | undefined;
  /** Bytes of a message and of a frame; 64 MiB, null for no limit. */
  readonly maxSize?: number | null | undefined;
  /** Seconds between the pings of the keepalive; 0, the default, sends none. */
  readonly pingInterval?: number | null | undefined;
  /** Until the pong of such a ping; where left out none is waited for. */
  readonly pingTimeout?: number | null | undefined;
  readonly pingPayload?: string | Uint8Array | undefined;
  /** Until the server ends the connection, once either side has begun to close it; 3, null for no limit. */
  readonly closeTimeout?: number | null | undefined;
  /** A socket that is connected cannot cross to the thread of the connections. */
  readonly socket?: null | undefined;
}
