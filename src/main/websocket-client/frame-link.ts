import './random-mask-keys.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { decodeUtf8 } from '../../shared/protocol/utf8.ts';
import { ABNF } from '../../shared/websocket-client/abnf.ts';
import { closeArgs } from '../../shared/websocket-client/close-payload.ts';
import { ContinuousFrame } from '../../shared/websocket-client/continuous-frame.ts';
import {
  WebSocketConnectionClosedException,
  WebSocketTimeoutException,
} from '../../shared/websocket-client/exceptions.ts';
import { translated } from '../../shared/websocket-client/translate.ts';
import type { ClientTransport } from '../websockets/client-transport.ts';
import type { ReceivedFrame } from '../websockets/ring-inbox.ts';
import { timerMs } from '../websockets/waiting-time.ts';
import { isEnabledForTrace, traceReceived, traceSent } from './logging.ts';

/** Text as a string, all else as bytes. */
export type Message = string | Uint8Array;

/** Opcode of a message, or of a control frame; and the last frame of it, with all of its data. */
export type DataFrame = [opcode: number, frame: ABNF];

const CLOSED = 'socket is already closed.';
const TIMED_OUT = 'timed out';
/** Of a close frame that says nothing. */
const NO_STATUS = 1005;
/** What is taken in one turn of the event loop: whoever never waits would keep it from everybody else. */
const TURN_TAKES = 512;

/**
 * The frames of one open connection in both directions, for callers who block and for those who wait.
 *
 * What `take...` gives is undefined where it has not come yet; what has come of it is kept.
 */
export class FrameLink {
  readonly #transport: ClientTransport;
  readonly #continuous: ContinuousFrame;
  readonly #checksText: boolean;
  #isCloseSent = false;
  #isCloseReceived = false;
  /** The server has no time in which it must end the connection. */
  #isUnlimited = false;
  #isReleased = false;
  /** Why it ended has been thrown once. */
  #isEndTold = false;
  /** Frames taken; wraps. Each gives those who wait their time anew. */
  #frames = 0;
  #takes = 0;
  readonly #waiting = new Set<() => void>();
  #isListening = false;

  /** @param checksText the thread of the connection lets no text through that is no UTF-8. */
  constructor(transport: ClientTransport, fireContFrame: boolean, checksText: boolean) {
    this.#transport = transport;
    this.#checksText = checksText;
    // The thread of the connection has checked texts, or is not to.
    this.#continuous = new ContinuousFrame({ fireContFrame, skipUtf8Validation: true });
  }

  /** Frames can be sent. */
  get isOpen(): boolean {
    return !this.#isReleased && !this.#isCloseSent && this.#transport.state === State.OPEN;
  }

  // ---- Receiving.

  takeFrame(): ABNF | undefined {
    const frame = this.#take(false);
    return frame && this.#abnf(frame);
  }

  /** A message; a close frame; where asked for pings and pongs, too. */
  takeDataFrame(controlFrame: boolean): DataFrame | undefined {
    for (;;) {
      const received = this.#take(false);
      if (received === undefined) return undefined;
      const taken = this.#joined(this.#abnf(received), controlFrame);
      if (taken !== undefined) return taken;
    }
  }

  /**
   * A message; an empty text for a close frame. A text that is no UTF-8, which comes where that is not checked, is
   * bytes.
   */
  takeMessage(): Message | undefined {
    for (;;) {
      const received = this.#take(this.#checksText && !isEnabledForTrace());
      if (received === undefined) return undefined;
      if (typeof received.data === 'string') return received.data;
      const taken = this.#joined(this.#abnf(received), false);
      if (taken !== undefined) return messageOf(taken);
    }
  }

