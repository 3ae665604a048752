import type { IncomingMessage, ServerResponse } from 'node:http';
import { MisuseError } from '../../../shared/invariant.ts';
import {
  HeaderLineTooLong,
  InvalidMessage,
  RequestLineTooLong,
  TooManyHeaders,
} from '../../../shared/protocol/errors/handshake-errors.ts';
import type { HandshakeLimits } from '../../../shared/protocol/handshake/handshake-limits.ts';
import { Headers } from '../../../shared/protocol/handshake/headers.ts';
import { Request, Response } from '../../../shared/protocol/handshake/message.ts';
import { statusPhrase } from '../../../shared/protocol/handshake/status-phrases.ts';
import type { HttpAnswer } from '../../options/serve-options.ts';

const SWITCHING_PROTOCOLS = 101;
/** Statuses whose responses have no body, and nothing that tells its length. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/**
 * The request as it came.
 *
 * @throws SecurityError, InvalidMessage or InvalidHeader where it is more, or other, than accepted.
 */
export function requestOf(message: IncomingMessage, limits: HandshakeLimits): Request {
  const { rawHeaders, url = '/', method = 'GET', httpVersion } = message;
  if (url.length > limits.maxLineLength) throw new RequestLineTooLong('request line too long');
  if (rawHeaders.length / 2 > limits.maxHeaders) throw new TooManyHeaders('too many HTTP headers');
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    if (name.length + value.length > limits.maxLineLength)
      throw new HeaderLineTooLong('header line too long');
    headers.add(name, value);
  }
  // Node hands over what follows the head of an upgrade, which would be taken for frames.
  if (headers.has('Transfer-Encoding') || Number(headers.get('Content-Length') ?? 0) !== 0)
    throw new InvalidMessage('unsupported request body');
  return new Request(url, headers, method, `HTTP/${httpVersion}`);
}

/** @throws MisuseError where it is no answer, InvalidHeader where one of its headers is none. */
export function responseOf(answer: HttpAnswer): Response {
  const { statusCode, headers = [], body = '' } = answer;
  const reasonPhrase = answer.reasonPhrase ?? statusPhrase(statusCode);
  if (reasonPhrase === undefined || statusCode === SWITCHING_PROTOCOLS)
    throw new MisuseError(
      `Condition failed: processRequest answers with status ${statusCode}, which it cannot`,
    );
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const response = new Response(statusCode, reasonPhrase, new Headers(headers), bytes);
  addMissing(response, 'Date', new Date().toUTCString());
  addMissing(response, 'Connection', 'close');
  if (BODILESS.has(statusCode)) return response;
  addMissing(response, 'Content-Length', String(bytes.length));
  if (typeof body === 'string') addMissing(response, 'Content-Type', 'text/plain; charset=utf-8');
  return response;
}

function addMissing({ headers }: Response, name: string, value: string): void {
  if (!headers.has(name)) headers.add(name, value);
}

/** Answers a request that is for no WebSocket. */
export function answerWith(response: Response, to: ServerResponse): void {
  to.sendDate = false;
  // One connection is for one request: what holds it open would hold the server's end up.
  response.headers.set('Connection', 'close');
  to.writeHead(response.statusCode, response.reasonPhrase, [...response.headers].flat());
  to.end(response.body);
}
