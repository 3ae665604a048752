import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { MisuseError } from '../shared/invariant.ts';

export interface ComputeRunOptions {
  /** Ends the task: one that waits is taken out of the queue, one that runs has its thread ended. */
  readonly signal?: AbortSignal | undefined;
  /** Memory handed over instead of copied, e.g. an ArrayBuffer inside `data`. SharedArrayBuffers are shared as they are. */
  readonly transfer?: readonly (ArrayBuffer | MessagePort)[] | undefined;
  /** Exported function to call; the default export where left out. */
  readonly name?: string | undefined;
}

/** A task of the compute pool failed; `cause` is what it threw. */
export class ComputeError extends Error {
  override readonly name = 'ComputeError';
}

/** Tasks that may wait; one more is refused, so that a strategy that hands off faster than is worked learns of it. */
const QUEUE_MAX = 1024;

/** An idle compute thread ends after this, so that a pool used once costs nothing afterwards. */
const IDLE_MS = 5_000;

/**
 * Threads for work that would block the strategy loop. The pool starts with the first task.
 *
 * Runs on: main. Feeds never run here: a piscina thread may be stopped between tasks.
 */
export class Compute {
  #pool: Piscina | undefined;
  #closed = false;

  /**
   * Calls the default export (or `name`) of a module with `data` on a compute thread.
   *
   * @throws ComputeError with the cause; MisuseError when closed or when 1024 tasks wait already; AbortError.
   */
  async run<T = unknown>(module: URL | string, data: unknown, options: ComputeRunOptions = {}): Promise<T> {
    if (this.#closed)
      throw new MisuseError('Condition failed: compute.run is called before feeds are closed');
    this.#pool ??= new Piscina({ maxQueue: QUEUE_MAX, idleTimeout: IDLE_MS, minThreads: 0, env: {} });
    const pool = this.#pool;
    if (pool.queueSize >= QUEUE_MAX)
      throw new MisuseError(
        `Condition failed: at most ${QUEUE_MAX} compute tasks wait; await some before handing off more`,
      );
    const filename = module instanceof URL ? module.href : module;
    try {
      return (await pool.run(data, {
        filename,
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        ...(options.transfer === undefined ? {} : { transferList: [...options.transfer] as never }),
      })) as T;
    } catch (cause) {
      if (options.signal?.aborted === true) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ComputeError(`the compute task ${filename} failed: ${why}`, { cause });
    }
  }

  /** Ends the pool; tasks still running are ended too. */
  async close(): Promise<void> {
    this.#closed = true;
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}