  /** Blocks until there is something to take. @throws WebSocketTimeoutException, or why the connection ended. */
  block<T>(take: () => T | undefined, timeout: number | null): T {
    const ms = timerMs(timeout) ?? Number.POSITIVE_INFINITY;
    let frames = this.#frames;
    let until = performance.now() + ms;
    for (;;) {
      const taken = this.#isReleased ? undefined : take();
      if (taken !== undefined) return taken;
      if (this.#isOver) throw this.#ended();
      if (frames !== this.#frames) until = performance.now() + ms;
      frames = this.#frames;
      const left = until - performance.now();
      // News are heard even where there is no time to wait for them.
      this.#transport.changedSync(Math.max(0, left), false);
      if (left > 0) continue;
      const late = take();
      if (late !== undefined) return late;
      if (!this.#isOver && frames === this.#frames) throw new WebSocketTimeoutException(TIMED_OUT);
    }
  }

  /** The same without blocking. Several may wait: each gets what comes in its turn. */
  async wait<T>(take: () => T | undefined, timeout: number | null): Promise<T> {
    const ms = timerMs(timeout) ?? Number.POSITIVE_INFINITY;
    if (ms === 0 || ++this.#takes >= TURN_TAKES) {
      this.#takes = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    let frames = this.#frames;
    let until = performance.now() + ms;
    for (;;) {
      const taken = this.#isReleased ? undefined : take();
      if (taken !== undefined) return taken;
      if (this.#isOver) throw this.#ended();
      if (frames !== this.#frames) until = performance.now() + ms;
      frames = this.#frames;
      const left = until - performance.now();
      if (left <= 0) throw new WebSocketTimeoutException(TIMED_OUT);
      this.#takes = 0;
      await this.#changed(left);
    }
  }

  // ---- Sending.

  /** @returns the bytes of the whole frame. @throws WebSocketConnectionClosedException; what `format` does. */
  write(frame: ABNF, closeTimeout?: number | null): number {
    const bytes = frame.format();
    if (!this.isOpen) throw this.#closed();
    traceSent(frame, bytes);
    const { length } = bytes;
    if (frame.opcode === ABNF.OPCODE_CLOSE) this.#writeClose(frame, bytes, closeTimeout);
    else this.#transport.write(bytes);
    return length;
  }

  /** Blocks until what was written may be followed by more without piling up. What was written goes in any case. */
  flush(timeout: number | null): void {
    const transport = this.#transport;
    if (!transport.isCongested) return;
    const until = performance.now() + (timerMs(timeout) ?? Number.POSITIVE_INFINITY);
    while (transport.isCongested && transport.closed === undefined) {
      const left = until - performance.now();
      if (left <= 0) throw new WebSocketTimeoutException(TIMED_OUT);
      transport.changedSync(left, true);
    }
  }

  async flushed(timeout: number | null): Promise<void> {
    const transport = this.#transport;
    if (!transport.isCongested) return;
    const until = performance.now() + (timerMs(timeout) ?? Number.POSITIVE_INFINITY);
    while (transport.isCongested && transport.closed === undefined && !this.#isReleased) {
      const left = until - performance.now();
      if (left <= 0) throw new WebSocketTimeoutException(TIMED_OUT);
      await within(transport.told(), left);
    }
  }

  // ---- The end.

  /** Blocks until the server's close frame or its end is there; what comes before is passed over. */
  awaitClose(timeout: number | null): void {
    const until = performance.now() + (timerMs(timeout) ?? Number.POSITIVE_INFINITY);
    while (!this.#isClosed()) {
      const left = until - performance.now();
      if (left <= 0) return;
      this.#transport.changedSync(left, false);
    }
  }

  async closed(timeout: number | null): Promise<void> {
    const until = performance.now() + (timerMs(timeout) ?? Number.POSITIVE_INFINITY);
    while (!this.#isReleased && !this.#isClosed()) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.#changed(left);
    }
  }

  /** Ends the connection at once; what has been received can still be taken. */
  abort(): void {
    this.#transport.abort();
  }

  /** Lets go of it: nothing can be taken or sent any more, and those who wait are told. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    const transport = this.#transport;
    // After both close frames the server has the right to end the connection; its thread sees to it that it ends.
    const endsByItself = this.#isCloseReceived && !this.#isUnlimited;
    if (!endsByItself) transport.abort();
    transport.unref();
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#isReleased || this.#transport.isDry;
  }

  #isClosed(): boolean {
    while (!this.#isCloseReceived && this.#take(false) !== undefined);
    return this.#isCloseReceived || this.#transport.closed !== undefined;
  }

  #take(textToo: boolean): ReceivedFrame | undefined {
    const received = this.#transport.takeFrame(textToo);
    if (received === undefined) return undefined;
    this.#frames = (this.#frames + 1) | 0;
    if (received.opcode === ABNF.OPCODE_CLOSE) this.#isCloseReceived = true;
    return received;
  }

  #abnf({ opcode, fin, data }: ReceivedFrame): ABNF {
    const frame = new ABNF({ fin: fin ? 1 : 0, opcode, maskValue: 0, data });
    if (isEnabledForTrace()) traceReceived(frame, frame.format());
    return frame;
  }

  #joined(frame: ABNF, controlFrame: boolean): DataFrame | undefined {
    const { opcode } = frame;
    if (opcode === ABNF.OPCODE_CLOSE) return [opcode, frame];
    if (opcode === ABNF.OPCODE_PING || opcode === ABNF.OPCODE_PONG)
      return controlFrame ? [opcode, frame] : undefined;
    const continuous = this.#continuous;
    continuous.validate(frame);
    continuous.add(frame);
    return continuous.isFire(frame) ? continuous.extract(frame) : undefined;
  }

  #writeClose(frame: ABNF, bytes: Uint8Array, timeout: number | null | undefined): void {
    this.#isCloseSent = true;
    const { data } = frame;
    const [code, reason] = closeArgs(typeof data === 'string' ? ABNF.mask(NO_MASK, data) : data);
    const timeoutMs = timeout === undefined ? undefined : (timerMs(timeout) ?? null);
    this.#isUnlimited = timeoutMs === null;
    this.#transport.closeFrame(bytes, code ?? NO_STATUS, reason ?? '', timeoutMs);
  }

  #ended(): Error {
    const { closed } = this.#transport;
    if (this.#isReleased || this.#isEndTold) return this.#closed();
    this.#isEndTold = true;
    return translated(closed) as Error;
  }

  #closed(): WebSocketConnectionClosedException {
    const { closed } = this.#transport;
    return new WebSocketConnectionClosedException(
      CLOSED,
      closed === undefined ? undefined : { cause: closed },
    );
  }

  /** Resolves when there may be more to take, or the time is over. One listener serves all who wait. */
  #changed(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = leftMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, leftMs);
      const waiting = this.#waiting;
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
      this.#listen();
    });
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    void this.#transport.changed().then(() => {
      this.#isListening = false;
      this.#wake();
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

const NO_MASK = new Uint8Array(4);

export const alreadyClosed = (): WebSocketConnectionClosedException =>
  new WebSocketConnectionClosedException(CLOSED);

export function messageOf([opcode, { data }]: DataFrame): Message {
  if (opcode === ABNF.OPCODE_CLOSE) return '';
  if (opcode !== ABNF.OPCODE_TEXT || typeof data === 'string') return data;
  const text = decodeUtf8(data);
  return typeof text === 'string' ? text : data;
}

async function within(told: Promise<void>, leftMs: number): Promise<void> {
  if (leftMs === Number.POSITIVE_INFINITY) return await told;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, leftMs);
  });
  await Promise.race([told, late]).finally(() => clearTimeout(timer));
}
