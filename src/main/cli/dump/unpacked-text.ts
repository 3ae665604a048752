import { isUtf8 } from 'node:buffer';
import { gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';

/** Text that lay packed in a binary message. */
export interface UnpackedText {
  readonly packing: 'gzip' | 'zlib';
  readonly text: string;
}

/** The most that a message is unpacked to. What would be more is shown packed, so no few bytes fill the memory. */
export const UNPACKED_BYTES_MAX = 16 * 1024 * 1024;

type Unpack = (bytes: Uint8Array, options: ZlibOptions) => Buffer;
/** What comes of `info: true`. */
interface Unpacked {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const MAGIC = [0x1f, 0x8b];
const METHOD_DEFLATE = 8;

/** @returns undefined where the bytes are no text that was packed with gzip or deflate, with or without a header. */
export function unpackedText(bytes: Uint8Array): UnpackedText | undefined {
  if (isGzip(bytes)) return textOf('gzip', gunzipSync, bytes);
  return (
    (hasZlibHeader(bytes) ? textOf('zlib', inflateSync, bytes) : undefined) ??
    textOf('zlib', inflateRawSync, bytes)
  );
}

const isGzip = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/** Source: RFC 1950, section 2.2. */
const hasZlibHeader = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 15) === METHOD_DEFLATE && ((first << 8) | second) % 31 === 0;

function textOf(
  packing: UnpackedText['packing'],
  unpack: Unpack,
  bytes: Uint8Array,
): UnpackedText | undefined {
  try {
    const options = { maxOutputLength: UNPACKED_BYTES_MAX, info: true };
    const { buffer, engine } = unpack(bytes, options) as unknown as Unpacked;
    // Few bytes of any kind begin with a stream by chance; hardly any are one to their end, and text.
    const isWhole = engine.bytesWritten === bytes.length && buffer.length > 0;
    return isWhole && isUtf8(buffer) ? { packing, text: buffer.toString() } : undefined;
  } catch {
    return undefined;
  }
}
