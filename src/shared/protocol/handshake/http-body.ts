import { latin1Text, printable } from '../../text/latin1.ts';
import { SecurityError } from '../errors/handshake-errors.ts';
import type { HandshakeLimits } from './handshake-limits.ts';
import { type HandshakeStream, MalformedMessage, type Reading } from './handshake-stream.ts';
import { readHeaders } from './header-lines.ts';
import type { Response } from './message.ts';

const NO_BODY = new Uint8Array(0);
/** Longer numbers need not be read: they are above every limit. */
const HEX_DIGITS_MAX = 15;
const DECIMAL_DIGITS_MAX = 18;

/**
 * Reads what follows the head of a response to a GET. Source: RFC 9112, section 6.3.
 *
 * @throws SecurityError where it is longer than the limit.
 */
export function* readBody(
  stream: HandshakeStream,
  { statusCode, headers }: Response,
  limits: HandshakeLimits,
): Reading<Uint8Array> {
  if (statusCode < 200 || statusCode === 204 || statusCode === 304) return NO_BODY;
  const coding = headers.get('Transfer-Encoding');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked')
      throw new MalformedMessage(`transfer coding ${printable(coding)} isn't supported`);
    return yield* readChunks(stream, limits);
  }
  const length = headers.get('Content-Length');
  if (length !== undefined) {
    if (!/^\d+$/.test(length)) throw new MalformedMessage(`invalid Content-Length: ${printable(length)}`);
    if (length.length > DECIMAL_DIGITS_MAX || Number(length) > limits.maxBodySize)
      throw new SecurityError(`body too large: ${length} bytes`);
    return yield* stream.exactly(Number(length));
  }
  const body = yield* stream.toEnd(limits.maxBodySize);
  if (body === undefined) throw new SecurityError(`body too large: over ${limits.maxBodySize} bytes`);
  return body;
}

function* readChunks(stream: HandshakeStream, limits: HandshakeLimits): Reading<Uint8Array> {
  let body = NO_BODY;
  let length = 0;
  let extensionBytes = 0;
  for (;;) {
    const line = latin1Text(yield* stream.line(limits.maxLineLength, SecurityError, 'HTTP chunk size'));
    const size = line.split(';', 1)[0]!;
    // All of them together, else a body of single bytes could go on for gigabytes.
    extensionBytes += line.length - size.length;
    if (extensionBytes > limits.maxLineLength)
      throw new SecurityError(`chunk extensions too large: over ${limits.maxLineLength} bytes`);
    if (!/^[0-9a-fA-F]+$/.test(size)) throw new MalformedMessage(`invalid chunk size: ${printable(line)}`);
    if (size.length > HEX_DIGITS_MAX) throw new SecurityError(`chunk too large: 0x${size} bytes`);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    if (length + bytes > limits.maxBodySize)
      throw new SecurityError(`chunk too large: ${bytes} bytes after ${length} bytes`);
    if (length + bytes > body.length) {
      // Doubled, so that a body in chunks of one byte is not copied anew for each of them.
      const roomier = new Uint8Array(Math.max(length + bytes, body.length * 2));
      roomier.set(body);
      body = roomier;
    }
    body.set(yield* stream.exactly(bytes), length);
    length += bytes;
    const [first, second] = yield* stream.exactly(2);
    if (first !== 13 || second !== 10) throw new MalformedMessage('chunk without CRLF');
  }
  // What a trailer says is of no use to anyone here.
  yield* readHeaders(stream, limits);
  return body.slice(0, length);
}
