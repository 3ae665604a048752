/**
 * The public names of `ringfeed/websocket-client`: the WebSocket client of Python's websocket-client, whose I/O is
 * not in the caller's thread.
 */
export { ABNF, type FrameParts, type MaskKeySource } from '../shared/websocket-client/abnf.ts';
export { SimpleCookieJar } from '../shared/websocket-client/cookie-jar.ts';
export * from '../shared/websocket-client/exceptions.ts';
export type { HeaderOption } from '../shared/websocket-client/handshake-headers.ts';
export { type ParsedUrl, parseUrl } from '../shared/websocket-client/parse-url.ts';
export * from '../shared/websocket-client/status-codes.ts';
export type { AppHandlers, AppOptions, HeaderSource, RunOptions } from './websocket-client/app-options.ts';
export type { AppCloseOptions } from './websocket-client/app-run.ts';
export { AppSocket } from './websocket-client/app-socket.ts';
export type { ConnectOptions } from './websocket-client/connect-options.ts';
export {
  type CreateConnectionOptions,
  createConnection,
  createConnectionAsync,
  type WebSocketClass,
} from './websocket-client/create-connection.ts';
export {
  getDefaultTimeout,
  getReconnect,
  setDefaultTimeout,
  setReconnect,
} from './websocket-client/defaults.ts';
export { createDispatcher, type Dispatcher, type DispatchSource } from './websocket-client/dispatcher.ts';
export {
  debug,
  dump,
  enableTrace,
  error,
  info,
  isEnabledForDebug,
  isEnabledForError,
  isEnabledForTrace,
  type TraceLevel,
  type TraceOptions,
  trace,
  warning,
} from './websocket-client/logging.ts';
export {
  DEFAULT_SOCKET_OPTION,
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SOL_SOCKET,
  SOL_TCP,
  SockOpt,
  type SockOptTuple,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from './websocket-client/socket-options.ts';
export {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  type CertChain,
  type SslOpt,
} from './websocket-client/tls-options.ts';
export {
  type CloseOptions,
  type Data,
  WebSocket,
  type WebSocketOptions,
} from './websocket-client/websocket.ts';
export { WebSocketApp } from './websocket-client/websocket-app.ts';
export type { Message } from './websockets/transport.ts';
