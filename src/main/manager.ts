/** The public names of `ringfeed/manager`, and nothing else. */

export { MisuseError } from '../shared/invariant.ts';
export { canConnect, canSend, isTerminal } from '../shared/session/connection-state.ts';
export { isProactive, isReactive } from '../shared/session/disconnect-reason.ts';
export {
  WebSocketClosedError,
  WebSocketConnectionError,
  WebSocketError,
  WebSocketProtocolError,
  WebSocketQueueFullError,
  WebSocketReconnectError,
  WebSocketTimeoutError,
} from './control/connection-errors.ts';
export type { ControlOptions, DisconnectRequest, StateChange } from './control/control-options.ts';
export type { ManagerOptions } from './manager/manager-options.ts';
export { ConnectionState, DisconnectReason, ReconnectStrategy } from './manager/vocabulary.ts';
export { WebSocketManager } from './manager/websocket-manager.ts';
export type { WebSocketStats } from './manager/websocket-stats.ts';
