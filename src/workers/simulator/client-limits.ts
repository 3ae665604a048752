import type { SimulatorLimitName, SimulatorLimits } from '../../shared/simulator/limit-names.ts';
import { RateWindow } from './rate-window.ts';
import type { SimulatorCounts } from './simulator-counts.ts';

const SECOND_MS = 1000;
const END_CODE = 1001;

/** One venue's limits: counts what goes beyond them, and says whether it is let through. Time is an argument. */
export class ClientLimits {
  readonly lifeMs: number | undefined;
  readonly endCode: number;
  readonly attemptsWindowMs: number;
  readonly #limits: SimulatorLimits;
  readonly #enforce: boolean;
  readonly #counts: SimulatorCounts;
  readonly #attempts: RateWindow | undefined;

  constructor(limits: SimulatorLimits, enforce: boolean, counts: SimulatorCounts) {
    const { attempts, attemptsWindowMs, connectionLifeMs, connectionEndCode } = limits;
    this.#limits = limits;
    this.#enforce = enforce;
    this.#counts = counts;
    this.lifeMs = Number.isFinite(connectionLifeMs) ? connectionLifeMs : undefined;
    this.endCode = connectionEndCode ?? END_CODE;
    this.attemptsWindowMs = attemptsWindowMs ?? Number.POSITIVE_INFINITY;
    this.#attempts = rateWindow(attempts, this.attemptsWindowMs);
  }

  /** Of one connection's requests; undefined where they are not limited. */
  requestWindow(): RateWindow | undefined {
    return rateWindow(this.#limits.requestsPerSecond, SECOND_MS);
  }

  /** @returns whether a handshake may go on. */
  mayConnect(nowMs: number): boolean {
    return this.#judge('attempts', this.#attempts?.take(nowMs) ?? true);
  }

  /** @returns whether one more connection may be open beside so many. */
  mayOpen(open: number): boolean {
    return this.#judge('connections', open < (this.#limits.connections ?? Number.POSITIVE_INFINITY));
  }

  /** @returns whether a connection with this window may go on after one more request. */
  mayRequest(window: RateWindow | undefined, nowMs: number): boolean {
    return this.#judge('requestsPerSecond', window?.take(nowMs) ?? true);
  }

  /** @returns whether a request with so many symbols is answered. */
  mayName(symbols: number): boolean {
    return this.#judge('symbolsPerRequest', symbols <= (this.#limits.symbolsPerRequest ?? symbols));
  }

  /** @returns whether a connection with so many subscriptions may have one more. */
  maySubscribe(subscriptions: number): boolean {
    const most = this.#limits.subscriptionsPerConnection ?? Number.POSITIVE_INFINITY;
    return this.#judge('subscriptionsPerConnection', subscriptions < most);
  }

  #judge(name: SimulatorLimitName, isWithin: boolean): boolean {
    if (isWithin) return true;
    this.#counts.violation(name);
    return !this.#enforce;
  }
}

const rateWindow = (count: number | undefined, windowMs: number): RateWindow | undefined =>
  count === undefined || !Number.isFinite(count) ? undefined : new RateWindow(count, windowMs);
