import { Worker } from 'node:worker_threads';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import type {
  InstrumentAnswer,
  InstrumentNews,
  InstrumentQuestion,
} from '../../shared/venues/instrument-list.ts';
import { workerFlags } from '../worker-flags.ts';

const WORKER = new URL('../../workers/instrument-worker.js', import.meta.url);

/** The worker answers in time by itself; one that starts slowly or reads a long list gets this much more. */
const GRACE_MS = 5_000;

/**
 * Asks venues for their instruments, in a worker that ends with the last answer.
 *
 * Runs on: main.
 *
 * @returns an answer for each question, in their order. Rejects with the signal's reason alone.
 */
export function askInstruments(
  questions: readonly InstrumentQuestion[],
  signal?: AbortSignal,
): Promise<readonly InstrumentAnswer[]> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  if (questions.length === 0) return Promise.resolve([]);
  // The worker's environment is empty: it needs none of it, and secrets live there.
  const worker = new Worker(WORKER, {
    name: 'ringfeed instruments',
    env: {},
    ...workerFlags(),
    workerData: questions,
  });
  return new Promise((resolve, reject) => {
    const answers = new Map<number, InstrumentAnswer>();
    const end = (settle: () => void): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      void worker.terminate();
      settle();
    };
    const give = (detail: string): void =>
      end(() =>
        resolve(
          questions.map((_, n) => answers.get(n) ?? { ok: false, fault: FAULTS.WORKER_FAILED.id, detail }),
        ),
      );
    const abort = (): void => end(() => reject(signal?.reason));
    const timeoutMs = Math.max(...questions.map((question) => question.timeoutMs)) + GRACE_MS;
    const late = setTimeout(() => give(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener('abort', abort);
    worker.on('message', ({ question, answer }: InstrumentNews) => {
      answers.set(question, answer);
      if (answers.size === questions.length) give('');
    });
    worker.on('error', (error) => give(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => give(`the worker ended with exit code ${code}`));
  });
}
