import { Worker } from 'node:worker_threads';
import { invariant, MisuseError } from '../shared/invariant.ts';
import {
  faultFlaw,
  SIMULATOR_FAULT_NAMES,
  type SimulatorFault,
  type SimulatorFaultName,
} from '../shared/simulator/fault-names.ts';
import { limitsFlaw } from '../shared/simulator/limit-names.ts';
import { PAIRS_MAX } from '../shared/simulator/market-size.ts';
import type {
  SimulatorAddress,
  SimulatorCommand,
  SimulatorMessage,
  SimulatorOptions,
  SimulatorRequest,
  SimulatorResult,
  SimulatorResults,
  SimulatorStats,
  SymbolTruth,
} from '../shared/simulator/simulator-protocol.ts';
import { EXCHANGES, type ExchangeName } from '../shared/venues/venue.ts';
import { didYouMean } from './options/nearest.ts';
import { workerFlags } from './worker-flags.ts';

/** A simulated exchange on this machine, running in a thread of its own. */
export interface Simulator extends SimulatorAddress {
  /** Address of the venue named in the options. */
  readonly url: string;
  /** Lets something go wrong, at once or on a schedule. */
  fault(name: SimulatorFaultName, details?: Omit<SimulatorFault, 'name'>): Promise<void>;
  /** Ends a lasting fault; forgets one that waits for a message or is on the schedule. */
  clear(name: SimulatorFaultName): Promise<void>;
  setRate(rate: number | 'flood'): Promise<void>;
  /** Makes this many messages on every venue with a client. @returns how many were made. */
  step(count: number): Promise<number>;
  stats(): Promise<SimulatorStats>;
  /**
   * What the exchange itself knows of a symbol (`BTC/USD`): what a client that missed nothing and counted
   * nothing twice has counted too. On the venue named in the options unless told.
   */
  truth(symbol: string, exchange?: ExchangeName): Promise<SymbolTruth>;
  /** Ends every connection and the thread. */
  close(): Promise<void>;
}

/**
 * Starts the simulated exchange.
 *
 * @throws MisuseError where an option cannot work. Rejects where the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  check(options);
  const worker = new Worker(new URL('../workers/simulator/simulator-worker.js', import.meta.url), {
    name: 'ringfeed simulator',
    workerData: options,
    ...workerFlags(),
  });
  const remote = new RemoteSimulator(worker);
  const { urls, restUrl, symbols } = await remote.ready;
  return {
    url: urls[options.exchange ?? 'kraken'],
    urls,
    restUrl,
    symbols,
    fault: (name, details = {}) => {
      const fault = { name, ...details };
      checkFault(fault);
      return remote.ask({ type: 'fault', fault });
    },
    clear: (name) => remote.ask({ type: 'clear', name }),
    setRate: (rate) => {
      checkRate(rate);
      return remote.ask({ type: 'rate', rate });
    },
    step: (count) => remote.ask({ type: 'step', count }),
    stats: () => remote.ask({ type: 'stats' }),
    truth: async (symbol, exchange = options.exchange ?? 'kraken') => {
      checkListed(EXCHANGES, exchange, 'venues');
      checkListed(symbols, symbol, 'symbols');
      const truth = await remote.ask({ type: 'truth', exchange, symbol });
      invariant(truth !== undefined, 'a venue knows every symbol the simulator lists');
      return truth;
    },
    close: () => remote.close(),
  };
}

function condition(holds: boolean, rule: string): void {
  if (!holds) throw new MisuseError(`Condition failed: ${rule}`);
}

function checkRate(rate: number | 'flood'): void {
  condition(
    rate === 'flood' || rate >= 0,
    `the simulator's rate is 0 or more messages per second, or "flood"`,
  );
}

function checkListed(listed: readonly string[], given: string, what: string): void {
  condition(
    listed.includes(given),
    `"${given}" is one of the simulator's ${what}${didYouMean(given, listed)}`,
  );
}

function checkFault(fault: SimulatorFault): void {
  checkListed(SIMULATOR_FAULT_NAMES, fault.name, 'faults');
  const flaw = faultFlaw(fault);
  condition(flaw === undefined, flaw ?? '');
}

function check(options: SimulatorOptions): void {
  const { pairs = 20, rate = 0, levels = 1200, port = 0, seed = 1, limits = {}, faults = [] } = options;
  const isWhole = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  condition(isWhole(pairs, 1, PAIRS_MAX), `the simulator has 1 to ${PAIRS_MAX} pairs`);
  condition(isWhole(levels, 4, 10_000), 'a simulated book has 4 to 10,000 levels per side');
  condition(isWhole(port, 0, 65_535), 'a port is 0 to 65,535');
  condition(Number.isSafeInteger(seed), 'a seed is a whole number');
  checkRate(rate);
  const flaw = limitsFlaw(limits);
  condition(flaw === undefined, flaw ?? '');
  for (const fault of faults) checkFault(fault);
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** Questions to the simulator's thread, each settled by its answer or by the thread's end. */
class RemoteSimulator {
  readonly ready: Promise<SimulatorAddress>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #hasEnded = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (message: SimulatorMessage) => {
        if (message.type === 'ready') resolve(message);
        else if (message.type === 'failed')
          reject(new Error(`the simulator could not start: ${message.detail}`));
        else this.#settle(message.id, message.result);
      });
      worker.on('error', (error) => {
        reject(error);
        this.#rejectAll(error instanceof Error ? error : new Error(String(error)));
      });
    });
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#hasEnded = true;
        this.#rejectAll(new Error('the simulator has ended'));
        resolve();
      });
    });
  }

  ask<T extends SimulatorCommand>(command: T): Promise<SimulatorResults[T['type']]> {
    if (this.#hasEnded) return Promise.reject(new Error('the simulator has ended'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, command } satisfies SimulatorRequest);
    });
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) await this.ask({ type: 'stop' }).catch(() => undefined);
    await this.#worker.terminate();
    await this.#ended;
  }

  #settle(id: number, result: SimulatorResult): void {
    this.#pending.get(id)?.resolve(result as never);
    this.#pending.delete(id);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
