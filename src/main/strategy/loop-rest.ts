import type { Doorbell } from '../../shared/ring/doorbell.ts';

/** How the loop rests: `async` sleeps until woken, `spin` never sleeps, `poll` looks every millisecond. */
export type WaitMode = 'async' | 'spin' | 'poll';

const RECORDS_BEFORE_NAP = 256;
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * How long to sleep without being woken after a turn, ms; 0: until woken. While much flows more is about to
 * come, and a wake costs the worker some 10 µs and this thread some 30, once for each socket chunk. The ring
 * must take what comes meanwhile, so a turn that found it an eighth full is followed by no nap.
 */
export function napMs(handed: number, fill: number): number {
  if (handed < RECORDS_BEFORE_NAP || fill > 1 / 8) return 0;
  return handed >= 4 * RECORDS_BEFORE_NAP && fill < 1 / 16 ? 2 : 1;
}

/** Gives the event loop its turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const nap = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the loop does when there is nothing to hand over. Runs on: main. */
export class LoopRest {
  readonly #doorbell: Doorbell;
  readonly #mode: WaitMode;
  readonly #mayWait: () => boolean;

  /** @param mayWait whether there is nothing to hand over now and something may still come. */
  constructor(doorbell: Doorbell, mode: WaitMode, mayWait: () => boolean) {
    this.#doorbell = doorbell;
    this.#mode = mode;
    this.#mayWait = mayWait;
  }

  /** Rests in the way that was asked for until there may be something to do; the event loop gets its turn. */
  async rest(nappingMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#mode === 'spin') await settled();
    else if (this.#mode === 'poll') await nap(1);
    else if (nappingMs > 0) await nap(nappingMs);
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
