import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HeaderLineTooLong,
  InvalidMessage,
  RequestLineTooLong,
  SecurityError,
  StatusLineTooLong,
  TooManyHeaders,
} from '../../../../src/shared/protocol/errors/handshake-errors.ts';
import { EOFError } from '../../../../src/shared/protocol/errors/websocket-exception.ts';
import { HANDSHAKE_LIMITS } from '../../../../src/shared/protocol/handshake/handshake-limits.ts';
import { HandshakeReader } from '../../../../src/shared/protocol/handshake/handshake-reader.ts';
import { MalformedMessage } from '../../../../src/shared/protocol/handshake/handshake-stream.ts';
import {
  readRequest,
  readResponse,
  readResponseHead,
} from '../../../../src/shared/protocol/handshake/http-head.ts';
import type { Request, Response } from '../../../../src/shared/protocol/handshake/message.ts';
import { Random } from '../../../support/random.ts';

const reading = {
  request: () =>
    new HandshakeReader<Request | Response>((stream) => readRequest(stream, HANDSHAKE_LIMITS), 'invalid'),
  response: () =>
    new HandshakeReader<Request | Response>((stream) => readResponse(stream, HANDSHAKE_LIMITS), 'invalid'),
  proxy: () =>
    new HandshakeReader<Request | Response>(
      (stream) => readResponseHead(stream, HANDSHAKE_LIMITS, ['HTTP/1.1', 'HTTP/1.0']),
      'invalid',
    ),
};
type Kind = keyof typeof reading;

/** What comes of the bytes, in whatever pieces they come. */
interface Outcome {
  readonly message?: unknown;
  readonly rest?: string;
  readonly failure?: { readonly name: string; readonly text: string; readonly cause?: string };
}

function outcome(kind: Kind, chunks: Iterable<Uint8Array>, ends: boolean): Outcome {
  const reader = reading[kind]();
  let rest: Buffer | undefined;
  for (const chunk of chunks) {
    if (reader.failure !== undefined) break;
    if (rest !== undefined) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const behind = reader.push(chunk);
    if (behind !== undefined) rest = Buffer.from(behind);
    // The caller uses its chunk again.
    chunk.fill(0x7f);
  }
  if (ends && reader.result === undefined && reader.failure === undefined) reader.end();
  const { result, failure } = reader;
  if (failure !== undefined) {
    const cause =
      failure.cause instanceof Error ? { cause: `${failure.cause.name}: ${failure.cause.message}` } : {};
    return { failure: { name: failure.name, text: failure.message, ...cause } };
  }
  if (result === undefined) return {};
  const { headers, ...fields } = result;
  const body = 'body' in fields ? { body: Buffer.from(fields.body).toString('latin1') } : {};
  return { message: { ...fields, ...body, headers: [...headers] }, rest: rest?.toString('latin1') ?? '' };
}

