/** The public names of `ringfeed/websockets`: WebSocket clients whose I/O is not in the caller's thread, and a server. */

export { MisuseError } from '../shared/invariant.ts';
export { Close, CloseCode } from '../shared/protocol/close-code.ts';
export * from '../shared/protocol/exceptions.ts';
export { Headers } from '../shared/protocol/handshake/headers.ts';
export { Request, Response } from '../shared/protocol/handshake/message.ts';
export { State } from '../shared/protocol/protocol.ts';
export type { TlsSettings } from '../shared/proxy/dial-options.ts';
export type { ConnectOptions, HeaderOption } from './options/connect-options.ts';
export type {
  HttpAnswer,
  ProcessRequest,
  ProcessResponse,
  ServeOptions,
  ServerLogger,
} from './options/serve-options.ts';
export { type BroadcastOptions, broadcast } from './websockets/broadcast.ts';
export { type Connect, connect } from './websockets/connect.ts';
export {
  Connection,
  type RecvOptions,
  type SendOptions,
} from './websockets/connection.ts';
export type { ConnectionFacts } from './websockets/described-connection.ts';
export { backoff, type ForeverOptions, processException } from './websockets/forever.ts';
export { basicAuth, type CheckCredentials } from './websockets/server/basic-auth.ts';
export { serve, unixServe } from './websockets/server/serve.ts';
export { type CloseOptions, type Handler, Server } from './websockets/server/server.ts';
export { ServerConnection } from './websockets/server/server-connection.ts';
export { connectSync, SyncConnection } from './websockets/sync-connection.ts';
export type { Message } from './websockets/transport.ts';
