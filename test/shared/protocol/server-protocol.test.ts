import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerPermessageDeflateFactory } from '../../../src/shared/protocol/deflate-negotiation.ts';
import * as handshakeErrors from '../../../src/shared/protocol/errors/handshake-errors.ts';
import * as headerErrors from '../../../src/shared/protocol/errors/header-errors.ts';
import { EOFError, InvalidState } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Request } from '../../../src/shared/protocol/handshake/message.ts';
import { SEND_EOF, State } from '../../../src/shared/protocol/protocol.ts';
import { ServerProtocol, type ServerProtocolOptions } from '../../../src/shared/protocol/server-protocol.ts';
import {
  EXAMPLE_ACCEPT,
  EXAMPLE_KEY,
  EXAMPLE_PLATFORM,
  seen,
  testExtension,
  written,
} from '../../support/handshakes.ts';
import { Random } from '../../support/random.ts';
import { close, ping, text } from '../../support/wire-frame.ts';

const errors = { ...handshakeErrors, ...headerErrors };

type Options = Partial<ServerProtocolOptions>;
const server = (options: Options = {}): ServerProtocol =>
  new ServerProtocol({ platform: EXAMPLE_PLATFORM, now: () => Date.UTC(2026, 10, 21, 18, 2, 1), ...options });

const DATE = 'Date: Sat, 21 Nov 2026 18:02:01 GMT\r\n';

