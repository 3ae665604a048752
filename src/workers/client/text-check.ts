import { isAscii, isUtf8 } from 'node:buffer';
import { threadReadBuffer, threadScanner } from '../thread-scanner.ts';

/** Looks at texts, sixteen bytes at a time where they lie in the memory that sockets of this thread are read into. */
export class TextCheck {
  readonly #room: Uint8Array = threadReadBuffer();
  readonly #roomAt = threadReadBuffer().byteOffset;
  readonly #module = threadScanner().module;

  /** Whether no byte is above 127. */
  isAscii(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.#room) return isAscii(bytes.subarray(start, end));
    return this.#module.isAscii(this.#roomAt + start, this.#roomAt + end) !== 0;
  }

  isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
    return isUtf8(bytes.subarray(start, end));
  }
}
