import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { ClientProtocol, type ClientProtocolOptions } from '../../../src/shared/protocol/client-protocol.ts';
import { ClientPermessageDeflateFactory } from '../../../src/shared/protocol/deflate-negotiation.ts';
import * as handshakeErrors from '../../../src/shared/protocol/errors/handshake-errors.ts';
import * as headerErrors from '../../../src/shared/protocol/errors/header-errors.ts';
import { EOFError, InvalidState } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Response } from '../../../src/shared/protocol/handshake/message.ts';
import { SEND_EOF, State } from '../../../src/shared/protocol/protocol.ts';
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

type Options = Omit<ClientProtocolOptions, 'platform'>;
const client = (options: Options = {}, uri = 'ws://example.com/test'): ClientProtocol =>
  new ClientProtocol(uri, { platform: EXAMPLE_PLATFORM, ...options });

function requestOf(options: Options = {}, uri?: string): string {
  const protocol = client(options, uri);
  protocol.sendRequest(protocol.connect());
  assert.equal(protocol.state, State.CONNECTING);
  return written(protocol);
}

test("the request is the one of the RFC's example", () => {
  assert.equal(
    requestOf(),
    'GET /test HTTP/1.1\r\n' +
      'Host: example.com\r\n' +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Version: 13\r\n' +
      '\r\n',
  );
});

test('the headers stand in the order of the contract, additional ones behind them', () => {
  const options = {
    origin: 'https://example.com',
    extensions: [new ClientPermessageDeflateFactory(), testExtension('this')],
    subprotocols: ['chat', 'superchat'],
    additionalHeaders: { 'User-Agent': 'ringfeed', 'X-Many': ['a', 'b'], host: 'other.example' },
  };
  assert.equal(
    requestOf(options, 'wss://user:p%40ss@[::1]:8443/päth?a=b'),
    'GET /p%C3%A4th?a=b HTTP/1.1\r\n' +
      'Authorization: Basic dXNlcjpwQHNz\r\n' +
      'Origin: https://example.com\r\n' +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-op; op=this\r\n' +
      'Sec-WebSocket-Protocol: chat, superchat\r\n' +
      'User-Agent: ringfeed\r\n' +
      'X-Many: a\r\n' +
      'X-Many: b\r\n' +
      'host: other.example\r\n' +
      '\r\n',
  );
});

for (const [uri, host] of [
  ['ws://localhost', 'localhost'],
  ['ws://localhost:80', 'localhost'],
  ['wss://localhost:443', 'localhost'],
  ['ws://localhost:443', 'localhost:443'],
  ['ws://[::1]', '[::1]'],
  ['wss://[2001:db8::1]:80', '[2001:db8::1]:80'],
  ['ws://höst', 'xn--hst-sna'],
] as const) {
  test(`the Host for ${uri} is ${host}`, () => {
    assert.equal(client({}, uri).connect().headers.get('Host'), host);
  });
}

test('a request can be changed before it is sent, and cannot be made two', () => {
  const protocol = client();
  const request = protocol.connect();
  request.headers.add('Cookie', 'a=b');
  request.path = '/other';
  protocol.sendRequest(request);
  const sent = written(protocol);
  assert.match(sent, /^GET \/other HTTP\/1\.1\r\nHost: example\.com\r\n/);
  assert.match(sent, /\r\nCookie: a=b\r\n\r\n$/);
  for (const header of ['a\r\nb', 'a\nb', 'a\u0000b'])
    assert.throws(() => request.headers.add('Cookie', header), errors.InvalidHeaderValue);
  request.path = '/ HTTP/1.1\r\nEvil: yes\r\n';
  assert.throws(() => protocol.sendRequest(request), { name: 'MisuseError' });
  assert.throws(() => client({ origin: 'a\r\nb' }).connect(), errors.InvalidHeaderValue);
  assert.throws(() => client({ additionalHeaders: { 'X\n': 'b' } }).connect(), errors.InvalidHeader);
  assert.equal(written(protocol), '');
});

