import type { ConnectionChange, ConnectionCommand } from '../../shared/contract.ts';
import type { ConnectionState } from '../../shared/session/connection-state.ts';

export type ChangeListener = (change: ConnectionChange) => void;

/**
 * The main thread's end of one connection that a worker runs: what it is asked, and what it tells.
 *
 * Runs on: main.
 */
export interface ConnectionLink {
  /** As of the last change; `DISCONNECTED` before the first one. */
  readonly state: ConnectionState;
  /**
   * Resolves when the worker has taken the command in, and after every change the command brought about at once
   * was told. A command that does not fit the state does nothing, except for `send`.
   *
   * @throws ControlError when there is no worker, it does not answer in time, or nothing can be sent now.
   */
  command(command: ConnectionCommand): Promise<void>;
  /**
   * Has every later change told, in the order of the steps. When the worker ends the link tells of it itself.
   *
   * @returns what ends it.
   */
  onChange(listener: ChangeListener): () => void;
}
