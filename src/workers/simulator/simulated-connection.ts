import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { BlockSender } from './block-sender.ts';
import { FrameBatch } from './frame-batch.ts';
import type { SimulatorCounts } from './simulator-counts.ts';
import type { Topic } from './topics.ts';

/** What one client is subscribed to, and the bytes on their way to it. */
export class SimulatedConnection {
  readonly webSocket: WebSocket;
  /** By the venue's key for what may be subscribed once; undefined where it concerns the whole venue. */
  readonly subscriptions = new Map<string, Topic | undefined>();
  /** More digits than a double has, as on the venue. */
  readonly id: string;
  /** Set while the connection is sent a block again and again. */
  block: BlockSender | undefined;
  silent = false;
  answersPings = true;
  /** Whether anything was sent since the last look for quiet connections. */
  sentSince = false;
  readonly #socket: Socket;
  readonly #batch = new FrameBatch();
  readonly #counts: SimulatorCounts;
  readonly #queuedBytesMax: number;

  constructor(
    webSocket: WebSocket,
    socket: Socket,
    id: string,
    counts: SimulatorCounts,
    queuedBytesMax: number,
  ) {
    this.webSocket = webSocket;
    this.#socket = socket;
    this.id = id;
    this.#counts = counts;
    this.#queuedBytesMax = queuedBytesMax;
  }

  get isOpen(): boolean {
    const socket = this.#socket;
    return this.webSocket.readyState === this.webSocket.OPEN && !socket.writableEnded && !socket.destroyed;
  }

  /** Queues one text message; it leaves at the next flush. */
  send(text: string): void {
    if (this.silent) return;
    this.#batch.text(text);
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.silent) return;
    this.#batch.binary(bytes);
  }

  /** Writes everything queued in one piece. Closes a connection that does not read. */
  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    if (!this.isOpen) {
      batch.reset();
      return;
    }
    this.write(batch.bytes, batch.frames);
    // The kernel took it all, so nobody reads this memory any more.
    if (this.#socket.writableLength === 0) batch.reset();
    else batch.handOver();
    if (this.#socket.writableLength > this.#queuedBytesMax) this.#closeSlow();
  }

  /** Writes whole frames that were made elsewhere, behind what is queued. */
  write(frames: Buffer, count: number, written?: () => void): void {
    this.#counts.messagesSent += count;
    this.#counts.bytesSent += frames.length;
    this.sentSince = true;
    this.#socket.write(frames, written);
  }

  /** FIN without a close frame. */
  drop(): void {
    this.#socket.end();
  }

  /** RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(code: number, reason: string): void {
    this.flush();
    if (code === 1006) this.drop();
    else this.webSocket.close(code, reason);
  }

  #closeSlow(): void {
    this.#counts.slowConsumers++;
    this.webSocket.close(1008, 'slow consumer');
  }
}
