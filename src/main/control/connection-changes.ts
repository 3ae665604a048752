import type { ConnectionChange } from '../../shared/contract.ts';
import type { ConnectionState } from '../../shared/session/connection-state.ts';
import type { ChangeListener } from './connection-link.ts';

/** What the main thread knows of one connection's state, and who is told. */
export class ConnectionChanges {
  readonly #listeners = new Set<ChangeListener>();
  #last: ConnectionChange | undefined;

  /** As of the last change; `DISCONNECTED` before the first one. */
  get state(): ConnectionState {
    return this.#last?.state ?? 'DISCONNECTED';
  }

  /** The step taken last; undefined before the first one. */
  get last(): ConnectionChange | undefined {
    return this.#last;
  }

  /** Tells a step. What leads to the state that was told last is none. */
  tell(change: ConnectionChange): void {
    if (change.state === this.state) return;
    this.#last = change;
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // Its mistake is the program's to hear of, and neither the other listeners' nor this connection's.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** @returns what ends it. */
  onChange(listener: ChangeListener): () => void {
    // A function of its own, so that a listener given twice is told twice and ended one at a time.
    const own: ChangeListener = (change) => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }
}