/** The request of the example in RFC 6455, with some headers other, or none where the value is undefined. */
function requestText(
  others: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  line = 'GET /test HTTP/1.1',
): string {
  const headers = {
    Host: 'example.com',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': EXAMPLE_KEY,
    'Sec-WebSocket-Version': '13',
    ...others,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return `${line}\r\n${lines.join('')}\r\n`;
}

function received(protocol: ServerProtocol, sent: string): Request {
  protocol.receiveData(Buffer.from(sent, 'latin1'));
  const [request, ...others] = protocol.eventsReceived();
  assert.ok(request instanceof Request);
  assert.deepEqual(others, []);
  return request;
}

test("the response is the one of the RFC's example", () => {
  const protocol = server();
  const request = received(protocol, requestText());
  assert.equal(request.path, '/test');
  assert.equal(protocol.state, State.CONNECTING);
  assert.equal(written(protocol), '');
  const response = protocol.accept(request);
  assert.equal(protocol.state, State.CONNECTING);
  response.headers.add('Server', 'ringfeed');
  protocol.sendResponse(response);
  assert.equal(
    written(protocol),
    'HTTP/1.1 101 Switching Protocols\r\n' +
      DATE +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n' +
      'Server: ringfeed\r\n' +
      '\r\n',
  );
  assert.equal(protocol.state, State.OPEN);
  assert.equal(protocol.handshakeException, undefined);
  assert.throws(() => protocol.sendResponse(response), InvalidState);
});

test('without a clock there is no Date', () => {
  const protocol = new ServerProtocol({ platform: EXAMPLE_PLATFORM });
  assert.equal(protocol.accept(received(protocol, requestText())).headers.has('Date'), false);
});

const ops = [testExtension('this'), testExtension('that')];
const deflate = [new ServerPermessageDeflateFactory()];
const EXTENSIONS = 'Sec-WebSocket-Extensions';
const PROTOCOL = 'Sec-WebSocket-Protocol';

const ACCEPTED: readonly (readonly [string, string, Options, Record<string, string>, object?])[] = [
  [
    'options in several headers',
    requestText({ Connection: ['keep-alive', 'UPGRADE'], Upgrade: 'WebSocket' }),
    {},
    {},
  ],
  ['a length of nothing', requestText({ 'Content-Length': '0' }), {}, {}],
  [
    'any origin without a list',
    requestText({ Origin: 'https://evil.example' }),
    {},
    {},
    { origin: 'https://evil.example' },
  ],
  [
    'an origin of the list',
    requestText({ Origin: 'https://a.example' }),
    { origins: ['https://b.example', 'https://a.example'] },
    {},
    { origin: 'https://a.example' },
  ],
  [
    'an origin of a pattern',
    requestText({ Origin: 'https://b.example' }),
    { origins: [/https:\/\/(a|b)\.example/gy] },
    {},
    { origin: 'https://b.example' },
  ],
  ['no origin where that is allowed', requestText(), { origins: [null] }, {}, { origin: undefined }],
  ['no extension where none is known', requestText({ [EXTENSIONS]: 'x-op; op=this' }), {}, {}],
  [
    'no extension where all are declined',
    requestText({ [EXTENSIONS]: 'x-op; op=those, other' }),
    { extensions: ops },
    {},
  ],
  [
    'an extension',
    requestText({ [EXTENSIONS]: 'other, x-op; op="that"' }),
    { extensions: ops },
    { [EXTENSIONS]: 'x-op; op=that' },
    { extensions: ['x-op'] },
  ],
  [
    'several extensions',
    requestText({ [EXTENSIONS]: ['x-op; op=that', 'x-op; op=this'] }),
    { extensions: ops },
    { [EXTENSIONS]: 'x-op; op=that, x-op; op=this' },
    { extensions: ['x-op', 'x-op'] },
  ],
  [
    'compression, once',
    requestText({ [EXTENSIONS]: 'permessage-deflate; server_max_window_bits=10, permessage-deflate' }),
    { extensions: deflate },
    { [EXTENSIONS]: 'permessage-deflate; server_max_window_bits=10' },
    { extensions: ['permessage-deflate'] },
  ],
  ['no subprotocol where none is known', requestText({ [PROTOCOL]: 'chat' }), {}, {}],
  [
    'the subprotocol the server wants most',
    requestText({ [PROTOCOL]: 'chat, superchat' }),
    { subprotocols: ['superchat', 'chat'] },
    { [PROTOCOL]: 'superchat' },
    { subprotocol: 'superchat' },
  ],
  [
    'a subprotocol in several headers',
    requestText({ [PROTOCOL]: ['a', 'b'] }),
    { subprotocols: ['b'] },
    { [PROTOCOL]: 'b' },
    { subprotocol: 'b' },
  ],
  [
    'a subprotocol of choice',
    requestText({ [PROTOCOL]: 'a, b' }),
    { selectSubprotocol: (_, offered) => offered[1] },
    { [PROTOCOL]: 'b' },
    { subprotocol: 'b' },
  ],
  ['none of choice', requestText(), { subprotocols: ['a'], selectSubprotocol: () => undefined }, {}],
];

for (const [what, sent, options, headers, agreed = {}] of ACCEPTED) {
  test(`a request is accepted: ${what}`, () => {
    const protocol = server(options);
    const response = protocol.accept(received(protocol, sent));
    assert.deepEqual(
      [...response.headers],
      [
        ['Date', 'Sat, 21 Nov 2026 18:02:01 GMT'],
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Accept', EXAMPLE_ACCEPT],
        ...Object.entries(headers),
      ],
    );
    protocol.sendResponse(response);
    assert.equal(protocol.state, State.OPEN);
    const { origin, subprotocol, extensions } = protocol;
    const found = { origin, subprotocol, extensions: extensions.map(({ name }) => name) };
    assert.deepEqual(found, { origin: undefined, subprotocol: undefined, extensions: [], ...agreed });
  });
}

const BROWSER =
  '\nYou cannot access a WebSocket server directly with a browser. You need a WebSocket client.\n';
const chosen = (error: Error): Options => ({
  selectSubprotocol: () => {
    throw error;
  },
});

const REFUSED: readonly (readonly [string, keyof typeof errors, string, string, Options?, more?: string])[] =
  [
    [
      '403 Forbidden',
      'InvalidOrigin',
      'invalid Origin header: https://evil.example',
      requestText({ Origin: 'https://evil.example' }),
      { origins: ['https://a.example'] },
    ],
    [
      '403 Forbidden',
      'InvalidOrigin',
      'missing Origin header',
      requestText(),
      { origins: ['https://a.example', /.*/] },
    ],
    [
      '403 Forbidden',
      'InvalidOrigin',
      'invalid Origin header: https://a.example.evil',
      requestText({ Origin: 'https://a.example.evil' }),
      { origins: [/https:\/\/a\.example|b/] },
    ],
    [
      '400 Bad Request',
      'InvalidHeader',
      'invalid Origin header: multiple values',
      requestText({ Origin: ['a', 'a'] }),
      { origins: ['a'] },
    ],
    [
      '405 Method Not Allowed',
      'InvalidMethod',
      'unsupported HTTP method: POST',
      requestText({}, 'POST / HTTP/1.1'),
      {},
      'Allow: GET\r\n',
    ],
    [
      '505 HTTP Version Not Supported',
      'InvalidProtocol',
      'unsupported HTTP version: HTTP/1.0',
      requestText({}, 'GET / HTTP/1.0'),
    ],
    [
      '426 Upgrade Required',
      'InvalidUpgrade',
      'missing Connection header',
      requestText({ Connection: undefined }),
    ],
    [
      '426 Upgrade Required',
      'InvalidUpgrade',
      'invalid Connection header: keep-alive, a',
      requestText({ Connection: ['keep-alive', 'a'] }),
    ],
    ['426 Upgrade Required', 'InvalidUpgrade', 'missing Upgrade header', requestText({ Upgrade: undefined })],
    [
      '426 Upgrade Required',
      'InvalidUpgrade',
      'invalid Upgrade header: h2c, websocket',
      requestText({ Upgrade: 'h2c, websocket' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderFormat',
      'invalid Upgrade header: expected protocol at 0 in ',
      requestText({ Upgrade: '' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderFormat',
      'invalid Connection header: expected comma at 2 in a b',
      requestText({ Connection: 'a b' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeader',
      'missing Sec-WebSocket-Key header',
      requestText({ 'Sec-WebSocket-Key': undefined }),
    ],
    [
      '400 Bad Request',
      'InvalidHeader',
      'invalid Sec-WebSocket-Key header: multiple values',
      requestText({ 'Sec-WebSocket-Key': [EXAMPLE_KEY, EXAMPLE_KEY] }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderValue',
      'invalid Sec-WebSocket-Key header: not Base64 data!',
      requestText({ 'Sec-WebSocket-Key': 'not Base64 data!' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderValue',
      'invalid Sec-WebSocket-Key header: AAECAwQFBgcICQoLDA0O',
      requestText({ 'Sec-WebSocket-Key': 'AAECAwQFBgcICQoLDA0O' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeader',
      'missing Sec-WebSocket-Version header',
      requestText({ 'Sec-WebSocket-Version': undefined }),
    ],
    [
      '400 Bad Request',
      'InvalidHeader',
      'invalid Sec-WebSocket-Version header: multiple values',
      requestText({ 'Sec-WebSocket-Version': ['13', '8'] }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderValue',
      'invalid Sec-WebSocket-Version header: 11',
      requestText({ 'Sec-WebSocket-Version': '11' }),
    ],
    [
      '400 Bad Request',
      'InvalidHeaderFormat',
      'invalid Sec-WebSocket-Extensions header: expected token at 5 in x-op;',
      requestText({ [EXTENSIONS]: 'x-op;' }),
      { extensions: ops },
    ],
    [
      '400 Bad Request',
      'InvalidHeaderFormat',
      'invalid Sec-WebSocket-Protocol header: expected comma at 1 in a/b',
      requestText({ [PROTOCOL]: 'a/b' }),
    ],
    ['400 Bad Request', 'NegotiationError', 'missing subprotocol', requestText(), { subprotocols: ['chat'] }],
    [
      '400 Bad Request',
      'NegotiationError',
      'invalid subprotocol; expected one of chat, otherchat',
      requestText({ [PROTOCOL]: 'other' }),
      { subprotocols: ['chat', 'otherchat'] },
    ],
    [
      '400 Bad Request',
      'NegotiationError',
      'not today',
      requestText(),
      chosen(new errors.NegotiationError('not today')),
    ],
  ];

for (const [status, name, message, sent, options = {}, more = ''] of REFUSED) {
  test(`a request is refused with ${status}: ${message}`, () => {
    const protocol = server(options);
    const response = protocol.accept(received(protocol, sent));
    const error = protocol.handshakeException!;
    assert.ok(error instanceof errors[name]);
    assert.equal(error.name, name);
    assert.equal(error.message, message);
    protocol.sendResponse(response);
    const body = `Failed to open a WebSocket connection: ${message}.\n${status.startsWith('426') ? BROWSER : ''}`;
    const upgrade = status.startsWith('426') ? 'Upgrade: websocket\r\n' : more;
    assert.equal(
      written(protocol),
      `HTTP/1.1 ${status}\r\n${DATE}Connection: close\r\nContent-Length: ${body.length}\r\n` +
        `Content-Type: text/plain; charset=utf-8\r\n${upgrade}\r\n${body}<EOF>`,
    );
    assert.equal(protocol.handshakeException, error);
    assert.equal(protocol.state, State.CONNECTING);
    assert.equal(protocol.closeExpected(), true);
    assert.deepEqual(
      [protocol.extensions, protocol.subprotocol, protocol.origin],
      [[], undefined, undefined],
    );
    protocol.receiveData(Buffer.from(requestText()));
    protocol.receiveEof();
    assert.equal(protocol.state, State.CLOSED);
    assert.deepEqual(protocol.eventsReceived(), []);
    assert.throws(() => protocol.sendResponse(response), InvalidState);
  });
}

test('what our own code throws is answered with 500, and not told to the client', () => {
  const protocol = server(chosen(new TypeError('secret')));
  const response = protocol.accept(received(protocol, requestText()));
  assert.equal(response.statusCode, 500);
  assert.equal(
    Buffer.from(response.body).toString(),
    'Failed to open a WebSocket connection.\nSee server log for more information.\n',
  );
  assert.equal(protocol.handshakeException?.name, 'InvalidHandshake');
  assert.equal(String(protocol.handshakeException?.cause), 'TypeError: secret');
});

test('a request that was refused may be mended and accepted', () => {
  const protocol = server();
  const request = received(protocol, requestText({ 'Sec-WebSocket-Version': '8' }));
  assert.equal(protocol.accept(request).statusCode, 400);
  request.headers.set('Sec-WebSocket-Version', '13');
  protocol.sendResponse(protocol.accept(request));
  assert.equal(protocol.state, State.OPEN);
  assert.equal(protocol.handshakeException, undefined);
});

test('causes are told with the reason', () => {
  const cause = new Error('the moon', { cause: new Error('is full') });
  const protocol = server(chosen(new errors.NegotiationError('not today', { cause })));
  const response = protocol.accept(received(protocol, requestText()));
  assert.equal(
    Buffer.from(response.body).toString(),
    'Failed to open a WebSocket connection: not today; the moon; is full.\n',
  );
});

test('a server may refuse by itself, with any status that HTTP has and any text', () => {
  const protocol = server();
  received(protocol, requestText());
  const response = protocol.reject(503, 'Später.\n');
  assert.throws(() => protocol.reject(599, ''), { name: 'MisuseError' });
  assert.throws(() => protocol.reject(101, ''), { name: 'MisuseError' });
  assert.equal(protocol.handshakeException, undefined);
  protocol.sendResponse(response);
  assert.equal(
    Buffer.from(written(protocol), 'latin1').toString(),
    `HTTP/1.1 503 Service Unavailable\r\n${DATE}Connection: close\r\nContent-Length: 9\r\n` +
      'Content-Type: text/plain; charset=utf-8\r\n\r\nSpäter.\n<EOF>',
  );
  const error = protocol.handshakeException as Error | undefined;
  assert.ok(error instanceof errors.InvalidStatus);
  assert.equal(error.message, 'server rejected WebSocket connection: HTTP 503');
});

test('a response that would not be one is not sent', () => {
  const protocol = server({ selectSubprotocol: () => 'a\r\nEvil: yes' });
  assert.equal(protocol.accept(received(protocol, requestText())).statusCode, 400);
  const other = server();
  const response = other.accept(received(other, requestText()));
  response.reasonPhrase = 'OK\r\nEvil: yes';
  assert.throws(() => other.sendResponse(response), { name: 'MisuseError' });
  assert.equal(written(other), '');
});

const TOO_LONG = 'read 8193 bytes, expected no more than 8192 bytes';
for (const [status, name, message, sent] of [
  ['414 URI Too Long', 'RequestLineTooLong', TOO_LONG, 'x'.repeat(8193)],
  [
    '431 Request Header Fields Too Large',
    'HeaderLineTooLong',
    TOO_LONG,
    requestText({ Cookie: 'c'.repeat(8192) }),
  ],
  [
    '431 Request Header Fields Too Large',
    'TooManyHeaders',
    'expected no more than 128 headers',
    requestText({ X: Array(130).fill('y') as string[] }),
  ],
] as const) {
  test(`a request beyond a limit is answered at once with ${status}: ${name}`, () => {
    const protocol = server();
    protocol.receiveData(Buffer.from(sent));
    assert.deepEqual(protocol.eventsReceived(), []);
    assert.equal(protocol.handshakeException?.name, name);
    assert.equal(protocol.handshakeException?.message, message);
    const body = `Failed to open a WebSocket connection: ${message}.\n`;
    const answer = written(protocol);
    assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\n${DATE}`));
    assert.ok(answer.endsWith(`\r\n\r\n${body}<EOF>`));
    assert.equal(protocol.closeExpected(), true);
  });
}

for (const [sent, cause, ends] of [
  ['', 'EOFError: connection closed while reading HTTP request line', true],
  ['GET / HTTP/1.1\r\nHost:', 'EOFError: connection closed while reading HTTP headers', true],
  [
    '\x16\x03\x01\x00\xa5\r\n',
    'MalformedMessage: invalid HTTP request line: \\x16\\x03\\x01\\x00\\xa5',
    false,
  ],
  [
    'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
    "MalformedMessage: transfer codings aren't supported",
    false,
  ],
] as const) {
  test(`what is no request is not answered: ${cause}`, () => {
    const protocol = server();
    protocol.receiveData(Buffer.from(sent, 'latin1'));
    if (ends) protocol.receiveEof();
    const error = protocol.handshakeException as Error | undefined;
    assert.ok(error instanceof errors.InvalidMessage);
    assert.equal(error.message, 'did not receive a valid HTTP request');
    assert.equal(`${error.cause}`, cause);
    assert.equal(error.cause instanceof EOFError, ends);
    assert.deepEqual(protocol.dataToSend(), [SEND_EOF]);
    assert.equal(protocol.state, ends ? State.CLOSED : State.CONNECTING);
  });
}

test('a client that is gone before the answer cannot be answered', () => {
  const protocol = server();
  const request = received(protocol, requestText());
  protocol.receiveEof();
  assert.throws(() => protocol.sendResponse(protocol.accept(request)), InvalidState);
});

const SPLIT: readonly (readonly [string, Buffer])[] = [
  [
    'a request with frames right behind it',
    Buffer.concat([
      Buffer.from(requestText()),
      text('one', { masked: true }),
      ping(),
      text('two', { masked: true }),
    ]),
  ],
  ['a request with a close frame right behind it', Buffer.concat([Buffer.from(requestText()), close(1000)])],
  [
    'a request that is refused',
    Buffer.concat([Buffer.from(requestText({ Upgrade: 'h2c' })), text('one', { masked: true })]),
  ],
  ['garbage', Buffer.from('HELO example.com\r\n\r\n')],
  ['a line that is too long', Buffer.from('G'.repeat(8500))],
];

for (const [what, bytes] of SPLIT) {
  test(`any split of the same bytes gives the same: ${what}`, () => {
    const outcome = (lengths: () => number): object => {
      const protocol = server();
      const before: unknown[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = lengths();
        protocol.receiveData(Buffer.from(bytes.subarray(at, at + length)));
        at += length;
        before.push(...protocol.eventsReceived());
      }
      const [request] = before;
      if (request instanceof Request) protocol.sendResponse(protocol.accept(request));
      return { before, after: seen(protocol), written: written(protocol) };
    };
    const whole = outcome(() => bytes.length);
    const random = new Random(6);
    for (let round = 0; round < 60; round++)
      assert.deepEqual(
        outcome(() => (round === 0 ? 1 : random.below(random.pick([2, 20, bytes.length]) + 1))),
        whole,
      );
  });
}
