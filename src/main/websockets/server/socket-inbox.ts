import type { Decode, Message } from '../transport.ts';

/** When reading stops and goes on, in messages that wait. */
export interface QueueLimits {
  readonly high: number;
  readonly low: number;
}

/** What can be told to stop reading. It may still deliver what it has read already. */
export interface Source {
  pause(): void;
  resume(): void;
}

const encoder = new TextEncoder();

/** Messages that have come and wait to be taken. */
export class SocketInbox {
  readonly #source: Source;
  readonly #limits: QueueLimits | null;
  #messages: Message[] = [];
  /** Of `#messages`, those that are taken. */
  #taken = 0;
  #isPaused = false;
  #wasPaused = false;
  #passesOver = false;

  constructor(source: Source, limits: QueueLimits | null) {
    this.#source = source;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#messages.length;
  }

  /** True where at some time since the last call nothing was read, because enough waited. */
  takeWasPaused(): boolean {
    const was = this.#wasPaused;
    this.#wasPaused = this.#isPaused;
    return was;
  }

  /** @param bytes a view of what was read from the socket, which is copied: it would keep all of that alive. */
  push(bytes: Buffer, isBinary: boolean): void {
    if (this.#passesOver) return;
    this.#messages.push(isBinary ? new Uint8Array(bytes) : bytes.toString('utf8'));
    if (this.#limits === null || this.#isPaused || this.#waiting <= this.#limits.high) return;
    this.#isPaused = true;
    this.#wasPaused = true;
    this.#source.pause();
  }

  take(decode: Decode): Message | undefined {
    if (this.isEmpty) return undefined;
    const message = this.#messages[this.#taken]!;
    this.#taken++;
    if (this.isEmpty) {
      this.#messages = [];
      this.#taken = 0;
    }
    if (this.#isPaused && this.#waiting <= this.#limits!.low) this.#resume();
    if (decode === undefined || decode === (typeof message === 'string')) return message;
    return typeof message === 'string'
      ? encoder.encode(message)
      : Buffer.from(message.buffer, message.byteOffset, message.length).toString('utf8');
  }

  /** What still comes is not kept: only the end is waited for. */
  passOver(): void {
    this.#passesOver = true;
    if (this.#isPaused) this.#resume();
  }

  get #waiting(): number {
    return this.#messages.length - this.#taken;
  }

  #resume(): void {
    this.#isPaused = false;
    this.#source.resume();
  }
}
