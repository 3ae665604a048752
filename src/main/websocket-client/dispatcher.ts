import { constants } from 'node:os';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';

/** Something that runs in turns: an app, from its first attempt to connect to its end. */
export interface DispatchSource {
  /** Resolves once a turn may find something to do. */
  changed(): Promise<void>;
  /** Asks it to end. Turns go on until it has. */
  close(): unknown;
}

/**
 * What runs several apps together, as `rel` does in Python. One of your own has to do what each member says; the
 * one of `createDispatcher` does.
 */
export interface Dispatcher {
  /**
   * Runs `turn` now and then, whenever `source.changed()` resolves, until it returns false or throws, which ends
   * everything.
   */
  read(source: DispatchSource, turn: () => boolean): void;
  /** Calls `due` after so many seconds. @returns what cancels it. */
  timeout(seconds: number, due: () => void): () => void;
  /** Calls `heard` at each such signal of the system, by its number or name, as long as `dispatch` runs. */
  signal(signal: number | NodeJS.Signals, heard: () => void): void;
  /** Ends everything, and with it `dispatch`. A method that may be handed on by itself. */
  abort(): void;
  /** Resolves once all is over or was aborted; rejects with what a turn or a timeout threw. */
  dispatch(): Promise<void>;
}

const SECOND_MS = 1000;

/** Runs what was given to it from when `dispatch` is called. It may be dispatched again with what came later. */
class TurnDispatcher {
  readonly #waiting: [DispatchSource, () => boolean][] = [];
  readonly #running = new Set<DispatchSource>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #signals: [NodeJS.Signals, () => void][] = [];
  #isDispatching = false;
  #failure: { readonly error: unknown } | undefined;
  #settle: () => void = () => undefined;

  read(source: DispatchSource, turn: () => boolean): void {
    if (this.#isDispatching) void this.#drive(source, turn);
    else this.#waiting.push([source, turn]);
  }

  timeout(seconds: number, due: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        due();
      } catch (error) {
        this.#fail(error);
      }
      this.#look();
    }, seconds * SECOND_MS);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
      this.#look();
    };
  }

  signal(signal: number | NodeJS.Signals, heard: () => void): void {
    const name = typeof signal === 'string' ? signal : nameOf(signal);
    this.#signals.push([name, heard]);
    if (this.#isDispatching) process.on(name, heard);
  }

  abort(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    // Whoever asks twice gets what the system does about it.
    this.#ignoreSignals();
    for (const source of [...this.#running, ...this.#waiting.map(([waiting]) => waiting)]) source.close();
    this.#look();
  }

  async dispatch(): Promise<void> {
    if (this.#isDispatching) throw new WebSocketException('the dispatcher is dispatching already');
    this.#isDispatching = true;
    const over = new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    for (const [name, heard] of this.#signals) process.on(name, heard);
    for (const [source, turn] of this.#waiting.splice(0)) void this.#drive(source, turn);
    this.#look();
    await over;
    this.#isDispatching = false;
    this.#ignoreSignals();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  async #drive(source: DispatchSource, turn: () => boolean): Promise<void> {
    this.#running.add(source);
    try {
      while (turn()) await source.changed();
    } catch (error) {
      this.#fail(error);
    }
    this.#running.delete(source);
    this.#look();
  }

  /** The first is what `dispatch` rejects with. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.abort();
  }

  #look(): void {
    if (this.#running.size === 0 && this.#timers.size === 0) this.#settle();
  }

  #ignoreSignals(): void {
    for (const [name, heard] of this.#signals.splice(0)) process.off(name, heard);
  }
}

function nameOf(number: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  if (found === undefined) throw new WebSocketException(`signal ${number} is unknown`);
  return found[0] as NodeJS.Signals;
}

/**
 * Runs several apps together:
 *
 *     const rel = createDispatcher();
 *     for (const app of apps) app.runForever({ dispatcher: rel, reconnect: 5 });
 *     rel.signal(2, rel.abort); // Ctrl-C
 *     await rel.dispatch();
 */
export function createDispatcher(): Dispatcher {
  const dispatcher = new TurnDispatcher();
  return {
    read: (source, turn) => dispatcher.read(source, turn),
    timeout: (seconds, due) => dispatcher.timeout(seconds, due),
    signal: (signal, heard) => dispatcher.signal(signal, heard),
    abort: () => dispatcher.abort(),
    dispatch: () => dispatcher.dispatch(),
  };
}
