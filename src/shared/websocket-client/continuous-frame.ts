import type { ProtocolPlatform } from '../protocol/platform.ts';
import { Utf8Check } from '../protocol/utf8.ts';
import { ABNF } from './abnf.ts';
import { bytesRepr } from './bytes-repr.ts';
import { WebSocketPayloadException, WebSocketProtocolException } from './exceptions.ts';

export interface ContinuousFrameOptions {
  /** Each fragment by itself, and nothing of it checked for UTF-8. */
  readonly fireContFrame?: boolean;
  readonly skipUtf8Validation?: boolean;
  /** Bytes of a joined message; null, the default, is no limit. */
  readonly maxSize?: number | null;
  /** Makes checking long texts fast. */
  readonly platform?: Pick<ProtocolPlatform, 'isUtf8'>;
}

/** Bytes of a text that an error shows: enough to find it, whatever a server has sent. */
const SHOWN_BYTES_MAX = 256;

/**
 * Joins the fragments of a message. For each frame of data `validate`, `add`, and where `isFire` then `extract`.
 *
 * It keeps the payloads of open messages as they are given: what lies in memory that is used again has to be
 * copied before.
 */
export class ContinuousFrame {
  readonly #fireContFrame: boolean;
  readonly #skipUtf8Validation: boolean;
  readonly #maxSize: number;
  readonly #platform: Pick<ProtocolPlatform, 'isUtf8'> | undefined;
  /** Opcode of the message whose end has not come. */
  #open: number | undefined;
  /** Opcode of the first of `#parts`. */
  #opcode = 0;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(options: ContinuousFrameOptions = {}) {
    this.#fireContFrame = options.fireContFrame ?? false;
    this.#skipUtf8Validation = options.skipUtf8Validation ?? false;
    this.#maxSize = options.maxSize ?? Number.POSITIVE_INFINITY;
    this.#platform = options.platform;
  }

  /** @throws WebSocketProtocolException where the frame cannot come now. */
  validate(frame: ABNF): void {
    const illegal =
      this.#open === undefined
        ? frame.opcode === ABNF.OPCODE_CONT
        : frame.opcode === ABNF.OPCODE_TEXT || frame.opcode === ABNF.OPCODE_BINARY;
    if (illegal) throw new WebSocketProtocolException('Illegal frame');
  }

  /** @throws WebSocketPayloadException where the message gets too long, and forgets what it has of it. */
  add(frame: ABNF): void {
    const data = payloadOf(frame);
    if (this.#parts.length === 0) this.#opcode = frame.opcode;
    if (frame.opcode !== ABNF.OPCODE_CONT) this.#open = frame.opcode;
    this.#parts.push(data);
    this.#size += data.length;
    if (frame.fin !== 0) this.#open = undefined;
    if (this.#size <= this.#maxSize) return;
    const size = this.#size;
    this.#forget();
    throw new WebSocketPayloadException(`message of ${size} bytes exceeds limit of ${this.#maxSize} bytes`);
  }

  isFire(frame: ABNF): boolean {
    return frame.fin !== 0 || this.#fireContFrame;
  }

  /**
   * @returns the opcode of the message, or in the mode that gives each fragment that of the fragment; and the last
   * frame, with all of the data.
   * @throws WebSocketPayloadException where a text is no UTF-8.
   */
  extract(frame: ABNF): [opcode: number, frame: ABNF] {
    const opcode = this.#opcode;
    const data = this.#parts.length === 1 ? this.#parts[0]! : joined(this.#parts, this.#size);
    this.#parts = [];
    this.#size = 0;
    frame.data = data;
    if (opcode === ABNF.OPCODE_TEXT && !this.#fireContFrame && !this.#skipUtf8Validation) this.#check(data);
    return [opcode, frame];
  }

  #check(data: Uint8Array): void {
    const check = new Utf8Check(this.#platform);
    const wrong = check.push(data) ?? check.end();
    if (wrong === undefined) return;
    const shown = bytesRepr(data.subarray(0, SHOWN_BYTES_MAX));
    const more = data.length > SHOWN_BYTES_MAX ? ` and ${data.length - SHOWN_BYTES_MAX} bytes more` : '';
    throw new WebSocketPayloadException(`cannot decode: ${shown}${more}`, { cause: wrong });
  }

  #forget(): void {
    this.#open = undefined;
    this.#parts = [];
    this.#size = 0;
  }
}

/** What came in is bytes; a frame made by hand may hold text, which is one byte per character here as in `format`. */
const payloadOf = (frame: ABNF): Uint8Array =>
  typeof frame.data === 'string' ? ABNF.mask(NO_MASK, frame.data) : frame.data;

const NO_MASK = new Uint8Array(4);

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
