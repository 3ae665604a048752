import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  type Ended,
  type FloodPlan,
  type FromServer,
  planToQuery,
  type Sent,
  type ToServer,
} from './flood-plan.ts';
import { WallClock } from './wall-clock.ts';

interface Awaited<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function awaited<T>(): Awaited<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** What the server tells of one run. */
interface Told {
  readonly gate: Awaited<void>;
  readonly sent: Awaited<Sent>;
  readonly ended: Awaited<Ended>;
}

/** One run on the server: where to connect, and what was sent. */
export interface FloodRun {
  readonly plan: FloodPlan;
  readonly url: string;
  /** Root of the REST interface that belongs to it. */
  readonly restUrl: string;
  /** All messages up to the gate have left. */
  readonly gate: Promise<void>;
  readonly sent: Promise<Sent>;
  readonly ended: Promise<Ended>;
  /** Lets the server begin, where it waits for the client to have its books, and go on after the gate. */
  go(): void;
}

/** The exchange in its own process, as its parent sees it. */
export class FloodServer {
  /** The clock that both processes share. */
  readonly clock: WallClock;
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #told = new Map<number, Told>();
  #runs = 0;

  private constructor(child: ChildProcess, port: number, clock: WallClock) {
    this.#child = child;
    this.#port = port;
    this.clock = clock;
    child.on('message', (message: FromServer) => this.#hear(message));
  }

  static async start(): Promise<FloodServer> {
    const clock = new WallClock();
    const child = fork(new URL('./flood-server.js', import.meta.url), [String(clock.offsetUs)], {
      // Nothing of the parent's: neither its profiler nor its test runner.
      execArgv: [],
      env: {},
    });
    const [ready] = await Promise.race([
      once(child, 'message') as Promise<[FromServer]>,
      once(child, 'exit').then(([code]) => {
        throw new Error(`the flood server ended with code ${code} before it listened`);
      }),
    ]);
    if (ready.type !== 'ready') throw new Error('the flood server begins with its port');
    return new FloodServer(child, ready.port, clock);
  }

  run(plan: Partial<FloodPlan> & Pick<FloodPlan, 'market' | 'messages'>): FloodRun {
    const whole: FloodPlan = {
      rate: 0,
      stamp: false,
      pingEveryMs: 0,
      gateAt: 0,
      ...plan,
      run: ++this.#runs,
    };
    const told: Told = { gate: awaited(), sent: awaited(), ended: awaited() };
    this.#told.set(whole.run, told);
    return {
      plan: whole,
      url: `ws://127.0.0.1:${this.#port}/?${planToQuery(whole)}`,
      restUrl: `http://127.0.0.1:${this.#port}/${whole.run}`,
      gate: told.gate.promise,
      sent: told.sent.promise,
      ended: told.ended.promise,
      go: () => this.#child.send({ type: 'go', run: whole.run } satisfies ToServer),
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exit;
  }

  #hear(message: FromServer): void {
    if (message.type === 'ready') return;
    const told = this.#told.get(message.run);
    if (message.type === 'gate') told?.gate.resolve();
    else if (message.type === 'sent') told?.sent.resolve(message);
    else {
      told?.ended.resolve(message);
      this.#told.delete(message.run);
    }
  }
}
