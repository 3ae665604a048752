import { ProtocolError } from './errors/websocket-exception.ts';
import { OPCODE } from './frame-header.ts';
import { applyMask, MASK_KEY_BYTES } from './mask.ts';

/** Most that a control frame may carry. Source: RFC 6455, section 5.5. */
export const CONTROL_PAYLOAD_MAX = 125;

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LENGTH_16_AFTER = 0x1_0000;
const TWO_TO_32 = 0x1_0000_0000;

/** One frame: its payload unmasked, and the header without what only the wire needs. */
export class Frame {
  /** One of `OPCODE`. */
  readonly opcode: number;
  readonly data: Uint8Array;
  /** Whether it ends its message. */
  readonly fin: boolean;
  /** The three reserved bits as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;

  constructor(opcode: number, data: Uint8Array, fin = true, rsv = 0) {
    this.opcode = opcode;
    this.data = data;
    this.fin = fin;
    this.rsv = rsv;
  }
}

/**
 * @param maskKey four bytes; undefined writes the frame unmasked, as a server must.
 * @returns the frame as it goes over the wire. Nothing of `payload` is kept.
 * @throws ProtocolError where a control frame is too long or fragmented.
 */
export function serializeFrame(
  opcode: number,
  payload: Uint8Array,
  fin: boolean,
  rsv: number,
  maskKey: Uint8Array | undefined,
): Uint8Array {
  const length = payload.length;
  if (opcode >= OPCODE.close) {
    if (length > CONTROL_PAYLOAD_MAX) throw new ProtocolError('control frame too long');
    if (!fin) throw new ProtocolError('fragmented control frame');
  }
  const lengthBytes = length < LENGTH_16 ? 0 : length < LENGTH_16_AFTER ? 2 : 8;
  const keyBytes = maskKey === undefined ? 0 : MASK_KEY_BYTES;
  const payloadAt = 2 + lengthBytes + keyBytes;
  const bytes = new Uint8Array(payloadAt + length);
  bytes[0] = (fin ? FIN : 0) | (rsv << 4) | opcode;
  bytes[1] =
    (maskKey === undefined ? 0 : MASKED) |
    (lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64);
  if (lengthBytes === 8) {
    writeUint32(bytes, 2, Math.floor(length / TWO_TO_32));
    writeUint32(bytes, 6, length);
  } else if (lengthBytes === 2) {
    bytes[2] = length >> 8;
    bytes[3] = length;
  }
  bytes.set(payload, payloadAt);
  if (maskKey !== undefined) {
    bytes.set(maskKey, payloadAt - MASK_KEY_BYTES);
    applyMask(bytes, payloadAt, bytes.length, maskKey, 0, 0);
  }
  return bytes;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
