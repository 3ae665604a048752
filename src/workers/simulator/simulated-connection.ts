import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { BlockSender } from './block-sender.ts';
import { FrameBatch } from './frame-batch.ts';
import { Random } from './random.ts';
import type { RateWindow } from './rate-window.ts';
import type { ConnectionCounts, SimulatorCounts } from './simulator-counts.ts';
import type { Topic } from './topics.ts';
import { type LineQuality, UnreliableLine } from './unreliable-line.ts';
import type { ConnectionForm, VenueWire } from './venue-wire.ts';

export interface ConnectionOptions {
  /** More digits than a double has, as on the venue. */
  readonly id: string;
  readonly seed: number;
  readonly queuedBytesMax: number;
  /** Undefined where requests are not limited. */
  readonly requestWindow: RateWindow | undefined;
}

/** What is queued for a client that reads as fast as a flood is sent stays below this. */
const BEHIND_BYTES = 1 << 20;
/** Keeps the chances of losing and of delaying apart. */
const LOSS_SALT = 0x1057;
const JITTER_SALT = 0x7177;

/** What one client is subscribed to, and the bytes on their way to it. */
export class SimulatedConnection {
  readonly webSocket: WebSocket;
  /** By the venue's key for what may be subscribed once; undefined where it concerns the whole venue. */
  readonly subscriptions = new Map<string, Topic | undefined>();
  /** What the client calls its streams, where messages are to say so. */
  readonly names = new Map<Topic, string>();
  /** Where connections of the venue are not all alike. */
  form: ConnectionForm | undefined;
  /** Makes a message of the venue this connection's own, once; see `VenueWire.connected`. */
  own: ((text: string) => string) | undefined;
  readonly id: string;
  readonly requestWindow: RateWindow | undefined;
  readonly connectionCounts: ConnectionCounts;
  /** Set while the connection is sent a block again and again. */
  block: BlockSender | undefined;
  silent = false;
  answersPings = true;
  /** Whether anything was sent since the last look for quiet connections. */
  sentSince = false;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #batch = new FrameBatch();
  readonly #counts: SimulatorCounts;
  readonly #openedAtMs = performance.now();
  /** Made when the line is unreliable for the first time, and kept because its chance goes on. */
  #line: UnreliableLine | undefined;
  #lineTimer: NodeJS.Timeout | undefined;
  #lifeTimer: NodeJS.Timeout | undefined;

  constructor(
    webSocket: WebSocket,
    socket: Socket,
    options: ConnectionOptions,
    counts: SimulatorCounts,
    connectionCounts: ConnectionCounts,
  ) {
    this.webSocket = webSocket;
    this.id = options.id;
    this.requestWindow = options.requestWindow;
    this.connectionCounts = connectionCounts;
    this.#options = options;
    this.#socket = socket;
    this.#counts = counts;
  }

  /** In the order of opening, from 1. */
  get number(): number {
    return this.connectionCounts.number;
  }

  get isOpen(): boolean {
    const socket = this.#socket;
    return this.webSocket.readyState === this.webSocket.OPEN && !socket.writableEnded && !socket.destroyed;
  }

  /** True where the client does not keep up with what it is sent. */
  get isBehind(): boolean {
    return this.#socket.writableLength > BEHIND_BYTES;
  }

  /** Queues one text message, which an empty text is not; it leaves at the next flush. */
  send(text: string): void {
    if (this.silent || text === '') return;
    const own = this.own?.(text) ?? text;
    if (own === '') return;
    if (this.#line?.isDelaying === true) this.#delay(this.#line, own, false);
    else this.#batch.text(own);
  }

  /** A message of a stream as this client asked for it. */
  addressed(wire: VenueWire, topic: Topic, text: string): string {
    const { form } = this;
    const asked =
      form === undefined || wire.addressed === undefined
        ? text
        : wire.addressed(text, this.names.get(topic) ?? '', form);
    return this.own?.(asked) ?? asked;
  }

  /** Queues one message of the market, which may be lost or late where the line is unreliable. */
  sendMarket(text: string): void {
    const line = this.#line;
    if (line === undefined || this.silent) this.send(text);
    else if (line.loses()) {
      this.connectionCounts.lost++;
      this.#counts.fault('lose');
    } else if (line.isDelaying) {
      this.connectionCounts.delayed++;
      this.#counts.fault('jitter');
      this.#delay(line, text, true);
    } else this.#batch.text(text);
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.silent) return;
    this.#batch.binary(bytes);
  }

  /** Makes the line unreliable, or reliable again where both are 0. */
  set quality(quality: LineQuality) {
    if (this.#line === undefined && quality.lossProbability === 0 && quality.jitterMs === 0) return;
    const { seed } = this.#options;
    this.#line ??= new UnreliableLine(
      Random.of(seed ^ LOSS_SALT, this.number),
      Random.of(seed ^ JITTER_SALT, this.number),
    );
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#line.quality = quality;
  }

  /** Has `end` called once the connection is so old; undefined takes that back. */
  limitLife(lifeMs: number | undefined, end: () => void): void {
    clearTimeout(this.#lifeTimer);
    if (lifeMs === undefined) return;
    const ageMs = performance.now() - this.#openedAtMs;
    this.#lifeTimer = setTimeout(end, Math.max(0, lifeMs - ageMs));
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
    if (this.#socket.writableLength > this.#options.queuedBytesMax) this.#closeSlow();
  }

  /** Writes whole frames that were made elsewhere, behind what is queued. */
  write(frames: Buffer, count: number, written?: () => void): void {
    this.#counts.messagesSent += count;
    this.#counts.bytesSent += frames.length;
    this.connectionCounts.messagesSent += count;
    this.sentSince = true;
    this.#socket.write(frames, written);
  }

  /** FIN without a close frame. What is under way arrives before it. */
  drop(): void {
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#socket.end();
  }

  /** RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** What is under way arrives before the close frame. */
  close(code: number, reason: string): void {
    if (code === 1006) {
      this.drop();
      return;
    }
    this.#arrive(Number.POSITIVE_INFINITY);
    this.webSocket.close(code, reason);
  }

  /** The connection is gone. */
  ended(): void {
    clearTimeout(this.#lineTimer);
    clearTimeout(this.#lifeTimer);
    this.connectionCounts.open = false;
    this.connectionCounts.subscriptions = 0;
  }

  #delay(line: UnreliableLine, text: string, isMarket: boolean): void {
    const nowMs = performance.now();
    line.put(text, isMarket, nowMs);
    if (line.queuedLength > this.#options.queuedBytesMax) this.#closeSlow();
    else if (this.#lineTimer === undefined) this.#awaitArrival(line, nowMs);
  }

  #awaitArrival(line: UnreliableLine, nowMs: number): void {
    const dueMs = line.nextDueMs;
    if (dueMs === undefined) return;
    // A timer counts whole milliseconds and must not come before the message is due.
    const waitMs = Math.ceil(dueMs - nowMs);
    this.#lineTimer = setTimeout(() => this.#arrive(performance.now()), waitMs);
  }

  /** Sends what the line delivers by then, and everything else that is queued. */
  #arrive(nowMs: number): void {
    const line = this.#line;
    clearTimeout(this.#lineTimer);
    this.#lineTimer = undefined;
    if (line !== undefined) {
      for (const text of line.arrived(nowMs)) this.#batch.text(text);
      this.#awaitArrival(line, nowMs);
    }
    this.flush();
  }

  #closeSlow(): void {
    this.#counts.slowConsumers++;
    this.webSocket.close(1008, 'slow consumer');
  }
}
