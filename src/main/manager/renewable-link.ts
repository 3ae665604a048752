import type { ConnectionChange, ConnectionCommand } from '../../shared/contract.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { type ConnectionState, canConnect } from '../../shared/session/connection-state.ts';
import { type DisconnectReason, isProactive } from '../../shared/session/disconnect-reason.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import type { ChangeListener, ConnectionLink } from '../control/connection-link.ts';
import { ControlError } from '../feeds/worker-control.ts';

/** A link with a worker of its own. */
export interface OpenedLink extends ConnectionLink {
  /** True where no message waits to be handed over. */
  readonly isEmpty: boolean;
  /** Ends the worker. Resolves, never rejects, when it is gone. Nothing is handed over any more. */
  dispose(): Promise<void>;
}

interface Opened {
  readonly link: OpenedLink;
  readonly forget: () => void;
}

/**
 * A link whose worker comes and goes: opened by the first command that needs one, gone after `release`, so that
 * a connection that was closed costs no thread, and opened anew by the next such command.
 *
 * A worker that ends by itself is started anew as that of any feed. One that cannot be told what to do, because
 * it just ended or no longer answers, is replaced by one that can, so that no command is lost with it. Only a
 * `close` command makes the link CLOSED.
 *
 * Runs on: main.
 */
export class RenewableLink implements ConnectionLink {
  readonly #open: () => Promise<OpenedLink>;
  readonly #listeners = new Set<ChangeListener>();
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;
  #state: ConnectionState = 'DISCONNECTED';
  #reason: DisconnectReason | undefined;
  #isOver = false;

  constructor(open: () => Promise<OpenedLink>) {
    this.#open = open;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** True where no message waits to be handed over. */
  get isEmpty(): boolean {
    return this.#opened?.link.isEmpty ?? true;
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async command(command: ConnectionCommand): Promise<void> {
    if (this.#state === 'CLOSED' && command.kind !== 'send') return;
    switch (command.kind) {
      case 'start':
      case 'reconnect':
        this.#opening ??= this.#renew();
        break;
      case 'close':
        this.#isOver = true;
        if (this.#opening === undefined) this.#end();
        break;
      case 'send':
        if (this.#opening === undefined) throw new ControlError('cannot send: there is no connection');
        break;
      case 'disconnect':
      case 'rotate':
        break;
    }
    const opened = await this.#opening;
    try {
      await opened?.link.command(command);
    } catch (error) {
      if (command.kind === 'send') throw error;
      // The worker may be gone, as it should, before it has answered the command that ended it.
      if (this.#opened === opened) await this.#replace(command, error);
    }
  }

  /** Ends the worker, whatever its connection is doing. Resolves, never rejects, when it is gone. */
  async release(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const opened = await opening?.catch(() => undefined);
    opened?.forget();
    if (this.#opened === opened) this.#opened = undefined;
    if (this.#opening === undefined) this.#end();
    await opened?.link.dispose();
  }

  async #renew(): Promise<Opened> {
    try {
      const link = await this.#open();
      const opened = { link, forget: link.onChange((change) => this.#onChange(change)) };
      this.#opened = opened;
      return opened;
    } catch (error) {
      this.#opening = undefined;
      this.#fail(this.#isOver ? 'CLOSED' : 'DISCONNECTED', error);
      throw error;
    }
  }

  /** The worker that was to hear of this did not. What was wished for is done without it. */
  async #replace(command: ConnectionCommand, error: unknown): Promise<void> {
    // Nothing is to be ended where the worker took its connection with it.
    if (command.kind === 'disconnect' && this.#state === 'DISCONNECTED') return;
    const next = afterwards(command);
    if (next === undefined) {
      await this.release();
      return;
    }
    const lost = this.#opened;
    this.#opened = undefined;
    this.#opening = undefined;
    lost?.forget();
    void lost?.link.dispose();
    if (!canConnect(this.#state)) this.#fail('RECONNECTING', error);
    this.#opening = this.#renew();
    // A worker that was just started and cannot be told either is not replaced once more.
    const { link } = await this.#opening;
    await link.command(next);
  }

  #onChange(change: ConnectionChange): void {
    if (change.state !== 'CLOSED') {
      this.#pass(change);
      return;
    }
    const opened = this.#opened;
    this.#opened = undefined;
    this.#opening = undefined;
    opened?.forget();
    this.#pass(this.#isOver ? change : { ...change, state: 'DISCONNECTED' });
    void opened?.link.dispose();
  }

  /** There is no worker, as the user wanted. */
  #end(): void {
    const state = this.#isOver ? 'CLOSED' : 'DISCONNECTED';
    if (this.#state === state || this.#state === 'CLOSED') return;
    const reason = canConnect(this.#state) ? this.#reason : 'USER_REQUESTED';
    this.#pass({ state, reason, fault: FAULTS.NONE.id, code: 0, detail: '', at: NO_TIME });
  }

  /** A worker could not do what it was to do. */
  #fail(state: ConnectionState, error: unknown): void {
    const reason = canConnect(this.#state) ? this.#reason : 'NETWORK_ERROR';
    const detail = error instanceof Error ? error.message : String(error);
    this.#pass({ state, reason, fault: FAULTS.WORKER_FAILED.id, code: 0, detail, at: NO_TIME });
  }

  #pass(change: ConnectionChange): void {
    this.#state = change.state;
    this.#reason = change.reason;
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** No worker told of it. */
const NO_TIME = 0 as MonotonicNs;

/** What brings about, without a connection, what a command was for; undefined where that is to have none. */
function afterwards(command: ConnectionCommand): ConnectionCommand | undefined {
  switch (command.kind) {
    case 'start':
    case 'reconnect':
      return command;
    case 'rotate':
      return { kind: 'start' };
    case 'disconnect':
      // To be cut and come back is what happened to it.
      if (!isProactive(command.reason)) return { kind: 'start' };
      return command.reconnectAfterMs === undefined
        ? undefined
        : { kind: 'reconnect', afterMs: command.reconnectAfterMs };
    case 'send':
    case 'close':
      return undefined;
  }
}
