/** What a frame has that is not usual; a plain, final, unmasked frame otherwise. */
export interface FrameShape {
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Length that the header announces, where it is not the payload's. */
  readonly announced?: bigint;
  /** Bytes of the length field, where it is not the shortest. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** One WebSocket frame as bytes, right or wrong. */
export function wireFrame(opcode: number, payload: string | Uint8Array = '', shape: FrameShape = {}): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const announced = shape.announced ?? BigInt(body.length);
  const lengthBytes = shape.lengthBytes ?? (announced < 126n ? 0 : announced < 65536n ? 2 : 8);
  const mask = shape.masked ? 0x80 : 0;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (shape.fin === false ? 0 : 0x80) | ((shape.rsv ?? 0) << 4) | opcode;
  head[1] = mask | (lengthBytes === 0 ? Number(announced) : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(Number(announced), 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(announced, 2);
  if (!shape.masked) return Buffer.concat([head, body]);
  const key = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, key, body.map((byte, i) => byte ^ key[i & 3]!)]);
}

export const text = (payload: string | Uint8Array, shape?: FrameShape): Buffer =>
  wireFrame(1, payload, shape);
export const binary = (payload: Uint8Array, shape?: FrameShape): Buffer => wireFrame(2, payload, shape);
export const ping = (payload: string | Uint8Array = ''): Buffer => wireFrame(9, payload);

export function close(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return wireFrame(8, payload);
}

/** One frame a client sent, unmasked. */
export interface ClientFrame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Takes the whole frames from the front of what a client sent. */
export function takeClientFrames(bytes: Buffer): { readonly frames: ClientFrame[]; readonly rest: Buffer } {
  const frames: ClientFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 6) {
    let length = bytes[at + 1]! & 0x7f;
    let head = 6;
    if (length === 126) {
      if (bytes.length - at < 8) break;
      length = bytes.readUInt16BE(at + 2);
      head = 8;
    } else if (length === 127) {
      if (bytes.length - at < 14) break;
      length = Number(bytes.readBigUInt64BE(at + 2));
      head = 14;
    }
    if (bytes.length - at < head + length) break;
    const key = bytes.subarray(at + head - 4, at + head);
    const body = bytes.subarray(at + head, at + head + length);
    frames.push({
      fin: bytes[at]! > 127,
      opcode: bytes[at]! & 15,
      payload: Buffer.from(body.map((byte, i) => byte ^ key[i & 3]!)),
    });
    at += head + length;
  }
  return { frames, rest: bytes.subarray(at) };
}
