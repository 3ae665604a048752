import { createHash } from 'node:crypto';
import type { SocketOptions } from '../../src/shared/contract.ts';
import type { MonotonicNs } from '../../src/shared/units.ts';
import type { Connection, ConnectionEnd, ConnectionEvents } from '../../src/workers/feed-events.ts';
import { openConnection } from '../../src/workers/socket/connection.ts';

const LONGEST_SHOWN = 64;

/** A message as one line, the same for the same bytes. */
export function shown(isBinary: boolean, payload: Uint8Array): string {
  const kind = isBinary ? 'binary' : 'text';
  if (payload.length <= LONGEST_SHOWN) return `${kind} ${Buffer.from(payload).toString('latin1')}`;
  return `${kind} ${payload.length} bytes ${createHash('sha1').update(payload).digest('hex')}`;
}

export interface LogOptions {
  readonly socket?: Partial<SocketOptions>;
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Asked after each message: false stops. */
  readonly goOn?: (log: ConnectionLog) => boolean;
  readonly opened?: (connection: Connection) => void;
  readonly chunkEnd?: (log: ConnectionLog) => void;
}

/** A connection of ours that writes down what happens on it. */
export class ConnectionLog implements ConnectionEvents {
  readonly connection: Connection;
  readonly messages: string[] = [];
  readonly receivedAtNs: number[] = [];
  readonly ends: ConnectionEnd[] = [];
  openings = 0;
  pongs = 0;
  chunks = 0;
  readonly ended: Promise<ConnectionEnd>;
  readonly #options: LogOptions;
  #resolveEnded: (end: ConnectionEnd) => void = () => {};
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(url: string, options: LogOptions = {}) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    let ticks = 0;
    this.connection = openConnection({
      url,
      socket: { maxPayload: 1024 * 1024, compression: false, ...options.socket },
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      events: this,
      clock: () => ++ticks as MonotonicNs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  /** Resolves as soon as something holds that events change. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ holds, resolve });
      this.#look();
    });
  }

  opened(): void {
    this.openings++;
    this.#options.opened?.(this.connection);
    this.#look();
  }

  text(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): boolean {
    return this.#take(false, bytes.subarray(start, end), receivedAtNs);
  }

  binary(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): boolean {
    return this.#take(true, bytes.subarray(start, end), receivedAtNs);
  }

  chunkEnd(): void {
    this.chunks++;
    this.#options.chunkEnd?.(this);
  }

  pong(): void {
    this.pongs++;
    this.#look();
  }

  closed(end: ConnectionEnd): void {
    this.ends.push(end);
    this.#resolveEnded(end);
    this.#look();
  }

  #take(isBinary: boolean, payload: Uint8Array, receivedAtNs: MonotonicNs): boolean {
    this.messages.push(shown(isBinary, payload));
    this.receivedAtNs.push(receivedAtNs);
    this.#look();
    return this.#options.goOn?.(this) ?? true;
  }

  #look(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wait of waiting) {
      if (wait.holds()) wait.resolve();
      else this.#waiting.push(wait);
    }
  }
}
