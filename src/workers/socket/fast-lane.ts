import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { MonotonicNs } from '../../shared/units.ts';
import type { ConnectionEvents } from '../feed-events.ts';
import { Carry } from './carry.ts';
import { FrameSorter, type SortedFrames } from './frame-sorter.ts';
import { HeadEnd } from './head-end.ts';

/**
 * Pongs that may wait for the server to read, bytes. Beyond it nothing more is read: a server that sends
 * pings and reads no pongs is held back by TCP, and by its silence found out.
 */
const PONG_BYTES_MAX = 16 * 1024;

const resetByPeer = (): NodeJS.ErrnoException =>
  Object.assign(new Error('connection reset by peer'), { code: 'ECONNRESET' });

export interface LaneOptions {
  readonly events: Pick<ConnectionEvents, 'text' | 'binary' | 'chunkEnd'>;
  readonly maxPayload: number;
  readonly clock: () => MonotonicNs;
  /** The server has sent its last frame, by its own word or because it broke the protocol. */
  readonly over: () => void;
}

/**
 * What ws takes for its socket: a stream in front of the real one.
 *
 *                    ┌─ whole plain messages ───────────────▶ events
 *   socket ─▶ chunk ─┤                                          ▲
 *                    └─ handshake, every other frame ─▶ ws ─────┘ messages in fragments, compressed ones
 *   socket ◀───────────────────────────────────────────── ws
 *
 * The order of the wire is kept by waiting: after a push nothing goes on before ws has taken it, and after
 * the last frame of a message not before ws has emitted it. Whatever must wait lies in the carry, and
 * reading stops. A consumer that says stop is obeyed at that message in the same way.
 *
 * The end of the socket waits behind the bytes that came before it.
 */
export class FastLane extends Duplex implements SortedFrames {
  /** What ended the socket, where it was an error. */
  socketError: NodeJS.ErrnoException | undefined;
  readonly #options: LaneOptions;
  readonly #events: LaneOptions['events'];
  readonly #sorter: FrameSorter;
  readonly #carry = new Carry();
  readonly #headEnd = new HeadEnd();
  #socket: Socket | undefined;
  #reading = true;
  /** The opening handshake is done and frames follow. */
  #open = false;
  /** Receive time of the chunk read last. NaN keeps the field from being a small integer at first. */
  #receivedAtNs = Number.NaN as MonotonicNs;
  /** The consumer said stop. */
  #stopped = false;
  /** ws has a whole message that it has not emitted yet. */
  #owed = false;
  /** Pongs fill the way out. */
  #pongsWait = false;
  /** Messages were handed over since the last `chunkEnd`. */
  #handed = false;
  #working = false;
  #workAgain = false;
  #inputEnded = false;
  #inputEndTold = false;
  #socketClosed = false;
  /** As `destroyed`, which takes longer to ask than some messages take to read. */
  #gone = false;

  constructor(options: LaneOptions) {
    super({ writableHighWaterMark: PONG_BYTES_MAX });
    this.#options = options;
    this.#events = options.events;
    this.#sorter = new FrameSorter(this, options.maxPayload);
    // An error before http listens, or after ws stopped listening, is told through `socketError`.
    this.on('error', () => {});
    this.on('drain', () => {
      this.#pongsWait = false;
      this.#workSoon();
    });
  }

  attach(socket: Socket): this {
    this.#socket = socket;
    socket.on('end', () => {
      // libuv reports a reset that arrives behind data as an orderly end. A connection that was reset has no
      // peer any more, one that was ended still has; nobody may have asked for the address before.
      if (socket.remoteAddress === undefined) this.socketError ??= resetByPeer();
      this.#inputEnded = true;
      this.#work();
    });
    socket.on('error', (error) => {
      this.socketError = error;
    });
    socket.on('close', () => {
      this.#socketClosed = true;
      this.#work();
    });
    return this;
  }

  /** Frames follow. To be called while ws emits `open`, so that the first frame is not taken for a header. */
  beginFrames(compressed: boolean): void {
    this.#open = true;
    if (compressed) this.#sorter.expectCompression();
  }

