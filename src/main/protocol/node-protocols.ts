import { NODE_PLATFORM } from '../../shared/node/node-platform.ts';
import {
  type ClientProtocolOptions as ClientOptions,
  ClientProtocol as PureClientProtocol,
} from '../../shared/protocol/client-protocol.ts';
import type { WebSocketURI } from '../../shared/protocol/handshake/uri.ts';
import type { ProtocolPlatform } from '../../shared/protocol/platform.ts';
import {
  ServerProtocol as PureServerProtocol,
  type ServerProtocolOptions as ServerOptions,
} from '../../shared/protocol/server-protocol.ts';

interface OnPlatform {
  /** Random bytes, SHA-1 and DEFLATE; Node's where left out. */
  readonly platform?: ProtocolPlatform;
}

export type ClientProtocolOptions = Omit<ClientOptions, 'platform'> & OnPlatform;
export type ServerProtocolOptions = Omit<ServerOptions, 'platform'> & OnPlatform;

/**
 * The client's side of a WebSocket connection without its I/O: `connect` and `sendRequest` begin it. The server's
 * response is an event; when the state is OPEN behind it, the connection is.
 */
export class ClientProtocol extends PureClientProtocol {
  /** @throws InvalidURI, or MisuseError where a subprotocol cannot be in a header. */
  constructor(uri: string | WebSocketURI, options: ClientProtocolOptions = {}) {
    super(uri, { platform: NODE_PLATFORM, ...options });
  }
}

/**
 * The server's side of a WebSocket connection without its I/O. The client's request is an event: `accept`
 * answers it, or `reject`; `sendResponse` sends the answer. With 101 the connection is open.
 */
export class ServerProtocol extends PureServerProtocol {
  /** @throws MisuseError where a subprotocol cannot be in a header. */
  constructor(options: ServerProtocolOptions = {}) {
    super({ platform: NODE_PLATFORM, ...options });
  }
}
