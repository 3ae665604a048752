import { writeUtf8 } from '../text/utf8.ts';
import { UnicodeDecodeError } from './errors/websocket-exception.ts';
import type { ProtocolPlatform } from './platform.ts';

const UTF8_BYTES_PER_UNIT = 3;
/** Up to here a loop is faster than a call into the platform. */
const CALL_WORTH_BYTES = 24;

export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * UTF8_BYTES_PER_UNIT);
  return bytes.subarray(0, writeUtf8(text, new DataView(bytes.buffer), 0, bytes.length));
}

/** For texts as short as the reason of a close frame: byte by byte. */
export function decodeUtf8(bytes: Uint8Array): string | UnicodeDecodeError {
  const check = new Utf8Check();
  const wrong = check.push(bytes) ?? check.end();
  if (wrong !== undefined) return wrong;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let code = length === 1 ? first : first & (0x7f >> length);
    for (let i = 1; i < length; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/**
 * Checks a text that arrives in pieces, which may end anywhere, also inside a character. It refuses at the
 * first byte with which the text can no longer become UTF-8. The words of a refusal are Python's.
 */
export class Utf8Check {
  readonly #platform: Pick<ProtocolPlatform, 'isUtf8'> | undefined;
  /** Bytes of all pieces before this one. */
  #before = 0;
  /** Bytes that the open character still lacks, and what the next of them may be. */
  #lacking = 0;
  #low = 0x80;
  #high = 0xbf;
  #characterAt = 0;

  /** @param platform checks long pieces at once; without it every byte is looked at here. */
  constructor(platform?: Pick<ProtocolPlatform, 'isUtf8'>) {
    this.#platform = platform;
  }

  push(bytes: Uint8Array): UnicodeDecodeError | undefined {
    let at = 0;
    if (this.#platform !== undefined && bytes.length > CALL_WORTH_BYTES) {
      while (this.#lacking > 0 && at < bytes.length) {
        const wrong = this.#step(bytes, at, at + 1);
        if (wrong !== undefined) return wrong;
        at++;
      }
      const whole = lastBoundary(bytes);
      if (this.#platform.isUtf8(at === 0 && whole === bytes.length ? bytes : bytes.subarray(at, whole)))
        at = whole;
    }
    const wrong = this.#step(bytes, at, bytes.length);
    this.#before += bytes.length;
    return wrong;
  }

  /** The text is over. Afterwards another may begin. */
  end(): UnicodeDecodeError | undefined {
    const open = this.#lacking > 0;
    const at = this.#characterAt;
    this.#before = 0;
    this.#lacking = 0;
    return open ? new UnicodeDecodeError('unexpected end of data', at) : undefined;
  }

  #step(bytes: Uint8Array, from: number, to: number): UnicodeDecodeError | undefined {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (this.#lacking > 0) {
        if (byte < this.#low || byte > this.#high)
          return new UnicodeDecodeError('invalid continuation byte', this.#characterAt);
        this.#lacking--;
        this.#low = 0x80;
        this.#high = 0xbf;
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4)
          return new UnicodeDecodeError('invalid start byte', this.#before + at);
        this.#begin(byte, this.#before + at);
      }
    }
    return undefined;
  }

  /** Bounds of the second byte shut out what has a shorter form, surrogates and what is beyond U+10FFFF. */
  #begin(first: number, position: number): void {
    this.#characterAt = position;
    this.#lacking = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    this.#low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    this.#high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  }
}

/** @returns where the last character begins if it is not all there; else the end. */
function lastBoundary(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return back < length ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