/** The same bytes in one piece, one by one, and in pieces by chance: the outcome must be one. */
function everySplit(kind: Kind, text: string, ends: boolean): Outcome {
  const bytes = Buffer.from(text, 'latin1');
  const whole = outcome(kind, [Buffer.from(bytes)], ends);
  const single = [...bytes].map((byte) => Buffer.from([byte]));
  assert.deepEqual(outcome(kind, single, ends), whole, 'byte by byte');
  const random = new Random(bytes.length);
  for (let round = 0; round < 10; round++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = random.below(random.pick([3, 40, 2000, bytes.length]) + 1);
      chunks.push(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
    assert.deepEqual(outcome(kind, chunks, ends), whole, `in ${chunks.length} pieces`);
  }
  return whole;
}

const request = (lines: string, line = 'GET /chat HTTP/1.1'): string => `${line}\r\n${lines}\r\n`;
const response = (lines: string, line = 'HTTP/1.1 200 OK'): string => `${line}\r\n${lines}\r\n`;
const get = { path: '/chat', method: 'GET', protocol: 'HTTP/1.1', headers: [] };
const ok = { statusCode: 200, reasonPhrase: 'OK', headers: [], body: '' };
const length = (bytes: number): string[] => ['Content-Length', String(bytes)];
const CHUNKED = ['Transfer-Encoding', 'chunked'];
const chunked = 'Transfer-Encoding: chunked\r\n';

const READ: readonly (readonly [string, Kind, string, object, rest?: string, ends?: boolean])[] = [
  ['a request without headers', 'request', request(''), get],
  ['its bytes behind', 'request', `${request('')}\x81\x85abcd`, get, '\x81\x85abcd'],
  [
    'headers, trimmed',
    'request',
    request('Host: localhost\r\nX:y\r\nx: \t two words\t \r\nEmpty:\r\n'),
    {
      ...get,
      headers: [
        ['Host', 'localhost'],
        ['X', 'y'],
        ['x', 'two words'],
        ['Empty', ''],
      ],
    },
  ],
  [
    'hostile names',
    'request',
    request('__proto__: a\r\nconstructor: b\r\n'),
    {
      ...get,
      headers: [
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ],
    },
  ],
  [
    'bytes above ASCII in a value',
    'request',
    request('X: caf\xe9\r\n'),
    { ...get, headers: [['X', 'caf\xe9']] },
  ],
  ['another method', 'request', request('', 'POST /chat HTTP/1.1'), { ...get, method: 'POST' }],
  ['an older version', 'request', request('', 'GET /chat HTTP/1.0'), { ...get, protocol: 'HTTP/1.0' }],
  [
    'a length of nothing',
    'request',
    request('Content-Length: 0\r\n'),
    { ...get, headers: [['Content-Length', '0']] },
  ],
  [
    'as many headers as may be',
    'request',
    request('X: y\r\n'.repeat(128)),
    { ...get, headers: Array.from({ length: 128 }, () => ['X', 'y']) },
  ],
  [
    'lines as long as may be',
    'request',
    request(`X: ${'y'.repeat(8192 - 5)}\r\n`, `GET /${'p'.repeat(8192 - 16)} HTTP/1.1`),
    { ...get, path: `/${'p'.repeat(8192 - 16)}`, headers: [['X', 'y'.repeat(8192 - 5)]] },
  ],
  [
    'a response of 101, which has no body',
    'response',
    `${response('Content-Length: 3\r\n', 'HTTP/1.1 101 Switching Protocols')}\x81\x01a`,
    { ...ok, statusCode: 101, reasonPhrase: 'Switching Protocols', headers: [length(3)] },
    '\x81\x01a',
  ],
  [
    'a response of 204',
    'response',
    response('', 'HTTP/1.1 204 No Content'),
    { ...ok, statusCode: 204, reasonPhrase: 'No Content' },
  ],
  [
    'a response of 304',
    'response',
    response('', 'HTTP/1.1 304 '),
    { ...ok, statusCode: 304, reasonPhrase: '' },
  ],
  [
    'a reason with spaces',
    'response',
    response('Content-Length: 0\r\n', 'HTTP/1.1 403 No way  in \xe9'),
    { ...ok, statusCode: 403, reasonPhrase: 'No way  in \xe9', headers: [length(0)] },
  ],
  [
    'a body of a length',
    'response',
    `${response('Content-Length: 5\r\n')}Hello, more`,
    { ...ok, headers: [length(5)], body: 'Hello' },
    ', more',
  ],
  ['a body to the end', 'response', `${response('')}Hello`, { ...ok, body: 'Hello' }, '', true],
  ['an empty body to the end', 'response', response(''), ok, '', true],
  [
    'a body in chunks, with extensions and a trailer',
    'response',
    `${response(chunked)}5;a="b"\r\nHello\r\n00A\r\n, the rest\r\n0\r\nX: y\r\n\r\nmore`,
    { ...ok, headers: [CHUNKED], body: 'Hello, the rest' },
    'more',
  ],
  [
    'no chunks',
    'response',
    `${response('Transfer-Encoding: Chunked\r\n')}0\r\n\r\n`,
    { ...ok, headers: [['Transfer-Encoding', 'Chunked']] },
  ],
  [
    'many chunks of one byte',
    'response',
    `${response(chunked)}${'1\r\nx\r\n'.repeat(700)}0\r\n\r\n`,
    { ...ok, headers: [CHUNKED], body: 'x'.repeat(700) },
  ],
  [
    'a body as long as may be',
    'response',
    `${response('Content-Length: 1048576\r\n')}${'b'.repeat(1048576)}`,
    { ...ok, headers: [length(1048576)], body: 'b'.repeat(1048576) },
  ],
  [
    'a proxy of an older version, whose body is left',
    'proxy',
    `${response('Content-Length: 1\r\n', 'HTTP/1.0 200 OK')}x`,
    { ...ok, headers: [length(1)] },
    'x',
  ],
];

for (const [what, kind, text, message, rest = '', ends = false] of READ) {
  test(`in any split, a ${kind} is read: ${what}`, () => {
    const {
      message: read,
      rest: behind,
      failure,
    } = text.length > 1e5 ? outcome(kind, [Buffer.from(text, 'latin1')], ends) : everySplit(kind, text, ends);
    assert.equal(failure, undefined);
    assert.deepEqual(read, message);
    assert.equal(behind, rest);
  });
}

const malformed = (text: string): object => ({
  name: 'InvalidMessage',
  text: 'invalid',
  cause: `MalformedMessage: ${text}`,
});
const ended = (text: string): object => ({
  name: 'InvalidMessage',
  text: 'invalid',
  cause: `EOFError: ${text}`,
});
const secure = (name: string, text: string): object => ({ name, text });
const TOO_LONG = 'read 8193 bytes, expected no more than 8192 bytes';

const WRONG: readonly (readonly [Kind, string, object, ends?: boolean])[] = [
  ['request', '', ended('connection closed while reading HTTP request line'), true],
  ['request', 'GET /', ended('connection closed while reading HTTP request line'), true],
  [
    'request',
    'GET /chat HTTP/1.1\r\nHost: local',
    ended('connection closed while reading HTTP headers'),
    true,
  ],
  ['request', 'GET /chat HTTP/1.1\n', malformed('line without CRLF')],
  ['request', '\n', malformed('line without CRLF')],
  ['request', '\r\n', malformed('invalid HTTP request line: ')],
  ['request', 'GET /chat\r\n', malformed('invalid HTTP request line: GET /chat')],
  [
    'request',
    'GET /chat HTTP/2\r\n',
    malformed('unsupported protocol; expected HTTP/1.1 or HTTP/1.0: GET /chat HTTP/2'),
  ],
  [
    'request',
    'GET /a b HTTP/1.1\r\n',
    malformed('unsupported protocol; expected HTTP/1.1 or HTTP/1.0: GET /a b HTTP/1.1'),
  ],
  [
    'request',
    '\x16\x03\x01 \x02 \r\n',
    malformed('unsupported protocol; expected HTTP/1.1 or HTTP/1.0: \\x16\\x03\\x01 \\x02 '),
  ],
  ['request', 'G\x00T / HTTP/1.1\r\n', malformed('invalid HTTP method: G\\x00T')],
  ['request', ' / HTTP/1.1\r\n', malformed('invalid HTTP method: ')],
  ['request', 'GET  HTTP/1.1\r\n', malformed('invalid HTTP request target: ')],
  ['request', 'GET /\t HTTP/1.1\r\n', malformed('invalid HTTP request target: /\\x09')],
  ['request', 'GET /\xe9 HTTP/1.1\r\n', malformed('invalid HTTP request target: /\\xe9')],
  ['request', request('Host\r\n'), malformed('invalid HTTP header line: Host')],
  ['request', request('Ho st: a\r\n'), malformed('invalid HTTP header name: Ho st')],
  ['request', request('Host : a\r\n'), malformed('invalid HTTP header name: Host ')],
  ['request', request(': a\r\n'), malformed('invalid HTTP header name: ')],
  ['request', request('X: a\r\n folded\r\n'), malformed('invalid HTTP header line:  folded')],
  ['request', request('X: a\r\n b: c\r\n'), malformed('invalid HTTP header name:  b')],
  ['request', request('X: a\x00b\r\n'), malformed('invalid HTTP header value: a\\x00b')],
  ['request', request('X: a\rb\r\n'), malformed('invalid HTTP header value: a\\x0db')],
  ['request', request('X: a\x7f\r\n'), malformed('invalid HTTP header value: a\\x7f')],
  ['request', request('X: a\n'), malformed('line without CRLF')],
  ['request', request('Transfer-Encoding: chunked\r\n'), malformed("transfer codings aren't supported")],
  ['request', request('Content-Length: 1\r\n'), malformed('unsupported request body')],
  ['request', request('Content-Length: 0\r\nContent-Length: 1\r\n'), malformed('unsupported request body')],
  ['request', request('Content-Length: x\r\n'), malformed('unsupported request body')],
  ['request', `GET /${'p'.repeat(8192 - 15)} HTTP/1.1\r\n`, secure('RequestLineTooLong', TOO_LONG)],
  ['request', 'x'.repeat(20_000), secure('RequestLineTooLong', TOO_LONG)],
  ['request', request(`X: ${'y'.repeat(8192 - 4)}\r\n`), secure('HeaderLineTooLong', TOO_LONG)],
  ['request', request('X: y\r\n'.repeat(129)), secure('TooManyHeaders', 'expected no more than 128 headers')],
  ['response', '', ended('connection closed while reading HTTP status line'), true],
  ['response', 'HTTP/1.1 101 S\r\nX: y\r\n', ended('connection closed while reading HTTP headers'), true],
  ['response', 'HTTP/1.1 101\r\n', malformed('invalid HTTP status line: HTTP/1.1 101')],
  ['response', 'Hello\r\n', malformed('invalid HTTP status line: Hello')],
  ['response', 'HTTP/1.0 101 S\r\n', malformed('unsupported protocol; expected HTTP/1.1: HTTP/1.0 101 S')],
  [
    'proxy',
    'HTTP/2 200 OK\r\n',
    malformed('unsupported protocol; expected HTTP/1.1 or HTTP/1.0: HTTP/2 200 OK'),
  ],
  ['response', 'HTTP/1.1 OK now\r\n', malformed('invalid status code; expected integer; got OK')],
  ['response', 'HTTP/1.1 +101 S\r\n', malformed('invalid status code; expected integer; got +101')],
  ['response', 'HTTP/1.1 099 S\r\n', malformed('invalid status code; expected 100–599; got 099')],
  ['response', 'HTTP/1.1 600 S\r\n', malformed('invalid status code; expected 100–599; got 600')],
  ['response', 'HTTP/1.1 1010 S\r\n', malformed('invalid status code; expected 100–599; got 1010')],
  ['response', 'HTTP/1.1 200 \x1b[31m\r\n', malformed('invalid HTTP reason phrase: \\x1b[31m')],
  ['response', `HTTP/1.1 200 ${'O'.repeat(8192)}`, secure('StatusLineTooLong', TOO_LONG)],
  ['response', response(`${'X'.repeat(8192)}: y\r\n`), secure('HeaderLineTooLong', TOO_LONG)],
  [
    'response',
    response('X: y\r\n'.repeat(129)),
    secure('TooManyHeaders', 'expected no more than 128 headers'),
  ],
  [
    'response',
    response('Content-Length: 1048577\r\n'),
    secure('SecurityError', 'body too large: 1048577 bytes'),
  ],
  [
    'response',
    response(`Content-Length: ${'9'.repeat(30)}\r\n`),
    secure('SecurityError', `body too large: ${'9'.repeat(30)} bytes`),
  ],
  ['response', response('Content-Length: -1\r\n'), malformed('invalid Content-Length: -1')],
  ['response', response('Content-Length: 1, 1\r\n'), malformed('invalid Content-Length: 1, 1')],
  [
    'response',
    response('Content-Length: 1\r\nContent-Length: 2\r\n'),
    {
      name: 'InvalidMessage',
      text: 'invalid',
      cause: 'InvalidHeader: invalid Content-Length header: multiple values',
    },
  ],
  [
    'response',
    `${response('Content-Length: 5\r\n')}Hell`,
    ended('stream ends after 4 bytes, expected 5 bytes'),
    true,
  ],
  [
    'response',
    response('Transfer-Encoding: gzip, chunked\r\n'),
    malformed("transfer coding gzip, chunked isn't supported"),
  ],
  ['response', `${response(chunked)}5\r\nHello!\r\n`, malformed('chunk without CRLF')],
  ['response', `${response(chunked)}\r\n`, malformed('invalid chunk size: ')],
  ['response', `${response(chunked)}-1\r\n`, malformed('invalid chunk size: -1')],
  ['response', `${response(chunked)}0x5\r\n`, malformed('invalid chunk size: 0x5')],
  [
    'response',
    `${response(chunked)}${'f'.repeat(16)}\r\n`,
    secure('SecurityError', `chunk too large: 0x${'f'.repeat(16)} bytes`),
  ],
  [
    'response',
    `${response(chunked)}5\r\nHello\r\nfffff\r\n`,
    secure('SecurityError', 'chunk too large: 1048575 bytes after 5 bytes'),
  ],
  ['response', `${response(chunked)}${'5;'.padEnd(9000, 'x')}`, secure('SecurityError', TOO_LONG)],
  [
    'response',
    `${response(chunked)}0\r\n${'X: y\r\n'.repeat(129)}`,
    secure('TooManyHeaders', 'expected no more than 128 headers'),
  ],
  ['response', `${response(chunked)}5\r\nHe`, ended('stream ends after 2 bytes, expected 5 bytes'), true],
];

for (const [kind, text, failure, ends = false] of WRONG) {
  test(`in any split, a ${kind} is refused: ${JSON.stringify(text.slice(-60))}`, () => {
    assert.deepEqual(everySplit(kind, text, ends), { failure });
  });
}

test('a body without an end is refused as soon as it is too long', () => {
  const text = response('') + 'x'.repeat(2 ** 20 + 1);
  assert.deepEqual(outcome('response', [Buffer.from(text)], false), {
    failure: secure('SecurityError', 'body too large: over 1048576 bytes'),
  });
});

const SMALL_BODY = 2 ** 14;

/** Each goes on for ever, without ever being a message. */
const ENDLESS: readonly (readonly [string, Kind, string, string, name: string, bytesMax: number])[] = [
  ['a request line', 'request', '', 'x', 'RequestLineTooLong', 8193],
  ['a status line', 'response', 'HTTP/1.1 200 ', 'x', 'StatusLineTooLong', 8193],
  ['a header', 'request', 'GET / HTTP/1.1\r\nX: ', 'x', 'HeaderLineTooLong', 8193 + 16],
  ['headers', 'response', 'HTTP/1.1 200 OK\r\n', `X: ${'y'.repeat(8000)}\r\n`, 'TooManyHeaders', 130 * 8192],
  ['empty headers', 'request', 'GET / HTTP/1.1\r\n', 'X:\r\n', 'TooManyHeaders', 130 * 4 + 16],
  ['a body', 'response', response(''), 'x', 'SecurityError', SMALL_BODY + 30],
  ['chunks', 'response', response(chunked), '000000000000001\r\nx\r\n', 'SecurityError', 21 * SMALL_BODY],
  [
    'chunk extensions',
    'response',
    response(chunked),
    `1;${'x'.repeat(4000)}\r\nx\r\n`,
    'SecurityError',
    13_000,
  ],
  ['trailers', 'response', `${response(chunked)}0\r\n`, 'X: y\r\n', 'TooManyHeaders', 1000],
];

for (const [what, kind, start, more, name, bytesMax] of ENDLESS) {
  test(`a ${kind} with ${what} without end is refused in time`, () => {
    const limits = { ...HANDSHAKE_LIMITS, maxBodySize: SMALL_BODY };
    const read = kind === 'request' ? readRequest : readResponse;
    const reader = new HandshakeReader<Request | Response>((stream) => read(stream, limits), 'invalid');
    reader.push(Buffer.from(start));
    const chunk = Buffer.from(more.repeat(Math.ceil(100 / more.length)));
    let sent = start.length;
    for (; reader.failure === undefined && sent <= bytesMax + chunk.length; sent += chunk.length)
      reader.push(chunk);
    assert.equal(reader.failure?.name, name);
    assert.ok(sent <= bytesMax + chunk.length, `${sent} bytes`);
  });
}

test('what drips in byte by byte is looked at once: a megabyte of headers, and one of a body', () => {
  const lines = `X: ${'y'.repeat(8000)}\r\n`.repeat(127);
  for (const [text, ends] of [
    [response(`${lines}Content-Length: 0\r\n`), false],
    [`${response('')}${'b'.repeat(2 ** 20)}`, true],
  ] as const) {
    const reader = reading.response();
    const bytes = Buffer.from(text);
    const drop = Buffer.alloc(1);
    for (const byte of bytes) {
      drop[0] = byte;
      reader.push(drop);
    }
    if (ends) reader.end();
    assert.equal(reader.failure, undefined);
    assert.ok(reader.result !== undefined);
  }
});

test('the errors are of the classes a program asks for', () => {
  const fails = (kind: Kind, text: string): unknown => {
    const reader = reading[kind]();
    reader.push(Buffer.from(text));
    reader.end();
    return reader.failure;
  };
  for (const [kind, text, ...classes] of [
    ['request', 'x'.repeat(9000), RequestLineTooLong, SecurityError],
    ['response', 'x'.repeat(9000), StatusLineTooLong, SecurityError],
    ['response', response('x'.repeat(9000)), HeaderLineTooLong, SecurityError],
    ['response', response('X: y\r\n'.repeat(129)), TooManyHeaders, SecurityError],
    ['response', 'x', InvalidMessage],
  ] as const)
    for (const Class of classes) assert.ok(fails(kind, text) instanceof Class, Class.name);
  assert.ok((fails('response', 'HTTP') as Error).cause instanceof EOFError);
  assert.ok((fails('response', '\r\n') as Error).cause instanceof MalformedMessage);
});

test('limits are what the caller sets', () => {
  const limits = { maxLineLength: 30, maxHeaders: 1, maxBodySize: 4 };
  const read = (text: string): HandshakeReader<Response> => {
    const reader = new HandshakeReader((stream) => readResponse(stream, limits), 'invalid');
    reader.push(Buffer.from(text));
    return reader;
  };
  assert.equal(
    read(response('', `HTTP/1.1 200 ${'O'.repeat(20)}`)).failure?.message,
    'read 31 bytes, expected no more than 30 bytes',
  );
  assert.equal(read(response('A: b\r\nC: d\r\n')).failure?.message, 'expected no more than 1 headers');
  assert.equal(read(response('Content-Length: 5\r\n')).failure?.message, 'body too large: 5 bytes');
});
