import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { FAULTS, type FaultCode } from '../../src/shared/faults/fault-catalogue.ts';
import { durationMs, later, type MonotonicNs } from '../../src/shared/units.ts';
import type { Connection, ConnectionEvents } from '../../src/workers/feed-events.ts';
import type { SimulatedVenue } from '../../src/workers/simulator/simulated-venue.ts';
import type { Random } from '../support/random.ts';
import type { Schedule } from './schedule.ts';

const READ_BYTES = 64 * 1024;
const OPCODE = { text: 1, pong: 10 } as const;
/** From being written until it can be read, ms. */
const WAY_MS = 0.2;
/** What reading takes, ns per byte. */
const READ_NS = 6;

/** The thread that reads: its time goes on while it works, and the world's goes on beside it. */
export interface ReadingThread {
  now: number;
  /** Lets the world come to the thread's time. */
  catchUp(): void;
}

export interface PileOptions {
  readonly venue: SimulatedVenue;
  readonly address: string;
  readonly schedule: Schedule;
  readonly thread: ReadingThread;
  readonly chance: Random;
  /** Bytes that can be read at once; the rest waits at the sender. */
  readonly windowBytes: number;
  /** Most time until the sender goes on after the window was full, ms. */
  readonly refillMs: number;
}

/**
 * A connection to the embedded venue in simulated time, whose bytes pile up while nobody reads them: before the
 * socket as far as the window goes, and at the sender beyond.
 */
export class PiledConnection implements Connection {
  readonly unsentBytes = 0;
  readonly #options: PileOptions;
  readonly #events: ConnectionEvents;
  readonly #venueEnd = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 0,
    pong: () => this.#push(Buffer.from([0x80 | OPCODE.pong, 0])),
    close: () => undefined,
    terminate: () => undefined,
  });
  readonly #pile: { readonly at: number; bytes: Buffer }[] = [];
  #carry: Buffer = Buffer.alloc(0);
  #isOpened = false;
  #isOver = false;
  #refillAt = 0;

  constructor(events: ConnectionEvents, options: PileOptions) {
    this.#events = events;
    this.#options = options;
    const { schedule, chance, venue, address } = options;
    schedule.in(1 + chance.below(5), () => {
      if (this.#isOver) return;
      this.#venueEnd.readyState = this.#venueEnd.OPEN;
      const socket = {
        writableEnded: false,
        destroyed: false,
        writableLength: 0,
        // The venue writes the same memory again.
        write: (bytes: Buffer) => this.#push(Buffer.from(bytes)),
        end: () => undefined,
      };
      venue.connect(this.#venueEnd as unknown as WebSocket, socket as unknown as Socket, address);
    });
  }

  send(text: string | Uint8Array): void {
    this.#toVenue('message', Buffer.from(text as string), false);
  }

  ping(): void {
    this.#toVenue('ping', Buffer.alloc(0));
  }

  close(_code: number, reason: string): void {
    this.terminate(FAULTS.NONE.id, reason);
  }

  terminate(fault: FaultCode, detail: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#venueEnd.readyState = 3;
    this.#venueEnd.emit('close');
    this.#options.schedule.in(1, () => this.#events.closed({ fault, code: 1000, detail, ours: true }));
  }

  resume(): void {}

  /** One turn of the event loop: what can be read, but for what lies behind a control frame. */
  read(): void {
    const { thread, windowBytes, refillMs, chance } = this.#options;
    if (this.#isOver || this.#venueEnd.readyState !== this.#venueEnd.OPEN) return;
    if (!this.#isOpened) {
      this.#isOpened = true;
      this.#events.opened();
    }
    if (thread.now < this.#refillAt) return;
    let ready = 0;
    for (const { at, bytes } of this.#pile) {
      if (at > thread.now || ready >= windowBytes) break;
      ready += bytes.length;
    }
    const isFull = ready >= windowBytes;
    ready = Math.min(ready, windowBytes);
    while (ready > 0 && !this.#isOver) {
      const length = Math.min(ready, READ_BYTES);
      ready -= length;
      thread.now += length * READ_NS;
      if (!this.#take(length)) break;
      thread.catchUp();
    }
    if (isFull) this.#refillAt = later(thread.now as MonotonicNs, durationMs(chance.below(refillMs + 1)));
  }

  /** Hands over one chunk. @returns false where reading has to stop for this turn. */
  #take(length: number): boolean {
    const parts = [this.#carry];
    for (let missing = length; missing > 0; ) {
      const first = this.#pile[0]!;
      const part = first.bytes.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      if (part.length === first.bytes.length) this.#pile.shift();
      else first.bytes = first.bytes.subarray(part.length);
    }
    const bytes = Buffer.concat(parts);
    const receivedAtNs = this.#options.thread.now as MonotonicNs;
    let hadControl = false;
    let at = 0;
    for (let frame = frameAt(bytes, at); frame !== undefined; frame = frameAt(bytes, at)) {
      at = frame.end;
      if (this.#isOver) break;
      if (frame.opcode === OPCODE.text) this.#events.text(bytes, frame.start, frame.end, receivedAtNs);
      else {
        hadControl = true;
        this.#events.pong();
      }
    }
    this.#carry = Buffer.from(bytes.subarray(at));
    this.#events.chunkEnd();
    return !hadControl;
  }

  #push(bytes: Buffer): void {
    const { schedule } = this.#options;
    this.#pile.push({ at: later(schedule.now, durationMs(WAY_MS)), bytes });
  }

  #toVenue(event: string, ...words: unknown[]): void {
    const { schedule, chance } = this.#options;
    schedule.in(WAY_MS + chance.below(3), () => {
      if (!this.#isOver) this.#venueEnd.emit(event, ...words);
    });
  }
}

/** A server's frame: not masked. @returns where its payload is; undefined where it is not whole. */
function frameAt(
  bytes: Buffer,
  at: number,
): { readonly opcode: number; readonly start: number; readonly end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const short = bytes[at + 1]! & 127;
  const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
  if (bytes.length < start) return undefined;
  const length =
    short === 126
      ? bytes.readUInt16BE(at + 2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short;
  if (bytes.length < start + length) return undefined;
  return { opcode: bytes[at]! & 15, start, end: start + length };
}
