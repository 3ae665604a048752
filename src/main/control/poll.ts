import type { Clock } from './clock.ts';
import { type ControlLog, thrownText } from './control-log.ts';
import { isPromise } from './guarded-call.ts';

export interface PollOptions<T> {
  /** For the log: the option's name. */
  readonly name: string;
  readonly intervalMs: number;
  readonly ask: () => T | PromiseLike<T>;
  readonly clock: Clock;
  readonly log: ControlLog;
}

/**
 * Asks the user's callback again and again while it is running: first after one interval, and never while an
 * earlier question is still open. A callback that throws has not answered. One that never returns is not asked
 * again, and that is all.
 *
 * Runs on: main.
 */
export class Poll<T> {
  readonly #options: PollOptions<T>;
  #answer: ((value: T) => void) | undefined;
  #cancel: (() => void) | undefined;
  /** Counts the starts: an answer to a question of an earlier one says nothing about now. */
  #round = 0;
  #isAsking = false;
  #toldLate = false;

  constructor(options: PollOptions<T>) {
    this.#options = options;
  }

  /** Begins to ask; whoever asked before is no longer answered. */
  start(answer: (value: T) => void): void {
    this.stop();
    this.#answer = answer;
    this.#arm();
  }

  stop(): void {
    this.#round++;
    this.#answer = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Asks at once, besides the questions at every interval; nothing where one is open or it is not running. */
  ask(): void {
    const { name, ask, log } = this.#options;
    if (this.#answer === undefined) return;
    if (this.#isAsking) {
      if (!this.#toldLate)
        log.warn(`${name} has not answered for a whole interval; it is not asked again until it does`);
      this.#toldLate = true;
      return;
    }
    const round = this.#round;
    try {
      const value = ask();
      if (isPromise(value)) this.#await(value, round);
      else this.#take(value as T, round);
    } catch (thrown) {
      log.error(`${name} threw ${thrownText(thrown)}`);
    }
  }

  #await(value: PromiseLike<T>, round: number): void {
    const { name, log } = this.#options;
    const answered = (): void => {
      this.#isAsking = false;
      this.#toldLate = false;
    };
    this.#isAsking = true;
    value.then(
      (answer) => {
        answered();
        this.#take(answer, round);
      },
      (thrown: unknown) => {
        answered();
        log.error(`${name} threw ${thrownText(thrown)}`);
      },
    );
  }

  #take(value: T, round: number): void {
    if (round === this.#round) this.#answer?.(value);
  }

  #arm(): void {
    this.#cancel = this.#options.clock.setTimer(() => {
      this.#arm();
      this.ask();
    }, this.#options.intervalMs);
  }
}
