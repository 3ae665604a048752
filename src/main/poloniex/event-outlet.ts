import { EventEmitter } from 'node:events';
import { msg } from './output-text.ts';
import type { PoloniexEventName, PoloniexEvents } from './subscriber-events.ts';

/** What comes of an event: its text is printed behind the time, and whoever listens is told. */
export class EventOutlet {
  readonly #emitter = new EventEmitter();
  readonly #now: () => number;
  readonly #print: ((line: string) => void) | undefined;

  /** @param print where lines go; nothing is printed where left out. */
  constructor(now: () => number, print: ((line: string) => void) | undefined) {
    this.#now = now;
    this.#print = print;
  }

  get prints(): boolean {
    return this.#print !== undefined;
  }

  /** Milliseconds since the Unix epoch. */
  get now(): number {
    return this.#now();
  }

  on<N extends PoloniexEventName>(name: N, listener: (event: PoloniexEvents[N]) => void): () => void {
    this.#emitter.on(name, listener);
    return () => {
      this.#emitter.off(name, listener);
    };
  }

  listens(name: PoloniexEventName): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  emit<N extends PoloniexEventName>(name: N, event: PoloniexEvents[N]): void {
    // An emitter throws an `error` that nobody listens to.
    if (this.listens(name)) this.#emitter.emit(name, event);
  }

  print(text: string): void {
    if (this.#print !== undefined) msg(text, this.#now(), this.#print);
  }

  /** Prints a line as it is, without the time. */
  printLine(line: string): void {
    this.#print?.(line);
  }
}
