/** The public names of `ringfeed/protocol`: WebSocket without I/O, for programs that do theirs. */

export { MisuseError } from '../shared/invariant.ts';
export { Close, CloseCode, explainCloseCode } from '../shared/protocol/close-code.ts';
export {
  type ClientDeflateOptions,
  ClientPermessageDeflateFactory,
  type ServerDeflateOptions,
  ServerPermessageDeflateFactory,
} from '../shared/protocol/deflate-negotiation.ts';
export type { DeflateParameters } from '../shared/protocol/deflate-parameters.ts';
export * from '../shared/protocol/exceptions.ts';
export type {
  ClientExtensionFactory,
  Extension,
  ExtensionParameter,
  ServerExtensionFactory,
} from '../shared/protocol/extension.ts';
export { Frame } from '../shared/protocol/frame.ts';
export { OPCODE } from '../shared/protocol/frame-header.ts';
export { HANDSHAKE_LIMITS, type HandshakeLimits } from '../shared/protocol/handshake/handshake-limits.ts';
export { Headers, type HeadersLike } from '../shared/protocol/handshake/headers.ts';
export { Request, Response } from '../shared/protocol/handshake/message.ts';
export { parseUri, WebSocketURI } from '../shared/protocol/handshake/uri.ts';
export type { ProtocolPlatform } from '../shared/protocol/platform.ts';
export { SEND_EOF, State } from '../shared/protocol/protocol.ts';
export {
  ClientProtocol,
  type ClientProtocolOptions,
  ServerProtocol,
  type ServerProtocolOptions,
} from './protocol/node-protocols.ts';
