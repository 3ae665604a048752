/** Opcodes of RFC 6455, section 5.2. From 8 on they are control frames. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Longest header: two bytes, eight of length, four of masking key. */
export const FRAME_HEADER_BYTES_MAX = 14;

const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_KEY_BYTES = 4;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * The header of one WebSocket frame, read in place. One object is reused for every frame, so that reading
 * allocates nothing; the result lies in its fields until the next `read`.
 *
 * It says what the bytes say and judges nothing: which combinations are allowed depends on the side, the
 * extensions and the message that is open.
 */
export class FrameHeader {
  fin = false;
  /** The three reserved bits as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  rsv = 0;
  opcode = 0;
  masked = false;
  /** Bytes of the header, masking key included. */
  headerLength = 0;
  /** Bytes of the payload. Above 2^53 it is the nearest double, which is longer than anything accepted. */
  payloadLength = 0;

  /**
   * Reads the header that begins at `at`.
   *
   * @returns false where the header does not end before `end`. Once two bytes are there, `fin`, `rsv`,
   * `opcode`, `masked` and `headerLength` are those of this frame all the same; `payloadLength` is not.
   */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < 2) return false;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    this.fin = first >= 0x80;
    this.rsv = (first >> 4) & 7;
    this.opcode = first & 15;
    this.masked = second >= 0x80;
    const length = second & 0x7f;
    let headerLength = length < LENGTH_16 ? 2 : length === LENGTH_16 ? 4 : 10;
    if (second >= 0x80) headerLength += MASK_KEY_BYTES;
    this.headerLength = headerLength;
    if (end - at < headerLength) return false;
    if (length < LENGTH_16) this.payloadLength = length;
    else if (length < LENGTH_64) this.payloadLength = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    else this.payloadLength = uint32(bytes, at + 2) * TWO_TO_32 + uint32(bytes, at + 6);
    return true;
  }
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
