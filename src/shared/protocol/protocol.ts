import { InvariantError, invariant } from '../invariant.ts';
import { Close, CloseCode, isOrderly } from './close-code.ts';
import {
  type ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from './errors/connection-closed.ts';
import type { InvalidHandshake } from './errors/handshake-errors.ts';
import { EOFError, InvalidState, ProtocolError, UnicodeDecodeError } from './errors/websocket-exception.ts';
import type { Extension } from './extension.ts';
import { type Frame, serializeFrame } from './frame.ts';
import { OPCODE } from './frame-header.ts';
import { FrameReader } from './frame-reader.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { MASK_KEY_BYTES } from './mask.ts';
import { type MessageFault, MessageReader, type SizeLimits } from './message-reader.ts';
import type { ProtocolPlatform } from './platform.ts';

/** Life of a connection, in this order. */
export const State = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;
export type State = (typeof State)[keyof typeof State];

export type Side = 'client' | 'server';

/** In `dataToSend`: close our half of the stream. */
export const SEND_EOF: Uint8Array = new Uint8Array(0);

export interface ProtocolOptions {
  readonly platform: ProtocolPlatform;
  /** OPEN, the default, where the handshake was done elsewhere. A class that does it starts with CONNECTING. */
  readonly state?: State | undefined;
  /**
   * Bytes of a message, or of a message and of each frame of it; null is no limit. 1 MiB by default. A length
   * is judged by the header, before the payload arrives.
   */
  readonly maxSize?: number | null | readonly [message: number | null, fragment: number | null] | undefined;
  /** Takes frames masked or not, where a peer's side must do one. */
  readonly acceptsMasked?: boolean | undefined;
  /** false lets text pass that is no UTF-8. */
  readonly checksText?: boolean | undefined;
  /** Where the handshake was done elsewhere: what it agreed on. */
  readonly extensions?: readonly Extension[] | undefined;
}

const MAX_SIZE = 2 ** 20;
/** What may come in behind the client's request before our response has gone out. */
const EARLY_BYTES_MAX = 65536;
const NO_BYTES = new Uint8Array(0);

/**
 * A WebSocket connection without its I/O. Bytes from the network go in by `receiveData` and `receiveEof`;
 * what they mean comes out of `eventsReceived`; what must be written comes out of `dataToSend`, which the
 * caller empties after every call of another method.
 *
 * Nothing that the network sends makes a method throw. What it does wrong fails the connection, and
 * `handshakeException`, `parserException` and `closeException` tell what it was.
 *
 * `E` is what the handshake adds to the events: requests or responses.
 */
export class Protocol<E = never> {
  readonly side: Side;
  /** What the opening handshake agreed on. */
  extensions: readonly Extension[] = [];
  subprotocol: string | undefined;
  /** Why the opening handshake failed, if it did. */
  handshakeException: InvalidHandshake | undefined;
  /** What the peer did wrong after the handshake, if anything; an EOFError where the stream just ended. */
  parserException: MessageFault | EOFError | undefined;
  readonly maxSize: SizeLimits;

  protected readonly platform: ProtocolPlatform;
  #state: State;
  #events: (Frame | E)[] = [];
  #writes: Uint8Array[] = [];
  readonly #frames: FrameReader;
  readonly #messages: MessageReader;
  readonly #maskKey: Uint8Array | undefined;
  #sendingFragments = false;
  #closeRcvd: Close | undefined;
  #closeSent: Close | undefined;
  #rcvdThenSent: boolean | undefined;
  #eofReceived = false;
  #eofSent = false;
  /** Nothing that arrives has a meaning any more. */
  #discarding = false;
  #handshakeRead = false;
  readonly #early = new GrowingBytes();

  constructor(side: Side, options: ProtocolOptions) {
    this.side = side;
    this.platform = options.platform;
    this.#state = options.state ?? State.OPEN;
    this.maxSize = sizeLimits(options.maxSize);
    this.extensions = options.extensions ?? [];
    this.#maskKey = side === 'client' ? new Uint8Array(MASK_KEY_BYTES) : undefined;
    this.#messages = new MessageReader(this.maxSize, options.platform, options.checksText ?? true);
    this.#messages.extensions = this.extensions;
    const mustBeMasked = options.acceptsMasked === true ? undefined : side === 'server';
    this.#frames = new FrameReader(this.#messages, mustBeMasked);
  }

  // ---- What a handshake must bring: overridden by a class that starts with CONNECTING.

  /**
   * Bytes that arrived while the peer's part of the opening handshake is not complete. The chunks come in
   * order, each once; keep a copy of what is needed later, since the bytes belong to the caller.
   *
   * It must not throw. When the peer's part is
   *
   * - not complete: return undefined;
   * - complete: put it among the events (`addEvent`) and return the bytes behind it, which may be none (a
   *   view of the chunk will do). This method is not called again. The bytes returned and all that follow
   *   are frames and are read as soon as the state is OPEN: a client calls `open()` before it returns, a
   *   server later, when it writes its response. What arrives in between is kept, to a limit;
   * - wrong: call `refuse(exception)` and return undefined. Whatever arrives afterwards is discarded.
   */
  protected receiveHandshake(bytes: Uint8Array): Uint8Array | undefined {
    throw new InvariantError(`Invariant: ${bytes.length} bytes of a handshake go to a class that reads them`);
  }

  /**
   * The stream ended while the peer's part of the opening handshake was not complete. Unless the end
   * completes it (a response whose body ends with the stream), call `refuse`. The state is CLOSED afterwards
   * in every case, so `open()` is not for here.
   */
  protected receiveHandshakeEof(): void {
    throw new InvariantError('Invariant: the end of a handshake goes to a class that reads it');
  }

  /** The opening handshake succeeded. Set `extensions` and `subprotocol` before. */
  protected open(): void {
    invariant(this.#state === State.CONNECTING, 'a handshake opens a connection that was connecting');
    this.#state = State.OPEN;
    this.#messages.extensions = this.extensions;
    const early = this.#early.take();
    if (early.length > 0 && !this.#discarding) this.#readFrames(early);
  }

  /** The opening handshake failed: remembers why, closes our half of the stream and discards the rest. */
  protected refuse(exception: InvalidHandshake): void {
    this.handshakeException ??= exception;
    this.#discarding = true;
    this.#early.take();
    this.#sendEof();
  }

  /** Bytes of the handshake to be written. */
  protected write(bytes: Uint8Array): void {
    this.#writes.push(bytes);
  }

  protected addEvent(event: E): void {
    this.#events.push(event);
  }

  // ---- What comes in.

  /**
   * Bytes from the network, in any pieces. They belong to the protocol from now on: payloads of events may be
   * views of them.
   *
   * @throws EOFError after `receiveEof`: nothing can follow the end of a stream.
   */
  receiveData(bytes: Uint8Array): void {
    if (this.#eofReceived) throw new EOFError('stream ended');
    if (this.#discarding) return;
    if (this.#state !== State.CONNECTING) this.#readFrames(bytes);
    else if (this.#handshakeRead) this.#keepEarly(bytes);
    else {
      const rest = this.receiveHandshake(bytes);
      if (rest === undefined) return;
      this.#handshakeRead = true;
      // The hook has changed the fields that were looked at above.
      if (this.#discarding || rest.length === 0) return;
      if (this.state === State.CONNECTING) this.#keepEarly(rest);
      else this.#readFrames(rest);
    }
  }

  /** The network has ended. Calling it again changes nothing. */
  receiveEof(): void {
    if (this.#eofReceived) return;
    this.#eofReceived = true;
    if (!this.#discarding) {
      if (this.#state === State.CONNECTING && !this.#handshakeRead) this.receiveHandshakeEof();
      else {
        this.parserException = this.#frames.end();
        this.fail(CloseCode.ABNORMAL_CLOSURE, this.parserException.message);
      }
    }
    this.#discarding = true;
    if (this.side === 'client') this.#sendEof();
    this.#state = State.CLOSED;
  }

  /** What has come in since the last call. Data of a text frame is UTF-8, across fragments. */
  eventsReceived(): (Frame | E)[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  // ---- What goes out.

  /** What to write now, in order. An empty element, `SEND_EOF`, closes our half of the stream. */
  dataToSend(): Uint8Array[] {
    const writes = this.#writes;
    if (writes.length > 0) this.#writes = [];
    return writes;
  }

  /** @throws InvalidState, or ProtocolError where no message is open. */
  sendContinuation(data: Uint8Array, fin = true): void {
    this.#expectState(false);
    if (!this.#sendingFragments) throw new ProtocolError('unexpected continuation frame');
    this.#sendData(OPCODE.continuation, data, fin);
  }

  /**
   * @param data UTF-8, which is not checked: whoever encodes a text knows.
   * @throws InvalidState, or ProtocolError where a message is open.
   */
  sendText(data: Uint8Array, fin = true): void {
    this.#expectState(false);
    if (this.#sendingFragments) throw new ProtocolError('expected a continuation frame');
    this.#sendData(OPCODE.text, data, fin);
  }

  /** @throws InvalidState, or ProtocolError where a message is open. */
  sendBinary(data: Uint8Array, fin = true): void {
    this.#expectState(false);
    if (this.#sendingFragments) throw new ProtocolError('expected a continuation frame');
    this.#sendData(OPCODE.binary, data, fin);
  }

  /**
   * Starts the closing handshake.
   *
   * @throws InvalidState, or ProtocolError where the code may not be sent or the reason is too long.
   */
  sendClose(code?: number, reason = ''): void {
    this.#expectState(false);
    if (code === undefined) {
      if (reason !== '') throw new ProtocolError('cannot send a reason without a code');
      this.#sendFrame(OPCODE.close, NO_BYTES);
      this.#closeSent = new Close(CloseCode.NO_STATUS_RCVD, '');
    } else {
      const close = new Close(code, reason);
      this.#sendFrame(OPCODE.close, close.serialize());
      this.#closeSent = close;
    }
    this.#state = State.CLOSING;
  }

  /**
   * Starts the closing handshake with a frame that the caller made.
   *
   * @param close what it says.
   * @throws InvalidState.
   */
  sendCloseFrame(frame: Uint8Array, close: Close): void {
    this.#expectState(false);
    this.#writes.push(frame);
    this.#closeSent = close;
    this.#state = State.CLOSING;
  }

  /** @throws InvalidState, or ProtocolError where the payload has more than 125 bytes. */
  sendPing(data: Uint8Array): void {
    this.#expectState(true);
    this.#sendFrame(OPCODE.ping, data);
  }

  /** @throws InvalidState, or ProtocolError where the payload has more than 125 bytes. */
  sendPong(data: Uint8Array): void {
    this.#expectState(true);
    this.#sendFrame(OPCODE.pong, data);
  }

  /**
   * Fails the connection: closes it with this code, as far as that can be said to the peer, and discards
   * whatever arrives.
   *
   * @throws ProtocolError where the code may not be sent or the reason is too long.
   */
  fail(code: number, reason = ''): void {
    if (this.#state === State.OPEN && code !== CloseCode.ABNORMAL_CLOSURE) {
      const close = new Close(code, reason);
      this.#sendFrame(OPCODE.close, close.serialize());
      this.#closeSent = close;
      // A close frame inside a message has come in and is what fails the connection.
      if (this.#closeRcvd !== undefined) this.#rcvdThenSent = true;
      this.#state = State.CLOSING;
    }
    // The server ends the stream; the client waits for that.
    if (this.side === 'server') this.#sendEof();
    this.#discarding = true;
    this.#early.take();
  }

  // ---- What state it is in.

  get state(): State {
    return this.#state;
  }

  /** Whether the peer is due to end the stream soon: the time for a timeout to begin. */
  closeExpected(): boolean {
    return this.#state === State.CLOSING || (this.#state === State.CONNECTING && this.#eofSent);
  }

  /** Undefined until CLOSED; 1006 where no close frame came in. */
  get closeCode(): number | undefined {
    return this.#state === State.CLOSED ? (this.#closeRcvd?.code ?? CloseCode.ABNORMAL_CLOSURE) : undefined;
  }

  /** Undefined until CLOSED. */
  get closeReason(): string | undefined {
    return this.#state === State.CLOSED ? (this.#closeRcvd?.reason ?? '') : undefined;
  }

  /** The close frame that came in, as soon as it has. */
  get closeRcvd(): Close | undefined {
    return this.#closeRcvd;
  }

  /** The close frame that went out, as soon as it has. */
  get closeSent(): Close | undefined {
    return this.#closeSent;
  }

  /** What to throw at whoever uses the connection after its end. Undefined until CLOSED. */
  get closeException(): ConnectionClosed | undefined {
    if (this.#state !== State.CLOSED) return undefined;
    const rcvd = this.#closeRcvd;
    const sent = this.#closeSent;
    const inOrder = rcvd !== undefined && sent !== undefined && isOrderly(rcvd.code) && isOrderly(sent.code);
    const options = this.parserException === undefined ? {} : { cause: this.parserException };
    const Kind = inOrder ? ConnectionClosedOK : ConnectionClosedError;
    return new Kind(rcvd, sent, this.#rcvdThenSent, options);
  }

  // ---- Frames.

  #readFrames(bytes: Uint8Array): void {
    const frames = this.#frames;
    frames.begin(bytes);
    while (frames.next()) {
      const frame = this.#messages.take();
      if (frame === undefined) continue;
      if (frame.opcode === OPCODE.ping) this.#sendFrame(OPCODE.pong, frame.data);
      else if (frame.opcode === OPCODE.close && !this.#closeReceived(frame.data)) return;
      this.#events.push(frame);
      if (this.#discarding) return;
    }
    if (this.#messages.fault !== undefined) this.#failFor(this.#messages.fault);
  }

  /** @returns false where the frame fails the connection. */
  #closeReceived(payload: Uint8Array): boolean {
    const close = Close.tryParse(payload);
    if (close instanceof Error) {
      this.#failFor(close);
      return false;
    }
    this.#closeRcvd = close;
    if (this.#state === State.CLOSING) this.#rcvdThenSent = false;
    if (this.#messages.isOpen) {
      this.#failFor(new ProtocolError('incomplete fragmented message'));
      return false;
    }
    if (this.#state === State.OPEN) {
      // The payload byte for byte: an empty one has no code that could be sent.
      this.#sendFrame(OPCODE.close, payload);
      this.#closeSent = close;
      this.#rcvdThenSent = true;
      this.#state = State.CLOSING;
    }
    if (this.side === 'server') this.#sendEof();
    this.#discarding = true;
    return true;
  }

  #failFor(fault: MessageFault): void {
    this.parserException = fault;
    if (fault instanceof ProtocolError) this.fail(CloseCode.PROTOCOL_ERROR, fault.message);
    else if (fault instanceof UnicodeDecodeError) this.fail(CloseCode.INVALID_DATA, fault.message);
    else this.fail(CloseCode.MESSAGE_TOO_BIG, fault.message);
  }

  #sendData(opcode: number, data: Uint8Array, fin: boolean): void {
    const extension = this.extensions[0];
    const first = opcode !== OPCODE.continuation;
    let payload = data;
    let rsv = 0;
    if (extension !== undefined) {
      const encoded = extension.encode(data, fin);
      // A whole message that would not get shorter goes as it is; for a fragment it is too early to tell.
      if (!first || !fin || encoded.length < data.length) {
        payload = encoded;
        if (first) rsv = extension.rsv;
      }
    }
    this.#sendingFragments = !fin;
    this.#writes.push(serializeFrame(opcode, payload, fin, rsv, this.#nextMaskKey()));
  }

  #sendFrame(opcode: number, data: Uint8Array): void {
    this.#writes.push(serializeFrame(opcode, data, true, 0, this.#nextMaskKey()));
  }

  #nextMaskKey(): Uint8Array | undefined {
    if (this.#maskKey !== undefined) this.platform.randomFill(this.#maskKey);
    return this.#maskKey;
  }

  /** Control frames may still go out when ours has closed. */
  #expectState(closingToo: boolean): void {
    if (this.#state === State.OPEN || (closingToo && this.#state === State.CLOSING)) return;
    const name = Object.entries(State).find(([, state]) => state === this.#state)?.[0];
    throw new InvalidState(`connection is ${String(name).toLowerCase()}`);
  }

  #sendEof(): void {
    if (this.#eofSent) return;
    this.#eofSent = true;
    this.#writes.push(SEND_EOF);
  }

  #keepEarly(bytes: Uint8Array): void {
    if (this.#early.length + bytes.length > EARLY_BYTES_MAX) {
      this.parserException = new ProtocolError('too much data before the opening handshake completed');
      this.fail(CloseCode.PROTOCOL_ERROR, this.parserException.message);
      return;
    }
    this.#early.append(bytes, EARLY_BYTES_MAX);
  }
}

function sizeLimits(maxSize: ProtocolOptions['maxSize']): SizeLimits {
  if (maxSize === undefined) return { message: MAX_SIZE, fragment: undefined };
  if (maxSize === null || typeof maxSize === 'number')
    return { message: maxSize ?? undefined, fragment: undefined };
  return { message: maxSize[0] ?? undefined, fragment: maxSize[1] ?? undefined };
}
