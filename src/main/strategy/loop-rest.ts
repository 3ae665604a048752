import type { Doorbell } from '../../shared/ring/doorbell.ts';

/** How the loop rests: `async` sleeps until woken, `spin` never sleeps, `poll` looks every millisecond. */
export type WaitMode = 'async' | 'spin' | 'poll';

const RECORDS_BEFORE_NAP = 256;
/** So many records in a millisecond come in chunks so small that waking for each costs more than they do. */
const FLOW_BEFORE_NAP = 100;
/** Time over which a flow is measured. */
const FLOW_MS = 8;
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * How long to sleep without being woken after a turn, ms; 0: until woken. While much flows more is about to
 * come, and a wake costs the worker some 10 µs and this thread some 30, once for each socket chunk. The ring
 * must take what comes meanwhile, so a turn that found it an eighth full is followed by no nap.
 *
 * @param handed records of the turn, and `flow` those of a millisecond of late.
 */
export function napMs(handed: number, flow: number, fill: number): number {
  if ((handed < RECORDS_BEFORE_NAP && flow < FLOW_BEFORE_NAP) || fill > 1 / 8) return 0;
  return handed >= 4 * RECORDS_BEFORE_NAP && fill < 1 / 16 ? 2 : 1;
}

/** How many records come in a millisecond, rests included. */
export class Flow {
  #since = Number.NEGATIVE_INFINITY;
  #handed = 0;
  #perMs = 0;

  /** @param now on any clock, ms. @returns records per millisecond of late. */
  count(handed: number, now: number): number {
    this.#handed += handed;
    const ms = now - this.#since;
    if (ms >= FLOW_MS) {
      this.#perMs = this.#handed / ms;
      this.#since = now;
      this.#handed = 0;
    }
    return this.#perMs;
  }
}

/** Gives the event loop its turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const nap = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the loop does when there is nothing to hand over. Runs on: main. */
export class LoopRest {
  readonly #doorbell: Doorbell;
  readonly #mode: WaitMode;
  readonly #mayWait: () => boolean;
  readonly #flow = new Flow();

  /** @param mayWait whether there is nothing to hand over now and something may still come. */
  constructor(doorbell: Doorbell, mode: WaitMode, mayWait: () => boolean) {
    this.#doorbell = doorbell;
    this.#mode = mode;
    this.#mayWait = mayWait;
  }

  /**
   * Rests in the way that was asked for until there may be something to do; the event loop gets its turn.
   *
   * @param handed records of the turn before, and `fill` how full it found the ring, 0 to 1.
   */
  async rest(handed: number, fill: number, signal: AbortSignal | undefined): Promise<void> {
    const ms = this.#mode === 'async' ? napMs(handed, this.#flow.count(handed, performance.now()), fill) : 1;
    if (this.#mode === 'spin') await settled();
    else if (ms > 0) await nap(ms);
    else {
      this.#doorbell.arm();
      const rung = this.#mayWait() && signal?.aborted !== true ? this.#doorbell.waitAsync() : undefined;
      await (rung ?? settled());
      this.#doorbell.disarm();
    }
  }

  /** Sleeps until the bell rings or the time is over. The wait itself has no time limit: see `Doorbell.waitAsync`. */
  async sleep(ms: number): Promise<void> {
    this.#doorbell.arm();
    const rung = this.#mayWait() ? this.#doorbell.waitAsync() : undefined;
    if (rung !== undefined) {
      const timer = setTimeout(() => this.#doorbell.wake(), Math.min(ms, TIMER_MS_MAX));
      await rung;
      clearTimeout(timer);
    }
    this.#doorbell.disarm();
  }
}
