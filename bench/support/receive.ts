import { type Ended, MARKETS, type Sent } from './flood-plan.ts';
import type { FloodRun } from './flood-server-process.ts';
import { type MainThreadCost, MainThreadMeter } from './main-thread-cost.ts';
import type { Tally } from './tally.ts';

/** A run that is not over by then never will be. */
const DEADLINE_MS = 180_000;
/** How often it is looked whether the books that a client asked for have come. */
const LOOK_EVERY_MS = 5;

/** Connects to a run, gives everything to the tally until `stop` aborts, and closes again. */
export type Receive<T extends Tally> = (run: FloodRun, tally: T, stop: AbortSignal) => Promise<void>;

/** One run, received whole. */
export interface Received {
  /** Messages that were measured: all but those of the warm-up. */
  readonly messages: number;
  /** From the callback of the first of these to that of the last. */
  readonly seconds: number;
  /** Of the same time. */
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
  receive: Receive<T>,
): Promise<Received> {
  const stop = new AbortController();
  const meter = new MainThreadMeter();
  let begunMs = 0;
  let seconds = 0;
  let cost: MainThreadCost | undefined;
  tally.begun = () => {
    meter.start();
    begunMs = performance.now();
  };
  tally.whole = () => {
    seconds = (performance.now() - begunMs) / 1000;
    cost = meter.read();
    stop.abort();
  };
  const late = setTimeout(() => stop.abort(), DEADLINE_MS);
  const awaited = whenBooksAreThere(run, tally);
  try {
    await receive(run, tally, stop.signal);
  } finally {
    clearTimeout(late);
    clearInterval(awaited);
  }
  if (cost === undefined) throw new Error(`${name}: only ${tally.messages} messages came`);
  const sent = await run.sent;
  tally.check(name, sent);
  const ended = await run.ended;
  return { messages: tally.measured, seconds, cost, sent, ended };
}

/** Lets the server begin as soon as the client has the books that it has to ask for. */
function whenBooksAreThere(run: FloodRun, tally: Tally): NodeJS.Timeout | undefined {
  const { snapshots } = MARKETS[run.plan.market];
  if (snapshots === undefined) return undefined;
  const look = setInterval(() => {
    if (tally.messages < snapshots.length) return;
    clearInterval(look);
    run.go();
  }, LOOK_EVERY_MS);
  return look;
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
