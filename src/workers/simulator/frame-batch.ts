/**
 * WebSocket frames made in place, one after the other, so that many leave in one write. A server's
 * frames are not masked, so a frame is a short header and the payload.
 */

const TEXT = 0x81;
const BINARY = 0x82;
const HEADER_BYTES_MAX = 10;
/** Larger buffers are not kept. */
const KEPT_BYTES_MAX = 1 << 20;

export class FrameBatch {
  #buffer: Buffer;
  #length = 0;
  #frames = 0;
  readonly #capacity: number;

  constructor(capacity = 16 * 1024) {
    this.#capacity = capacity;
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  /** Bytes of all frames. */
  get length(): number {
    return this.#length;
  }

  get frames(): number {
    return this.#frames;
  }

  /** The frames' bytes; valid until the next frame is added. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  text(payload: string): void {
    const bytes = Buffer.byteLength(payload);
    const at = this.#begin(TEXT, bytes);
    this.#buffer.write(payload, at, bytes, 'utf8');
  }

  binary(payload: Uint8Array): void {
    const at = this.#begin(BINARY, payload.length);
    this.#buffer.set(payload, at);
  }

  /** Empties the batch, so that its memory is written again. */
  reset(): void {
    this.#length = 0;
    this.#frames = 0;
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(this.#capacity);
  }

  /** Empties the batch and leaves its memory to whoever is still reading it. */
  handOver(): void {
    this.#length = 0;
    this.#frames = 0;
    this.#buffer = Buffer.allocUnsafeSlow(this.#capacity);
  }

  #begin(opcode: number, bytes: number): number {
    const needed = this.#length + HEADER_BYTES_MAX + bytes;
    if (needed > this.#buffer.length) this.#grow(needed);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = opcode;
    if (bytes < 126) buffer[at++] = bytes;
    else if (bytes < 65_536) {
      buffer[at++] = 126;
      at = buffer.writeUInt16BE(bytes, at);
    } else {
      buffer[at++] = 127;
      at = buffer.writeUInt32BE(0, at);
      at = buffer.writeUInt32BE(bytes, at);
    }
    this.#length = at + bytes;
    this.#frames++;
    return at;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