test('keys are sixteen bytes of chance', () => {
  const keys = Array.from(
    { length: 50 },
    () => new ClientProtocol('ws://localhost', { platform: NODE_PLATFORM }).key,
  );
  assert.equal(new Set(keys).size, 50);
  assert.ok(keys.every((key) => Buffer.from(key, 'base64').length === 16));
  assert.equal(client().key, EXAMPLE_KEY);
});

test('what cannot work is refused when the protocol is made', () => {
  assert.throws(() => client({}, 'http://localhost'), errors.InvalidURI);
  assert.throws(() => client({ subprotocols: 'chat' as never }), { name: 'MisuseError' });
});

const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\n';
const upgrade = 'Upgrade: websocket\r\n';
const connection = 'Connection: Upgrade\r\n';
const accept = `Sec-WebSocket-Accept: ${EXAMPLE_ACCEPT}\r\n`;
const extensions = 'Sec-WebSocket-Extensions: ';
const protocolHeader = 'Sec-WebSocket-Protocol: ';
const good = UPGRADED + upgrade + connection + accept;
const ops = [testExtension('this'), testExtension('that')];
const deflate = [new ClientPermessageDeflateFactory()];

const ACCEPTED: readonly (readonly [string, string, Options?, string[]?, string?])[] = [
  ['the least there must be', good],
  [
    'whatever the case of the names',
    `${UPGRADED}upgrade: WebSocket\r\nCONNECTION: keep-alive, UPGRADE\r\n${accept}`,
  ],
  ['options in several headers', `${UPGRADED}${upgrade}Connection: keep-alive\r\n${connection}${accept}`],
  ['headers of no concern', `${good}__proto__: x\r\nServer: caf\xe9\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n`],
  ['none of the extensions', good, { extensions: ops }],
  ['an extension', `${good}${extensions}x-op; op=this\r\n`, { extensions: ops }, ['x-op']],
  ['another variant of it', `${good}${extensions}x-op; op=that\r\n`, { extensions: ops }, ['x-op']],
  [
    'several extensions',
    `${good}${extensions}x-op; op=that, x-op; op="this"\r\n`,
    { extensions: ops },
    ['x-op', 'x-op'],
  ],
  [
    'several headers of them',
    `${good}${extensions}x-op; op=that\r\n${extensions}x-op; op=this\r\n`,
    { extensions: ops },
    ['x-op', 'x-op'],
  ],
  [
    'compression',
    `${good}${extensions}permessage-deflate; server_no_context_takeover\r\n`,
    { extensions: deflate },
    ['permessage-deflate'],
  ],
  ['none of the subprotocols', good, { subprotocols: ['chat'] }],
  [
    'a subprotocol',
    `${good}${protocolHeader}superchat\r\n`,
    { subprotocols: ['chat', 'superchat'] },
    [],
    'superchat',
  ],
];

for (const [what, head, options = {}, names = [], subprotocol] of ACCEPTED) {
  test(`a response opens the connection: ${what}`, () => {
    const protocol = client(options);
    protocol.receiveData(Buffer.from(`${head}\r\n`, 'latin1'));
    const [response, ...others] = protocol.eventsReceived();
    assert.ok(response instanceof Response);
    assert.equal(response.statusCode, 101);
    assert.deepEqual(others, []);
    assert.equal(protocol.state, State.OPEN);
    assert.equal(protocol.handshakeException, undefined);
    assert.equal(protocol.closeExpected(), false);
    assert.deepEqual(
      protocol.extensions.map(({ name }) => name),
      names,
    );
    assert.equal(protocol.subprotocol, subprotocol);
    protocol.sendText(Buffer.from('hi'));
    assert.notEqual(written(protocol), '');
  });
}

