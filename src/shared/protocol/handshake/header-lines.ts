import { latin1Text, printable } from '../../text/latin1.ts';
import { HeaderLineTooLong, TooManyHeaders } from '../errors/handshake-errors.ts';
import type { HandshakeLimits } from './handshake-limits.ts';
import { type HandshakeStream, MalformedMessage, type Reading } from './handshake-stream.ts';
import { Headers } from './headers.ts';

const NAME = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Reads lines up to the empty one. A line that goes on in the next one is refused. */
export function* readHeaders(stream: HandshakeStream, limits: HandshakeLimits): Reading<Headers> {
  const headers = new Headers();
  for (let count = 0; ; count++) {
    const line = latin1Text(yield* stream.line(limits.maxLineLength, HeaderLineTooLong, 'HTTP headers'));
    if (line === '') return headers;
    if (count === limits.maxHeaders)
      throw new TooManyHeaders(`expected no more than ${limits.maxHeaders} headers`);
    const colon = line.indexOf(':');
    if (colon < 0) throw new MalformedMessage(`invalid HTTP header line: ${printable(line)}`);
    const name = line.slice(0, colon);
    if (!NAME.test(name)) throw new MalformedMessage(`invalid HTTP header name: ${printable(name)}`);
    const value = trimmed(line, colon + 1);
    if (!VALUE.test(value)) throw new MalformedMessage(`invalid HTTP header value: ${printable(value)}`);
    headers.add(name, value);
  }
}

/** Without spaces and tabs at its ends. Not a pattern: those that trim look again from every space. */
function trimmed(line: string, from: number): string {
  let end = line.length;
  while (from < end && isBlank(line, from)) from++;
  while (end > from && isBlank(line, end - 1)) end--;
  return line.slice(from, end);
}

const isBlank = (line: string, at: number): boolean => line[at] === ' ' || line[at] === '\t';
