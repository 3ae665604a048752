import { type MainThreadCost, MainThreadMeter } from './main-thread-cost.ts';
import type { Ended, Sent } from './flood-plan.ts';
import type { FloodRun } from './flood-server-process.ts';
import type { Tally } from './tally.ts';
import type { WallClock } from './wall-clock.ts';

/** A run that is not over by then never will be. */
const DEADLINE_MS = 180_000;

/** Connects to a run, gives everything to the tally until `stop` aborts, and closes again. */
export type Receive<T extends Tally> = (run: FloodRun, tally: T, stop: AbortSignal) => Promise<void>;

/** One run, received whole. */
export interface Received {
  readonly messages: number;
  /** From the moment the first message left until the last callback returned. */
  readonly seconds: number;
  /** From the first callback to the last. */
  readonly cost: MainThreadCost;
  readonly sent: Sent;
  readonly ended: Ended;
}

/**
 * Receives a run and compares what came with what was sent.
 *
 * @throws Error where a message is missing, came twice or came with other numbers.
 */
export async function receiveWhole<T extends Tally>(
  name: string,
  run: FloodRun,
  tally: T,
  clock: WallClock,
  receive: Receive<T>,
): Promise<Received> {
  const stop = new AbortController();
  const meter = new MainThreadMeter();
  let endedUs = 0;
  let cost: MainThreadCost | undefined;
  tally.begun = () => meter.start();
  tally.whole = () => {
    endedUs = clock.nowUs();
    cost = meter.read();
    stop.abort();
  };
  const late = setTimeout(() => stop.abort(), DEADLINE_MS);
  try {
    await receive(run, tally, stop.signal);
  } finally {
    clearTimeout(late);
  }
  if (cost === undefined) throw new Error(`${name}: only ${tally.messages} messages came`);
  const sent = await run.sent;
  tally.check(name, sent);
  const ended = await run.ended;
  return { messages: tally.messages, seconds: (endedUs - sent.startedUs) / 1e6, cost, sent, ended };
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
