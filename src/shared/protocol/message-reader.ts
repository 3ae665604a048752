import { PayloadTooBig, ProtocolError, type UnicodeDecodeError } from './errors/websocket-exception.ts';
import type { Extension } from './extension.ts';
import { CONTROL_PAYLOAD_MAX, Frame } from './frame.ts';
import { type FrameHeader, OPCODE } from './frame-header.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { ProtocolPlatform } from './platform.ts';
import { Utf8Check } from './utf8.ts';

/** What a peer's frame can be wrong in. */
export type MessageFault = ProtocolError | PayloadTooBig | UnicodeDecodeError;

/** Bytes accepted of a message, and of each frame of it. Undefined is no limit. */
export interface SizeLimits {
  readonly message: number | undefined;
  readonly fragment: number | undefined;
}

/** Longest message where there is no limit: more than this some platform cannot hold in one piece. */
const LENGTH_MAX = 2 ** 31 - 1;

/**
 * Judges frames in the order of the wire, at the earliest byte that tells: by the first two bytes of the
 * header, by the length, by the payload as it arrives. What is in order comes out as frames to be delivered.
 *
 * A message that an extension changed comes out as one frame when it ends. Of other messages each frame
 * comes out by itself.
 */
export class MessageReader {
  /** What was wrong. Nothing is judged after it. */
  fault: MessageFault | undefined;
  extensions: readonly Extension[] = [];

  readonly #messageMax: number;
  readonly #fragmentMax: number;
  readonly #utf8: Utf8Check;
  readonly #checksText: boolean;
  readonly #joined = new GrowingBytes();
  #frame: Frame | undefined;
  #isOpen = false;
  #isText = false;
  /** Opcode of the open message. */
  #opcode = 0;
  /** Who has to decode the open message. */
  #encodedBy: Extension | undefined;
  /** Bytes of the open message so far, as they came over the wire. */
  #length = 0;

  constructor(limits: SizeLimits, platform: ProtocolPlatform, checksText = true) {
    this.#checksText = checksText;
    this.#messageMax = Math.min(limits.message ?? LENGTH_MAX, LENGTH_MAX);
    this.#fragmentMax = Math.min(limits.fragment ?? LENGTH_MAX, LENGTH_MAX);
    this.#utf8 = new Utf8Check(platform);
  }

  /** Whether a message has begun and not ended. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @returns the frame to be delivered since the last call, if there is one. */
  take(): Frame | undefined {
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }

  /**
   * Judges the first two bytes of a frame: of the header, what is known from them.
   *
   * @param mustBeMasked as a client's frames must and a server's must not; undefined where nobody minds.
   * @returns false where there is a fault.
   */
  judgeStart(header: FrameHeader, mustBeMasked: boolean | undefined): boolean {
    const { fin, rsv, opcode, masked, headerLength } = header;
    const isControl = opcode >= OPCODE.close;
    if (isControl ? opcode > OPCODE.pong : opcode > OPCODE.binary) return this.#refuse('invalid opcode');
    if (mustBeMasked !== undefined && masked !== mustBeMasked) return this.#refuse('incorrect masking');
    if (isControl) {
      if (rsv !== 0) return this.#refuse('reserved bits must be 0');
      if (!fin) return this.#refuse('fragmented control frame');
      if (headerLength > (masked ? 6 : 2)) return this.#refuse('control frame too long');
      return true;
    }
    if (rsv !== 0 && (opcode === OPCODE.continuation || rsv !== this.extensions[0]?.rsv))
      return this.#refuse('reserved bits must be 0');
    if (opcode === OPCODE.continuation) return this.#isOpen || this.#refuse('unexpected continuation frame');
    return !this.#isOpen || this.#refuse('expected a continuation frame');
  }

  /** Judges the whole header of a frame that has passed `judgeStart`. */
  judgeLength(header: FrameHeader): boolean {
    const { opcode, payloadLength } = header;
    if (opcode >= OPCODE.close) return payloadLength <= CONTROL_PAYLOAD_MAX;
    if (opcode !== OPCODE.continuation) {
      this.#opcode = opcode;
      this.#encodedBy = header.rsv === 0 ? undefined : this.extensions[0];
      this.#isText = this.#checksText && opcode === OPCODE.text && this.#encodedBy === undefined;
      this.#length = 0;
    }
    const before = this.#isOpen ? this.#length : undefined;
    this.#length += payloadLength;
    if (this.#length > this.#messageMax)
      this.fault = new PayloadTooBig(payloadLength, this.#messageMax, before);
    else if (payloadLength > this.#fragmentMax)
      this.fault = new PayloadTooBig(payloadLength, this.#fragmentMax);
    return this.fault === undefined;
  }

  /** A part of the frame's payload, unmasked. Each byte comes once. */
  judgePiece(header: FrameHeader, bytes: Uint8Array): boolean {
    if (this.#isText && header.opcode < OPCODE.close) this.fault = this.#utf8.push(bytes);
    return this.fault === undefined;
  }

  /** The frame is complete. */
  finish(header: FrameHeader, data: Uint8Array): boolean {
    const { fin, opcode } = header;
    if (opcode >= OPCODE.close) {
      this.#frame = new Frame(opcode, data);
      return true;
    }
    this.#isOpen = !fin;
    if (this.#encodedBy !== undefined) return this.#finishEncoded(this.#encodedBy, data, fin);
    if (fin && this.#isText) this.fault = this.#utf8.end();
    if (this.fault !== undefined) return false;
    this.#frame = new Frame(opcode, data, fin);
    return true;
  }

  #finishEncoded(extension: Extension, data: Uint8Array, fin: boolean): boolean {
    if (!fin || this.#joined.length > 0) this.#joined.append(data, this.#messageMax);
    if (!fin) return true;
    const message = extension.decode(this.#joined.length > 0 ? this.#joined.take() : data, this.#messageMax);
    if (message instanceof Error) this.fault = message;
    else {
      if (this.#checksText && this.#opcode === OPCODE.text)
        this.fault = this.#utf8.push(message) ?? this.#utf8.end();
      this.#frame = new Frame(this.#opcode, message);
    }
    return this.fault === undefined;
  }

  #refuse(reason: string): false {
    this.fault = new ProtocolError(reason);
    return false;
  }
}
