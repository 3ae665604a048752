import type { Clock } from './clock.ts';
import type { ControlLog } from './control-log.ts';
import { CONTROL_DEFAULTS, type ControlOptions } from './control-options.ts';
import { Poll } from './poll.ts';
import { ms } from './seconds.ts';

interface WindowParts {
  readonly clock: Clock;
  readonly log: ControlLog;
}

/**
 * Asks `shouldReconnect` until it says when to connect: true for now, a number for in that many seconds.
 *
 * Runs on: main.
 */
export class ReturnWindow {
  readonly #poll: Poll<boolean | number>;
  #isAsking = false;

  constructor(
    ask: NonNullable<ControlOptions['shouldReconnect']>,
    seconds = CONTROL_DEFAULTS.reconnectCheckInterval as number,
    { clock, log }: WindowParts,
  ) {
    this.#poll = new Poll({ name: 'shouldReconnect', ask, intervalMs: ms(seconds), clock, log });
  }

  /** Tells once, when it is known. Nothing where it is asked already. */
  start(known: (afterMs: number) => void): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#poll.start((answer) => {
      const seconds = secondsOf(answer);
      if (seconds === undefined) return;
      this.stop();
      known(ms(seconds));
    });
  }

  /** Asks at once, besides the questions at every interval. */
  ask(): void {
    this.#poll.ask();
  }

  stop(): void {
    this.#isAsking = false;
    this.#poll.stop();
  }
}

/** How long after this answer to connect; undefined for not yet. */
const secondsOf = (answer: boolean | number): number | undefined =>
  answer === true ? 0 : typeof answer === 'number' && answer > 0 ? answer : undefined;
