import type { Socket } from 'node:net';
import type { FrameOpcode } from '../../shared/client/client-contract.ts';
import type { ClientWords } from '../../shared/client/client-words.ts';
import type { ClientProtocol } from '../../shared/protocol/client-protocol.ts';
import { Frame, serializeFrame } from '../../shared/protocol/frame.ts';
import { OPCODE } from '../../shared/protocol/frame-header.ts';
import { type MonotonicNs, NS_PER_MS } from '../../shared/units.ts';
import { FrameLane, type LaneSink } from './frame-lane.ts';
import type { MessageWriter } from './message-writer.ts';

/** What a connection does about what is not a message. */
export interface InputEvents {
  pong(payload: Uint8Array): void;
  /** Something was read: the protocol may have an answer, or be at its end. */
  read(): void;
}

/** What is handed on, and what is made sure of before. */
export interface Handing {
  /** Control frames, too. */
  readonly controlToo: boolean;
  readonly checksText: boolean;
  readonly acceptsMasked: boolean;
}

const MESSAGES: Handing = { controlToo: false, checksText: true, acceptsMasked: false };

const now = (): MonotonicNs => (performance.now() * NS_PER_MS) as MonotonicNs;

/** From the socket of an open connection into the ring, and no further than there is room. */
export class ClientInput implements LaneSink {
  readonly #socket: Socket;
  readonly #protocol: ClientProtocol;
  readonly #writer: MessageWriter;
  readonly #words: ClientWords;
  readonly #events: InputEvents;
  readonly #handing: Handing;
  readonly #lane: FrameLane;
  /** Messages that find no room are passed over: the user wants the end and not what comes before it. */
  #passesOver = false;
  /** One was passed over, and with it all that follow: there may be none with a hole in it. */
  #isPassing = false;
  #hasEnded = false;
  /**
   * The lane was told that there is no room, and has stopped. It stays so until there is much room again: the main
   * thread takes messages meanwhile, and a lane that has stopped must be told to go on.
   */
  #isFull = false;
  #isStopped = false;
  #wasStopped = false;

  /** @param maxBytes of a message in one frame; Infinity is no limit. */
  constructor(
    socket: Socket,
    protocol: ClientProtocol,
    writer: MessageWriter,
    words: ClientWords,
    maxBytes: number,
    events: InputEvents,
    handing: Handing = MESSAGES,
  ) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#writer = writer;
    this.#words = words;
    this.#events = events;
    this.#handing = handing;
    this.#lane = new FrameLane(this, maxBytes, protocol.extensions.length > 0, handing.acceptsMasked);
  }

  /**
   * @returns true where at some time since the last call nothing was read, because the main thread had not taken
   * what was.
   */
  takeWasStopped(): boolean {
    const was = this.#wasStopped;
    this.#wasStopped = this.#isStopped;
    return was;
  }

  /**
   * Takes `bytes[start..end)` as they came from the socket.
   *
   * @returns false to stop reading; the socket is resumed once there is room.
   */
  take(bytes: Buffer, start: number, end: number): boolean {
    const receivedAtNs = now();
    this.#writer.receivedAtNs = receivedAtNs;
    this.#lane.take(bytes, start, end, receivedAtNs);
    this.#settle();
    return !this.#isStopped;
  }

  /** The main thread has made room. */
  resume(): void {
    if (this.#hasEnded) return;
    if (!this.#writer.drain() && !this.#passesOver) {
      this.#stop();
      return;
    }
    this.#isFull = false;
    this.#lane.resume(now());
    if (!this.#isFull && this.#isStopped) {
      this.#isStopped = false;
      this.#socket.resume();
    }
    this.#settle();
  }

  /** From here on what finds no room is passed over, so that the end is found behind it. */
  passOver(): void {
    this.#passesOver = true;
    this.resume();
  }

  /** Nothing more will be read. What has been read is handed on, whether or not there is room. */
  end(): void {
    this.#hasEnded = true;
    this.#isFull = false;
    this.#lane.end(now());
  }

  // ---- What the lane found.

  get isFull(): boolean {
    if (this.#isFull || this.#passesOver || this.#hasEnded) return this.#isFull;
    this.#isFull = this.#writer.isFull;
    return this.#isFull;
  }

  text(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isPassedOver()) return true;
    if (this.#writer.writeText(bytes, start, end, this.#handing.checksText)) return true;
    // Framed once more, so that the protocol finds for itself what is wrong and says so.
    this.protocol(serializeFrame(OPCODE.text, bytes.subarray(start, end), true, 0, undefined));
    return false;
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.#hand(OPCODE.binary, bytes, start, end, false);
  }

  protocol(bytes: Uint8Array): void {
    this.#protocol.receiveData(bytes);
    for (const event of this.#protocol.eventsReceived()) if (event instanceof Frame) this.#frame(event);
  }

  #frame({ opcode, data, fin }: Frame): void {
    if (opcode === OPCODE.pong) this.#events.pong(data);
    if (opcode < OPCODE.close || this.#handing.controlToo)
      this.#hand(opcode as FrameOpcode, data, 0, data.length, !fin);
  }

  #hand(opcode: FrameOpcode, bytes: Uint8Array, start: number, end: number, more: boolean): void {
    if (!this.#isPassedOver()) this.#writer.write(opcode, bytes, start, end, more);
  }

  #isPassedOver(): boolean {
    if (this.#passesOver && this.#writer.isFull) this.#isPassing = true;
    return this.#isPassing;
  }

  #settle(): void {
    this.#writer.publish();
    if (this.#isFull) this.#stop();
    this.#events.read();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#wasStopped = true;
    this.#words.stop();
    // The main thread may have made room before it could see that somebody waits for it.
    if (this.#writer.hasRoom && this.#words.takeStop()) setImmediate(() => this.resume());
  }
}