const formats = 'InvalidHeaderFormat';
const REFUSED: readonly (readonly [keyof typeof errors, string, string, Options?])[] = [
  [
    'InvalidStatus',
    'server rejected WebSocket connection: HTTP 403',
    'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n',
  ],
  ['InvalidStatus', 'server rejected WebSocket connection: HTTP 100', 'HTTP/1.1 100 Continue\r\n'],
  ['InvalidStatus', 'server rejected WebSocket connection: HTTP 204', 'HTTP/1.1 204 No Content\r\n'],
  ['InvalidUpgrade', 'missing Connection header', UPGRADED + upgrade + accept],
  [
    'InvalidUpgrade',
    'invalid Connection header: close',
    `${UPGRADED}${upgrade}Connection: close\r\n${accept}`,
  ],
  [
    'InvalidUpgrade',
    'invalid Connection header: close, a',
    `${UPGRADED}${upgrade}Connection: close\r\nConnection: a\r\n${accept}`,
  ],
  [
    formats,
    'invalid Connection header: expected token at 0 in ',
    `${UPGRADED}${upgrade}Connection:\r\n${accept}`,
  ],
  ['InvalidUpgrade', 'missing Upgrade header', UPGRADED + connection + accept],
  ['InvalidUpgrade', 'invalid Upgrade header: h2c', `${UPGRADED}Upgrade: h2c\r\n${connection}${accept}`],
  [
    'InvalidUpgrade',
    'invalid Upgrade header: websocket, websocket',
    `${UPGRADED}${upgrade}${upgrade}${connection}${accept}`,
  ],
  ['InvalidHeader', 'missing Sec-WebSocket-Accept header', UPGRADED + upgrade + connection],
  ['InvalidHeader', 'invalid Sec-WebSocket-Accept header: multiple values', good + accept],
  [
    'InvalidHeaderValue',
    'invalid Sec-WebSocket-Accept header: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=',
    good.replace('xOo=', 'xOO='),
  ],
  [
    'InvalidHeaderValue',
    'empty Sec-WebSocket-Accept header',
    `${UPGRADED}${upgrade}${connection}Sec-WebSocket-Accept:\r\n`,
  ],
  [
    'InvalidHeaderValue',
    'invalid Sec-WebSocket-Accept header: \\x9b1m',
    `${UPGRADED}${upgrade}${connection}Sec-WebSocket-Accept: \x9b1m\r\n`,
  ],
  ['NegotiationError', 'no extensions supported', `${good}${extensions}x-op\r\n`],
  [
    'NegotiationError',
    'Unsupported extension: name = x-op, params = []',
    `${good}${extensions}x-op\r\n`,
    { extensions: [] },
  ],
  [
    'NegotiationError',
    'Unsupported extension: name = x-op, params = [op=those, b]',
    `${good}${extensions}x-op; op=those; b\r\n`,
    { extensions: ops },
  ],
  [
    'NegotiationError',
    'Unsupported extension: name = permessage-deflate, params = []',
    `${good}${extensions}permessage-deflate, permessage-deflate\r\n`,
    { extensions: deflate },
  ],
  [
    'NegotiationError',
    'Unsupported extension: name = permessage-deflate, params = [client_max_window_bits=16]',
    `${good}${extensions}permessage-deflate; client_max_window_bits=16\r\n`,
    { extensions: deflate },
  ],
  [
    'NegotiationError',
    'Unsupported extension: name = constructor, params = []',
    `${good}${extensions}constructor\r\n`,
    { extensions: ops },
  ],
  [
    formats,
    'invalid Sec-WebSocket-Extensions header: expected token at 0 in ',
    `${good}${extensions}\r\n`,
    { extensions: ops },
  ],
  ['NegotiationError', 'no subprotocols supported', `${good}${protocolHeader}chat\r\n`],
  [
    'NegotiationError',
    'unsupported subprotocol: other',
    `${good}${protocolHeader}other\r\n`,
    { subprotocols: ['chat'] },
  ],
  [
    'InvalidHeader',
    'invalid Sec-WebSocket-Protocol header: multiple values: chat, chat',
    `${good}${protocolHeader}chat, chat\r\n`,
    { subprotocols: ['chat'] },
  ],
  [
    'InvalidHeader',
    'invalid Sec-WebSocket-Protocol header: multiple values: a, b',
    `${good}${protocolHeader}a\r\n${protocolHeader}b\r\n`,
    { subprotocols: ['a', 'b'] },
  ],
  [
    formats,
    'invalid Sec-WebSocket-Protocol header: expected token at 0 in ',
    `${good}${protocolHeader}\r\n`,
    { subprotocols: ['a'] },
  ],
];

