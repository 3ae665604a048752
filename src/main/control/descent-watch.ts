import type { ProactiveReason } from '../../shared/session/disconnect-reason.ts';
import { CONTROL_DEFAULTS, type ControlOptions, type ControlParts } from './control-options.ts';
import { Poll } from './poll.ts';
import { ms } from './seconds.ts';

/** A disconnect that we want. */
export interface Descent {
  readonly reason: ProactiveReason;
  /** Seconds until the connection comes back by itself; undefined for not of itself. */
  readonly reconnectAfter: number | undefined;
}

/**
 * Decides when a connection that is open goes down: once `shouldDisconnect` calls the moment safe, for a request
 * of the user's or of its own accord, and before the platform ends it in any case.
 *
 * Runs on: main.
 */
export class DescentWatch {
  readonly #options: ControlOptions;
  readonly #parts: ControlParts;
  readonly #descend: (descent: Descent) => void;
  readonly #poll: Poll<boolean> | undefined;
  /** A request that waits for a safe moment. */
  #requested: Descent | undefined;
  #isWatching = false;
  #cancelRequest: (() => void) | undefined;
  #cancelLimit: (() => void) | undefined;

  /** @param descend told at most once for each connection, except for requests that come after. */
  constructor(options: ControlOptions, parts: ControlParts, descend: (descent: Descent) => void) {
    const {
      shouldDisconnect: ask,
      disconnectCheckInterval: seconds = CONTROL_DEFAULTS.disconnectCheckInterval,
    } = options;
    const { clock, log } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#descend = descend;
    this.#poll = ask && new Poll({ name: 'shouldDisconnect', ask, intervalMs: ms(seconds), clock, log });
  }

  /** A connection opened. */
  start(): void {
    const { connectionLimit, disconnectMargin = CONTROL_DEFAULTS.disconnectMargin } = this.#options;
    this.#isWatching = true;
    this.#poll?.start((isSafe) => {
      if (isSafe) this.#go(this.#requested ?? { reason: 'CALLBACK_TRIGGERED', reconnectAfter: undefined });
    });
    if (connectionLimit !== undefined)
      this.#cancelLimit = this.#parts.clock.setTimer(
        () => this.#go({ reason: 'CONNECTION_LIMIT', reconnectAfter: this.#afterLimit }),
        ms(connectionLimit - disconnectMargin),
      );
  }

  /** It has ended, or goes down anyway: what waited for a moment waits no longer. */
  stop(): void {
    this.#isWatching = false;
    this.#requested = undefined;
    this.#poll?.stop();
    this.#cancelRequest?.();
    this.#cancelLimit?.();
    this.#cancelRequest = undefined;
    this.#cancelLimit = undefined;
  }

  /** @param timeout seconds until the moment is safe enough; never where left out. */
  request(descent: Descent, isForced: boolean, timeout: number | undefined): void {
    // Nobody is asked about a connection that is going down already.
    if (isForced || this.#poll === undefined || !this.#isWatching) {
      this.#go(descent);
      return;
    }
    this.#cancelRequest?.();
    this.#requested = descent;
    this.#cancelRequest = this.#parts.clock.setTimer(
      () => this.#go(descent),
      ms(timeout) ?? Number.POSITIVE_INFINITY,
    );
    this.#poll.ask();
  }

  /** At its limit the connection comes back at once, unless somebody asked for something else. */
  get #afterLimit(): number | undefined {
    return this.#requested === undefined ? 0 : this.#requested.reconnectAfter;
  }

  #go(descent: Descent): void {
    this.stop();
    this.#descend(descent);
  }
}
