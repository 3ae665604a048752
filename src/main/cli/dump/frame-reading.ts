import { isUtf8 } from 'node:buffer';
import type { FrameOpcode } from '../../../shared/client/client-contract.ts';
import { OPCODE } from '../../../shared/protocol/frame-header.ts';
import { GrowingBytes } from '../../../shared/protocol/growing-bytes.ts';
import { ABNF } from '../../../shared/websocket-client/abnf.ts';
import { UNPACKED_BYTES_MAX, type UnpackedText, unpackedText } from './unpacked-text.ts';

/** A frame as it came. */
export interface RawFrame {
  readonly opcode: FrameOpcode;
  readonly fin: boolean;
  readonly bytes: Uint8Array;
}

/** A frame and what can be read of it. */
export interface ReadFrame extends RawFrame {
  /** `text`, `binary`, `cont`, `ping`, `pong` or `close`. */
  readonly name: string;
  /** Whether it is, or continues, a message that says that it is text. */
  readonly isText: boolean;
  /** Undefined where the bytes are no text. */
  readonly text: string | undefined;
  /** How the message was packed that ends here; then `text` is all of it. */
  readonly packing: UnpackedText['packing'] | undefined;
}

/** Reads the frames of a connection, in their order. */
export class FrameReading {
  /** What the fragments are of that come now. */
  #isText = false;
  /** Binary fragments so far, for one attempt at unpacking them all. */
  readonly #parts = new GrowingBytes();
  #isTooLong = false;

  read(frame: RawFrame): ReadFrame {
    const { opcode, fin, bytes } = frame;
    const isData = opcode <= OPCODE.binary;
    if (isData && opcode !== OPCODE.continuation) {
      this.#isText = opcode === OPCODE.text;
      this.#parts.take();
      this.#isTooLong = false;
    }
    const isText = isData && this.#isText;
    const unpacked = isData && !isText ? this.#unpacked(frame) : undefined;
    return {
      opcode,
      fin,
      bytes,
      name: ABNF.OPCODE_MAP[opcode]!,
      isText,
      text: isText && isUtf8(bytes) ? textOf(bytes) : unpacked?.text,
      packing: unpacked?.packing,
    };
  }

  #unpacked({ opcode, fin, bytes }: RawFrame): UnpackedText | undefined {
    if (fin && opcode === OPCODE.binary) return unpackedText(bytes);
    // Packed, a text is shorter than it is.
    this.#isTooLong ||= this.#parts.length + bytes.length > UNPACKED_BYTES_MAX;
    if (this.#isTooLong) this.#parts.take();
    else this.#parts.append(bytes, UNPACKED_BYTES_MAX);
    return fin && !this.#isTooLong ? unpackedText(this.#parts.take()) : undefined;
  }
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