for (const [name, message, head, options = {}] of REFUSED) {
  test(`a response is refused: ${name}, ${message}`, () => {
    const protocol = client(options);
    protocol.receiveData(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), text('a frame behind it')]));
    const error = protocol.handshakeException!;
    assert.ok(error instanceof errors[name]);
    assert.equal(error.name, name);
    assert.equal(error.message, message);
    const events = protocol.eventsReceived();
    assert.equal(events.length, 1);
    assert.ok(events[0] instanceof Response);
    if (error instanceof errors.InvalidStatus) assert.equal(error.response, events[0]);
    assert.deepEqual(protocol.extensions, []);
    assert.equal(protocol.subprotocol, undefined);
    assert.equal(protocol.state, State.CONNECTING);
    assert.equal(protocol.closeExpected(), true);
    assert.deepEqual(protocol.dataToSend(), [SEND_EOF]);
    protocol.receiveData(Buffer.from(`${good}\r\n`));
    protocol.receiveEof();
    protocol.receiveEof();
    assert.equal(protocol.state, State.CLOSED);
    assert.equal(protocol.handshakeException, error);
    assert.deepEqual(protocol.eventsReceived(), []);
    assert.equal(written(protocol), '');
    assert.throws(() => protocol.sendText(Buffer.from('a')), InvalidState);
    assert.throws(() => protocol.sendRequest(protocol.connect()), InvalidState);
  });
}

for (const [sent, message] of [
  ['', 'connection closed while reading HTTP status line'],
  ['HTTP/1.1 101', 'connection closed while reading HTTP status line'],
  [good, 'connection closed while reading HTTP headers'],
  ['HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nabc', 'stream ends after 3 bytes, expected 10 bytes'],
] as const) {
  test(`an end of the stream fails the handshake: ${message}, after ${sent.length} bytes`, () => {
    const protocol = client();
    protocol.receiveData(Buffer.from(sent));
    assert.equal(protocol.handshakeException, undefined);
    protocol.receiveEof();
    const error = protocol.handshakeException as Error | undefined;
    assert.ok(error instanceof errors.InvalidMessage);
    assert.equal(error.message, 'did not receive a valid HTTP response');
    assert.ok(error.cause instanceof EOFError);
    assert.equal(error.cause.message, message);
    assert.deepEqual(protocol.eventsReceived(), []);
    assert.equal(protocol.state, State.CLOSED);
    assert.equal(protocol.closeExpected(), false);
  });
}

for (const [sent, name] of [
  ['x'.repeat(8193), 'StatusLineTooLong'],
  [`${UPGRADED}${'x'.repeat(8193)}`, 'HeaderLineTooLong'],
  [UPGRADED + 'X: y\r\n'.repeat(129), 'TooManyHeaders'],
  ['HTTP/1.1 403 No\r\nContent-Length: 2000000\r\n\r\n', 'SecurityError'],
  ['\x15\x03\x01 TLS\r\n', 'InvalidMessage'],
  ['SSH-2.0-OpenSSH_9.2\r\n', 'InvalidMessage'],
] as const) {
  test(`what is no response fails the handshake as it arrives: ${name}, ${JSON.stringify(sent.slice(0, 20))}`, () => {
    const protocol = client();
    protocol.receiveData(Buffer.from(sent));
    assert.equal(protocol.handshakeException?.name, name);
    assert.ok(protocol.handshakeException instanceof errors[name]);
    assert.deepEqual(protocol.eventsReceived(), []);
    assert.deepEqual(protocol.dataToSend(), [SEND_EOF]);
    assert.equal(protocol.closeExpected(), true);
  });
}

