import { LINE_BYTES } from '../ring/ring-layout.ts';

/**
 * Words that both threads of a connection read, each written by one of them, on a cache line of its writer.
 * Counts are int32 that wrap and are compared as `(a - b) | 0`.
 */
const WORD = {
  /** Written by the main thread: records taken out of the ring. */
  taken: 0,
  /** By the main thread: 1 while somebody waits for bytes to leave. */
  wantsDrain: 1,
  /** By the connection's: `State` of the protocol. */
  state: LINE_BYTES / 4,
  /** By the connection's: bytes of data that the kernel took. */
  flushed: LINE_BYTES / 4 + 1,
  /** By the connection's: records published in the ring. */
  written: LINE_BYTES / 4 + 4,
  /** By both: 1 from when the connection stops reading until the main thread says that it may go on. */
  stopped: (2 * LINE_BYTES) / 4,
} as const;

/** Index in float64: time from the newest ping that was answered to its pong, s. */
const LATENCY = LINE_BYTES / 8 + 1;
/** When the keepalive pinged last, and when the newest pong came, s since the epoch. */
const PING_AT = LINE_BYTES / 8 + 3;
const PONG_AT = LINE_BYTES / 8 + 4;

const BYTES = 3 * LINE_BYTES;

/** The words of one connection, from either thread. */
export class ClientWords {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #times: Float64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#times = new Float64Array(memory);
  }

  get state(): number {
    return Atomics.load(this.#words, WORD.state);
  }

  set state(state: number) {
    Atomics.store(this.#words, WORD.state, state);
  }

  get taken(): number {
    return Atomics.load(this.#words, WORD.taken);
  }

  set taken(records: number) {
    Atomics.store(this.#words, WORD.taken, records);
  }

  /** Records published and not taken. */
  get held(): number {
    return (Atomics.load(this.#words, WORD.written) - this.taken) | 0;
  }

  set written(records: number) {
    Atomics.store(this.#words, WORD.written, records);
  }

  get flushed(): number {
    return Atomics.load(this.#words, WORD.flushed);
  }

  /** Runs on: the connection's thread. */
  addFlushed(bytes: number): void {
    Atomics.add(this.#words, WORD.flushed, bytes | 0);
  }

  get wantsDrain(): boolean {
    return Atomics.load(this.#words, WORD.wantsDrain) === 1;
  }

  set wantsDrain(wants: boolean) {
    Atomics.store(this.#words, WORD.wantsDrain, wants ? 1 : 0);
  }

  /** The connection stops reading. It must look at `taken` once more before it relies on being told to go on. */
  stop(): void {
    Atomics.store(this.#words, WORD.stopped, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, WORD.stopped) === 1;
  }

  /** @returns true for one of those that ask while it is stopped. */
  takeStop(): boolean {
    return Atomics.compareExchange(this.#words, WORD.stopped, 1, 0) === 1;
  }

  /** Seconds; 0 until measured. Not atomic: an aligned double is written in one piece on every processor Node has. */
  get latency(): number {
    return this.#times[LATENCY]!;
  }

  set latency(seconds: number) {
    this.#times[LATENCY] = seconds;
  }

  /** Seconds since the epoch; 0 before the first. */
  get pingAt(): number {
    return this.#times[PING_AT]!;
  }

  set pingAt(seconds: number) {
    this.#times[PING_AT] = seconds;
  }

  /** Seconds since the epoch; 0 before the first. */
  get pongAt(): number {
    return this.#times[PONG_AT]!;
  }

  set pongAt(seconds: number) {
    this.#times[PONG_AT] = seconds;
  }
}
