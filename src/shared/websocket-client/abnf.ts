import { invariant } from '../invariant.ts';
import { isSendable } from '../protocol/close-code.ts';
import { UnicodeDecodeError } from '../protocol/errors/websocket-exception.ts';
import { CONTROL_PAYLOAD_MAX, serializeFrame } from '../protocol/frame.ts';
import { OPCODE } from '../protocol/frame-header.ts';
import { applyMask, MASK_KEY_BYTES } from '../protocol/mask.ts';
import { decodeUtf8, encodeUtf8 } from '../protocol/utf8.ts';
import { latin1Bytes } from '../text/latin1.ts';
import { bytesRepr } from './bytes-repr.ts';
import { ValueError, WebSocketProtocolException } from './exceptions.ts';

/** Gives `length` bytes for a mask; a text is one byte per character. */
export type MaskKeySource = (length: number) => Uint8Array | string;

/** What a frame is made of. */
export interface FrameParts {
  readonly fin?: number;
  readonly rsv1?: number;
  readonly rsv2?: number;
  readonly rsv3?: number;
  readonly opcode?: number;
  /** 1 masks, as a client must; 0 does not. */
  readonly maskValue?: number;
  readonly data?: string | Uint8Array | null;
}

const RSV1 = 0x40;
const RSV2 = 0x20;
const RSV3 = 0x10;
const FIN = 0x80;
const STATUS_BYTES = 2;
/** Characters of ISO 8859-1 end here. */
const LATIN1_MAX = 0xff;

const OPCODES: readonly number[] = Object.values(OPCODE);

let randomKeys: MaskKeySource = () => {
  invariant(false, 'whoever makes masked frames has said where random mask keys come from');
};

/** Says where mask keys come from, for frames that have no source of their own. This room has no chance in it. */
export function useRandomMaskKeys(source: MaskKeySource): void {
  randomKeys = source;
}

const randomMaskKey: MaskKeySource = (length) => randomKeys(length);

/**
 * One frame. Nothing is checked when it is made: `format` checks what can be written, `validate` what may be
 * received.
 */
export class ABNF {
  static readonly OPCODE_CONT = OPCODE.continuation;
  static readonly OPCODE_TEXT = OPCODE.text;
  static readonly OPCODE_BINARY = OPCODE.binary;
  static readonly OPCODE_CLOSE = OPCODE.close;
  static readonly OPCODE_PING = OPCODE.ping;
  static readonly OPCODE_PONG = OPCODE.pong;

  static readonly OPCODES = OPCODES;

  static readonly OPCODE_MAP: Readonly<Record<number, string>> = {
    [OPCODE.continuation]: 'cont',
    [OPCODE.text]: 'text',
    [OPCODE.binary]: 'binary',
    [OPCODE.close]: 'close',
    [OPCODE.ping]: 'ping',
    [OPCODE.pong]: 'pong',
  };

  /** From so many bytes on, the length takes two bytes of its own, */
  static readonly LENGTH_7 = 0x7e;
  /** from so many on eight, */
  static readonly LENGTH_16 = 0x1_0000;
  /** and so many are too many. */
  static readonly LENGTH_63 = 1n << 63n;

  fin: number;
  rsv1: number;
  rsv2: number;
  rsv3: number;
  opcode: number;
  maskValue: number;
  data: string | Uint8Array;
  /** Of this frame alone; random ones unless replaced. */
  getMaskKey: MaskKeySource = randomMaskKey;

  constructor({ fin, rsv1, rsv2, rsv3, opcode, maskValue, data }: FrameParts = {}) {
    this.fin = fin ?? 0;
    this.rsv1 = rsv1 ?? 0;
    this.rsv2 = rsv2 ?? 0;
    this.rsv3 = rsv3 ?? 0;
    this.opcode = opcode ?? ABNF.OPCODE_TEXT;
    this.maskValue = maskValue ?? 1;
    this.data = data ?? '';
  }

  /**
   * A frame to be sent. Text becomes UTF-8 only where the opcode is that of text; with any other it has to have
   * one byte per character when it is formatted.
   */
  static createFrame(data: string | Uint8Array, opcode: number, fin = 1): ABNF {
    const encoded = opcode === ABNF.OPCODE_TEXT && typeof data === 'string' ? encodeUtf8(data) : data;
    return new ABNF({ fin, opcode, data: encoded });
  }