test('a refusal is shown with its body, also where only the end of the stream ends it', () => {
  const protocol = client();
  protocol.receiveData(Buffer.from('HTTP/1.1 401 Unauthorized\r\nX: y\r\n\r\nNo en'));
  assert.equal(protocol.handshakeException, undefined);
  protocol.receiveData(Buffer.from('try'));
  protocol.receiveEof();
  const error = protocol.handshakeException as Error | undefined;
  assert.ok(error instanceof errors.InvalidStatus);
  assert.equal(error.response.statusCode, 401);
  assert.equal(Buffer.from(error.response.body!).toString(), 'No entry');
  assert.deepEqual(protocol.eventsReceived(), [error.response]);
});

test('limits can be set', () => {
  const protocol = client({ limits: { maxLineLength: 8192, maxHeaders: 2, maxBodySize: 0 } });
  protocol.receiveData(Buffer.from(`${good}\r\n`));
  assert.equal(protocol.handshakeException?.name, 'TooManyHeaders');
});

const SPLIT: readonly (readonly [string, Buffer])[] = [
  [
    'a response with frames right behind it',
    Buffer.concat([Buffer.from(`${good}\r\n`), text('one'), ping('p'), text('two'), close(1000, 'bye')]),
  ],
  [
    'a response with a broken frame behind it',
    Buffer.concat([Buffer.from(`${good}\r\n`), Buffer.from([0xff, 0xff])]),
  ],
  [
    'a refusal',
    Buffer.from('HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nxyz'),
  ],
  ['garbage', Buffer.from('HTTP/1.1 OK\r\n\r\n')],
  ['a line that is too long', Buffer.from('H'.repeat(8500))],
];

for (const [what, bytes] of SPLIT) {
  test(`any split of the same bytes gives the same: ${what}`, () => {
    const whole = client();
    whole.receiveData(Buffer.from(bytes));
    const expected = { ...seen(whole), written: written(whole) };
    const random = new Random(5);
    for (let round = 0; round < 60; round++) {
      const protocol = client();
      for (let at = 0; at < bytes.length; ) {
        const length = round === 0 ? 1 : random.below(random.pick([2, 20, bytes.length]) + 1);
        protocol.receiveData(Buffer.from(bytes.subarray(at, at + length)));
        at += length;
      }
      assert.deepEqual({ ...seen(protocol), written: written(protocol) }, expected);
    }
  });
}

test('a handshake that was done elsewhere is none', () => {
  const protocol = client({ state: State.OPEN });
  protocol.receiveData(text('at once'));
  assert.equal(protocol.eventsReceived().length, 1);
});

test('a key of the caller is sent and its answer expected', () => {
  const protocol = client({ key: 'AAAAAAAAAAAAAAAAAAAAAA==' });
  assert.equal(protocol.connect().headers.get('Sec-WebSocket-Key'), 'AAAAAAAAAAAAAAAAAAAAAA==');
  protocol.sendRequest(protocol.connect());
  protocol.receiveData(
    Buffer.from(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${EXAMPLE_ACCEPT}\r\n\r\n`,
    ),
  );
  assert.match(
    String(protocol.handshakeException),
    /^InvalidHeaderValue: invalid Sec-WebSocket-Accept header/,
  );
});

test('whatever subprotocol is answered is taken where the caller judges it, but not several', () => {
  const answer = (...names: string[]): ClientProtocol => {
    const protocol = client({ takesAnySubprotocol: true });
    protocol.sendRequest(protocol.connect());
    protocol.receiveData(
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${EXAMPLE_ACCEPT}\r\nSec-WebSocket-Protocol: ${names.join(', ')}\r\n\r\n`,
      ),
    );
    return protocol;
  };
  assert.equal(answer('Chat').subprotocol, 'Chat');
  assert.equal(answer('Chat').state, State.OPEN);
  assert.match(String(answer('a', 'b').handshakeException), /multiple values: a, b/);
});
