import type { ConnectOptions } from './connect-options.ts';
import { getDefaultTimeout } from './defaults.ts';
import { WebSocket, type WebSocketOptions } from './websocket.ts';

/** Makes the connection's object: `WebSocket`, or a class of the caller's that extends it. */
export type WebSocketClass<T extends WebSocket = WebSocket> = new (options?: WebSocketOptions) => T;

/** What `WebSocket` and its `connect` take. */
export interface CreateConnectionOptions<T extends WebSocket = WebSocket>
  extends ConnectOptions,
    Pick<WebSocketOptions, 'getMaskKey' | 'fireContFrame' | 'enableMultithread'> {
  readonly class?: WebSocketClass<T>;
}

/**
 * Opens a connection and blocks until it is open. Where no timeout is given it is the one of `setDefaultTimeout`.
 *
 * @throws as `WebSocket.connect` does.
 */
export function createConnection<T extends WebSocket = WebSocket>(
  url: string,
  options: CreateConnectionOptions<T> = {},
): T {
  const [socket, connectOptions] = unopened(options);
  socket.connect(url, connectOptions);
  return socket;
}

/** The same without blocking: for `recvAsync`, `sendAsync`, `for await` and `closeAsync`. */
export async function createConnectionAsync<T extends WebSocket = WebSocket>(
  url: string,
  options: CreateConnectionOptions<T> = {},
): Promise<T> {
  const [socket, connectOptions] = unopened(options);
  await socket.connectAsync(url, connectOptions);
  return socket;
}

function unopened<T extends WebSocket>(options: CreateConnectionOptions<T>): [socket: T, ConnectOptions] {
  const {
    class: Class = WebSocket as WebSocketClass as WebSocketClass<T>,
    getMaskKey,
    sockopt,
    sslopt,
    fireContFrame,
    enableMultithread,
    skipUtf8Validation,
    timeout = getDefaultTimeout(),
    ...connectOptions
  } = options;
  const socket = new Class({
    getMaskKey,
    sockopt,
    sslopt,
    fireContFrame,
    enableMultithread,
    skipUtf8Validation,
  });
  return [socket, { ...connectOptions, timeout: timeout ?? getDefaultTimeout() }];
}