  /**
   * Masks or unmasks: the two are the same. The result is new memory.
   *
   * @throws ValueError where the key has not four bytes, or text has characters of more than one.
   */
  static mask(maskKey: string | Uint8Array, data: string | Uint8Array | null): Uint8Array {
    const masked = bytesOf(data ?? '').slice();
    applyMask(masked, 0, masked.length, expectMaskKey(maskKey), 0, 0);
    return masked;
  }

  /**
   * @returns the frame as it goes over the wire.
   * @throws ValueError where it cannot: flags beyond 0 and 1, an unknown opcode, text of more than a byte per
   * character, a mask key that has not four bytes.
   */
  format(): Uint8Array {
    if ([this.fin, this.rsv1, this.rsv2, this.rsv3].some((flag) => flag !== 0 && flag !== 1))
      throw new ValueError('not 0 or 1');
    if (!OPCODES.includes(this.opcode)) throw new ValueError('Invalid OPCODE');
    const payload = bytesOf(this.data);
    if (BigInt(payload.length) >= ABNF.LENGTH_63) throw new ValueError('data is too long');
    const key = this.maskValue === 0 ? undefined : expectMaskKey(this.getMaskKey(MASK_KEY_BYTES));
    // The first byte is written here: what is asked for may break the rules for control frames.
    const frame = serializeFrame(OPCODE.continuation, payload, true, 0, key);
    frame[0] = (this.fin * FIN) | (this.rsv1 * RSV1) | (this.rsv2 * RSV2) | (this.rsv3 * RSV3) | this.opcode;
    return frame;
  }

  /**
   * Checks a frame that came in by itself. Not checked, as in the original: a fragmented pong or close frame, and
   * the length of pings and pongs.
   *
   * @throws WebSocketProtocolException
   */
  validate(skipUtf8Validation = false): void {
    if (this.rsv1 !== 0 || this.rsv2 !== 0 || this.rsv3 !== 0)
      throw new WebSocketProtocolException('rsv is not implemented, yet');
    if (!OPCODES.includes(this.opcode)) throw new WebSocketProtocolException(`Invalid opcode ${this.opcode}`);
    if (this.opcode === ABNF.OPCODE_PING && this.fin === 0)
      throw new WebSocketProtocolException('Invalid ping frame.');
    if (this.opcode === ABNF.OPCODE_CLOSE) validateClose(bytesOf(this.data), skipUtf8Validation);
  }

  /** `fin=1 opcode=1 data=b'Hello'` */
  toString(): string {
    const shown = typeof this.data === 'string' ? this.data : bytesRepr(this.data);
    return `fin=${this.fin} opcode=${this.opcode} data=${shown}`;
  }
}

function validateClose(payload: Uint8Array, skipUtf8Validation: boolean): void {
  if (payload.length === 0) return;
  if (payload.length < STATUS_BYTES || payload.length > CONTROL_PAYLOAD_MAX)
    throw new WebSocketProtocolException('Invalid close frame.');
  if (!skipUtf8Validation && decodeUtf8(payload.subarray(STATUS_BYTES)) instanceof UnicodeDecodeError)
    throw new WebSocketProtocolException('Invalid close frame.');
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendable(code)) throw new WebSocketProtocolException(`Invalid close opcode ${code}`);
}

function expectMaskKey(key: string | Uint8Array): Uint8Array {
  const bytes = bytesOf(key);
  if (bytes.length !== MASK_KEY_BYTES)
    throw new ValueError(`a mask key has ${MASK_KEY_BYTES} bytes, not ${bytes.length}`);
  return bytes;
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  if (typeof data !== 'string') return data;
  for (let at = 0; at < data.length; at++) {
    if (data.charCodeAt(at) > LATIN1_MAX)
      throw new ValueError(
        `'latin-1' codec can't encode the character at position ${at}: give bytes, or a frame of opcode TEXT`,
      );
  }
  return latin1Bytes(data);
}
