import {
  faultEntry,
  type SimulatorFault,
  type SimulatorFaultName,
} from '../../shared/simulator/fault-names.ts';
import type { SimulatorCounts } from './simulator-counts.ts';

/** Faults waiting for a message are bounded: more than this many are not kept. */
const WAITING_MAX = 1000;

/** Lasting faults that are counted where they take effect, not where they begin. */
const COUNTED_ELSEWHERE: ReadonlySet<SimulatorFaultName> = new Set(['connection-life', 'lose', 'jitter']);

/** Which faults are on, which wait for a message that fits, and which come on a schedule. */
export class Faults {
  readonly #counts: SimulatorCounts;
  readonly #begin: (fault: SimulatorFault) => void;
  readonly #end: (name: SimulatorFaultName) => void;
  readonly #waiting: SimulatorFault[] = [];
  readonly #lasting = new Map<SimulatorFaultName, { fault: SimulatorFault; untilMs: number }>();
  readonly #timers = new Map<NodeJS.Timeout, SimulatorFaultName>();

  /**
   * @param begin Carries out a fault that happens now, or begins to last.
   * @param end Ends a lasting fault.
   */
  constructor(
    counts: SimulatorCounts,
    begin: (fault: SimulatorFault) => void,
    end: (name: SimulatorFaultName) => void,
  ) {
    this.#counts = counts;
    this.#begin = begin;
    this.#end = end;
  }

  /** Takes in a fault: on the schedule where it has a time, otherwise at once. */
  add(fault: SimulatorFault): void {
    const { name, everyMs, atMs } = fault;
    if (everyMs !== undefined)
      this.#timers.set(setInterval(() => this.#strike(fault), everyMs).unref(), name);
    else if (atMs !== undefined) this.#later(atMs, name, () => this.#strike(fault));
    else this.#strike(fault);
  }

  /** The lasting fault of this name, while it is on. */
  lasting(name: SimulatorFaultName): SimulatorFault | undefined {
    return this.#lasting.get(name)?.fault;
  }

  /** The lasting fault of this name, while it is on and concerns this connection. */
  lastingOn(name: SimulatorFaultName, connection: number): SimulatorFault | undefined {
    const fault = this.lasting(name);
    return (fault?.connection ?? connection) === connection ? fault : undefined;
  }

  /** Whether messages may be lost or late, so that each has to be sent by itself. */
  get isLineUnreliable(): boolean {
    return this.#lasting.has('lose') || this.#lasting.has('jitter');
  }

  /** Milliseconds a lasting fault will still be on; Infinity where it has no end. */
  remainingMs(name: SimulatorFaultName): number {
    return (this.#lasting.get(name)?.untilMs ?? 0) - performance.now();
  }

  get isAnyWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes the oldest waiting fault that fits a message of this symbol and channel, and counts it. */
  take(symbol: string, channel: 'book' | 'trade', touchesTop: boolean): SimulatorFault | undefined {
    if (this.#waiting.length === 0) return undefined;
    const at = this.#waiting.findIndex(
      (fault) =>
        (fault.symbol ?? symbol) === symbol &&
        // Repeating shows in trades as well; the others concern books unless a channel is named.
        (fault.channel ?? (fault.name === 'repeat' ? channel : 'book')) === channel &&
        // What leaves the ten best levels as they are may go unnoticed for long.
        (channel === 'trade' || touchesTop || (fault.name !== 'skip-update' && fault.name !== 'reorder')),
    );
    if (at < 0) return undefined;
    const [fault] = this.#waiting.splice(at, 1);
    this.#counts.fault(fault!.name);
    return fault;
  }

  /** Ends, forgets and unschedules a fault. */
  clear(name: SimulatorFaultName): void {
    for (let n = this.#waiting.length - 1; n >= 0; n--)
      if (this.#waiting[n]!.name === name) this.#waiting.splice(n, 1);
    for (const [timer, of] of this.#timers)
      if (of === name) {
        clearTimeout(timer);
        this.#timers.delete(timer);
      }
    if (this.#lasting.delete(name)) this.#end(name);
  }

  stop(): void {
    for (const timer of this.#timers.keys()) clearTimeout(timer);
    this.#timers.clear();
  }

  #strike(fault: SimulatorFault): void {
    const { name, forMs } = fault;
    const { form } = faultEntry(name);
    if (form === 'next') {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(fault);
      return;
    }
    if (!COUNTED_ELSEWHERE.has(name)) this.#counts.fault(name);
    if (form === 'while') {
      this.#lasting.set(name, { fault, untilMs: performance.now() + (forMs ?? Number.POSITIVE_INFINITY) });
      if (forMs !== undefined)
        this.#later(forMs, name, () => {
          // Begun anew meanwhile, it ends later.
          if (this.#lasting.get(name)?.fault !== fault) return;
          this.#lasting.delete(name);
          this.#end(name);
        });
    }
    this.#begin(fault);
  }

  #later(ms: number, name: SimulatorFaultName, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    // A fault to come keeps no process alive.
    timer.unref();
    this.#timers.set(timer, name);
  }
}