  /** A message that ws put together. */
  takeFromWs(message: Buffer, isBinary: boolean): void {
    this.#owed = false;
    if (this.destroyed) return;
    if (isBinary) this.binary(message, 0, message.length, this.#receivedAtNs);
    else this.text(message, 0, message.length, this.#receivedAtNs);
    this.#workSoon();
  }

  /** The consumer takes messages again. Has no effect unless one of them returned false. */
  resumeMessages(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#work();
  }

  /** No message is handed over from here on; the socket is read for its end only. */
  discard(): void {
    this.#sorter.over = true;
    this.#owed = false;
    this.#workSoon();
  }

  /** One chunk, in the read buffer. @returns false to stop reading. */
  takeChunk(bytes: Buffer, length: number): boolean {
    const receivedAtNs = this.#options.clock();
    this.#receivedAtNs = receivedAtNs;
    const carry = this.#carry;
    this.#working = true;
    let at = 0;
    // The frame begun in an earlier chunk is completed in the carry, so that it alone is copied.
    while (at < length && carry.length > 0 && !this.#mustWait()) {
      const missing = this.#open ? this.#sorter.missing(carry.bytes, carry.start, carry.end) : 0;
      const upTo = Math.min(at + missing, length);
      carry.append(bytes, at, upTo);
      at = upTo;
      carry.consumeTo(this.#advance(carry.bytes, carry.start, carry.end, receivedAtNs));
    }
    if (carry.length === 0 && !this.#mustWait()) at = this.#advance(bytes, at, length, receivedAtNs);
    // TLS may hand over several chunks in a row although the first of them said stop.
    if (at < length && !this.#sorter.over) carry.append(bytes, at, length);
    this.#working = false;
    this.#work();
    this.#reading = !this.#mustWait();
    return this.#reading;
  }

  // --- what the sorter found ------------------------------------------------------------------------------

  text(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): boolean {
    this.#handed = true;
    if (!this.#events.text(bytes, start, end, receivedAtNs)) this.#stopped = true;
    return !this.#stopped && !this.#gone;
  }

  binary(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): boolean {
    this.#handed = true;
    if (!this.#events.binary(bytes, start, end, receivedAtNs)) this.#stopped = true;
    return !this.#stopped && !this.#gone;
  }

  forward(bytes: Buffer, start: number, end: number, message: boolean): boolean {
    if (message) this.#owed = true;
    // Copied, because ws keeps what it is given and the read buffer is filled again.
    this.push(Buffer.from(bytes.subarray(start, end)));
    this.#pongsWait = this.writableNeedDrain;
    return !this.#mustWait();
  }

  over(): void {
    this.#options.over();
  }

  // --- waiting --------------------------------------------------------------------------------------------

  #mustWait(): boolean {
    if (this.destroyed || this.#sorter.over) return false;
    return this.#stopped || this.#owed || this.#pongsWait || !this.#wsHasTakenAll();
  }

  #wsHasTakenAll(): boolean {
    return this.readableFlowing === true && this.readableLength === 0;
  }

  /** @returns where it stopped in `bytes[start..end)`. */
  #advance(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): number {
    let at = start;
    while (!this.#open && at < end && !this.#mustWait() && !this.destroyed)
      at = this.#handshake(bytes, at, end);
    if (this.destroyed) return end;
    return this.#open && !this.#mustWait() ? this.#sorter.sort(bytes, at, end, receivedAtNs) : at;
  }

  /** Pushes up to the end of a header, because what follows it may be frames: only ws knows, from its next event on. */
  #handshake(bytes: Buffer, start: number, end: number): number {
    const headEnd = this.#headEnd.find(bytes, start, end);
    const upTo = headEnd < 0 ? end : headEnd;
    this.push(Buffer.from(bytes.subarray(start, upTo)));
    return upTo;
  }

  /** Goes on with what waited, if it need not wait any longer. Called from within itself it only goes round again. */
  #work(): void {
    this.#workAgain = true;
    if (this.#working) return;
    this.#working = true;
    const carry = this.#carry;
    while (this.#workAgain) {
      this.#workAgain = false;
      if (carry.length > 0 && !this.#mustWait()) {
        carry.consumeTo(this.#advance(carry.bytes, carry.start, carry.end, this.#receivedAtNs));
      }
      if (this.#handed) {
        this.#handed = false;
        this.#events.chunkEnd();
      }
    }
    this.#working = false;
    if (!this.#mustWait()) this.#goOn();
  }

  #workSoon(): void {
    if (!this.#working) process.nextTick(() => this.#work());
  }

  /** Nothing that came waits any longer: read on, or tell the end. */
  #goOn(): void {
    if (this.destroyed) return;
    if (this.#socketClosed) {
      this.destroy(this.socketError);
    } else if (this.#inputEnded) {
      if (!this.#inputEndTold) this.push(null);
      this.#inputEndTold = true;
    } else if (!this.#reading) {
      this.#reading = true;
      this.#socket?.resume();
    }
  }

  // --- the stream ws sees ---------------------------------------------------------------------------------

  /** ws or http takes bytes again. */
  override resume(): this {
    super.resume();
    // After the tick in which the stream hands over what it has buffered.
    if (this.#carry.length > 0 || !this.#reading || this.#inputEnded || this.#socketClosed) this.#workSoon();
    return this;
  }

  /** ws puts back what http read beyond the header, which only happens where the header does not end as HTTP says. */
  override unshift(chunk: Buffer): boolean {
    this.discard();
    this.socketError = new Error(
      `${chunk.length} bytes follow a reply header that does not end in CR LF CR LF`,
    );
    this.destroy();
    return false;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // A failed write is told by the socket itself; until then messages that wait here are still good.
    if (this.#socket === undefined || this.#socketClosed) done();
    else this.#socket.write(chunk, () => done());
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: () => void): void {
    if (this.#socket === undefined || this.#socketClosed) done();
    else this.#socket.end(() => done());
  }

  override destroy(error?: Error): this {
    this.#gone = true;
    return super.destroy(error);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#gone = true;
    this.#socket?.destroy();
    done(error);
  }
}
