import type { ConnectionCommand, FeedProtocol } from '../../shared/contract.ts';
import { type ConnectionState, isTerminal } from '../../shared/session/connection-state.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Supervisor } from '../feeds/supervisor.ts';
import { ControlError } from '../feeds/worker-control.ts';
import type { ChangeListener, ConnectionLink } from './connection-link.ts';

/** Time a worker has to take in a command. */
const COMMAND_DEADLINE_MS = 5_000;

/** The connection of one feed, whichever worker runs it at the time. */
export class WorkerLink implements ConnectionLink {
  readonly #feed: Feed<FeedProtocol>;
  readonly #supervisor: Pick<Supervisor, 'worker'>;

  constructor(feed: Feed<FeedProtocol>, supervisor: Pick<Supervisor, 'worker'>) {
    this.#feed = feed;
    this.#supervisor = supervisor;
  }

  get state(): ConnectionState {
    return this.#feed.changes.state;
  }

  onChange(listener: ChangeListener): () => void {
    return this.#feed.changes.onChange(listener);
  }

  async command(command: ConnectionCommand): Promise<void> {
    const { id, name } = this.#feed;
    const what = `${command.kind} ${name}`;
    const { worker } = this.#supervisor;
    if (worker === undefined) {
      // The worker of a feed that is over may have been ended, and would have done nothing either.
      if (isTerminal(this.state) && command.kind !== 'send') return;
      throw new ControlError(
        isTerminal(this.state)
          ? `cannot ${what}: it is CLOSED`
          : `cannot ${what}: its worker ended and is being started anew; try again once its state changes`,
      );
    }
    await worker.call(what, COMMAND_DEADLINE_MS, (remote) => remote.command(id, command));
  }
}
