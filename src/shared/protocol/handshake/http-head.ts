import { latin1Text, printable } from '../../text/latin1.ts';
import { RequestLineTooLong, StatusLineTooLong } from '../errors/handshake-errors.ts';
import type { HandshakeLimits } from './handshake-limits.ts';
import { type HandshakeStream, MalformedMessage, type Reading } from './handshake-stream.ts';
import { readHeaders } from './header-lines.ts';
import { readBody } from './http-body.ts';
import { Request, Response } from './message.ts';

const METHOD = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads the request of a handshake. Method and version may be other than a handshake's: the server answers
 * those. A body may not be there.
 */
export function* readRequest(stream: HandshakeStream, limits: HandshakeLimits): Reading<Request> {
  const line = latin1Text(yield* stream.line(limits.maxLineLength, RequestLineTooLong, 'HTTP request line'));
  const [method, path, protocol] = threeParts(line, 'request');
  if (protocol !== 'HTTP/1.1' && protocol !== 'HTTP/1.0')
    throw new MalformedMessage(`unsupported protocol; expected HTTP/1.1 or HTTP/1.0: ${printable(line)}`);
  if (!METHOD.test(method)) throw new MalformedMessage(`invalid HTTP method: ${printable(method)}`);
  if (!TARGET.test(path)) throw new MalformedMessage(`invalid HTTP request target: ${printable(path)}`);
  const headers = yield* readHeaders(stream, limits);
  if (headers.has('Transfer-Encoding')) throw new MalformedMessage("transfer codings aren't supported");
  // Some devices send a length of zero.
  if (!headers.getAll('Content-Length').every((length) => /^0+$/.test(length)))
    throw new MalformedMessage('unsupported request body');
  return new Request(path, headers, method, protocol);
}

/** Reads the response of a server, with its body where it has one. */
export function* readResponse(stream: HandshakeStream, limits: HandshakeLimits): Reading<Response> {
  const head = yield* readResponseHead(stream, limits, ['HTTP/1.1']);
  head.body = yield* readBody(stream, head, limits);
  return head;
}

/**
 * Reads the head of a response; what follows it is left in the stream.
 *
 * @param versions accepted. Proxies still answer with HTTP/1.0.
 */
export function* readResponseHead(
  stream: HandshakeStream,
  limits: HandshakeLimits,
  versions: readonly string[],
): Reading<Response> {
  const line = latin1Text(yield* stream.line(limits.maxLineLength, StatusLineTooLong, 'HTTP status line'));
  const [version, status, reason] = threeParts(line, 'status');
  if (!versions.includes(version))
    throw new MalformedMessage(`unsupported protocol; expected ${versions.join(' or ')}: ${printable(line)}`);
  if (!/^\d+$/.test(status))
    throw new MalformedMessage(`invalid status code; expected integer; got ${printable(status)}`);
  if (!/^[1-5]\d\d$/.test(status))
    throw new MalformedMessage(`invalid status code; expected 100–599; got ${status}`);
  if (!REASON.test(reason)) throw new MalformedMessage(`invalid HTTP reason phrase: ${printable(reason)}`);
  return new Response(Number(status), reason, yield* readHeaders(stream, limits));
}

/** What lies between two spaces; a third one belongs to the last part. */
function threeParts(line: string, what: string): [string, string, string] {
  const first = line.indexOf(' ');
  const second = first < 0 ? -1 : line.indexOf(' ', first + 1);
  if (second < 0) throw new MalformedMessage(`invalid HTTP ${what} line: ${printable(line)}`);
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
}
