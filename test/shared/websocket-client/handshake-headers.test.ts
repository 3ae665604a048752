import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueError, WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';
import {
  type HandshakeOptions,
  handshakeRequest,
  KEY_PLACEHOLDER,
} from '../../../src/shared/websocket-client/handshake-headers.ts';
import { python, pythonTest } from '../../support/python.ts';

/** The request as lines, its key as `(key)`. */
function lines(url: string, options: HandshakeOptions = {}, jarCookie?: string): string[] {
  const { path, headers } = handshakeRequest(url, options, jarCookie);
  return [
    `GET ${path}`,
    ...headers.map(([name, value]) =>
      name === 'Sec-WebSocket-Key' && value === KEY_PLACEHOLDER ? `${name}: (key)` : `${name}: ${value}`,
    ),
  ];
}

const PLAIN = [
  'GET /',
  'Upgrade: websocket',
  'Host: a.test',
  'Origin: http://a.test',
  'Sec-WebSocket-Key: (key)',
  'Sec-WebSocket-Version: 13',
  'Connection: Upgrade',
];

/** The lines of a plain request with others in place of some, by their names; null is none. */
const plainWith = (others: Readonly<Record<string, string | null>>, ...more: readonly string[]): string[] => [
  ...PLAIN.flatMap((line) => {
    const other = others[line.split(/[: ]/, 1)[0]!];
    return other === undefined ? [line] : other === null ? [] : [other];
  }),
  ...more,
];

test('a request without options is what the original sends', () => {
  assert.deepEqual(lines('ws://a.test'), PLAIN);
});

test('host and origin have the port unless it is 80 or 443, whichever scheme it is', () => {
  const cases: [url: string, host: string, origin: string][] = [
    ['ws://a.test:80/', 'a.test', 'http://a.test'],
    ['ws://a.test:443/', 'a.test', 'http://a.test'],
    ['wss://a.test/', 'a.test', 'https://a.test'],
    ['wss://a.test:80/', 'a.test', 'https://a.test'],
    ['ws://a.test:8080/', 'a.test:8080', 'http://a.test:8080'],
    ['wss://[2001:DB8::1]:8443/', '[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['ws://[::1]/', '[::1]', 'http://[::1]'],
  ];
  for (const [url, host, origin] of cases)
    assert.deepEqual(lines(url), plainWith({ Host: `Host: ${host}`, Origin: `Origin: ${origin}` }), url);
});

test('every option has its place', () => {
  const all = lines(
    'ws://a.test:8080/p?q=1#f',
    {
      host: 'other.test',
      origin: 'https://page.test',
      connection: 'Connection: keep-alive, Upgrade',
      subprotocols: ['one', 'Two'],
      header: ['X-One: 1', 'X-Two:2', 'x-one: again'],
      cookie: 'mine=1',
    },
    'jar=1; tin=2',
  );
  assert.deepEqual(all, [
    'GET /p?q=1',
    'Upgrade: websocket',
    'Host: other.test',
    'Origin: https://page.test',
    'Sec-WebSocket-Key: (key)',
    'Sec-WebSocket-Version: 13',
    'Connection: keep-alive, Upgrade',
    'Sec-WebSocket-Protocol: one,Two',
    'X-One: 1',
    'X-Two: 2',
    'x-one: again',
    'Cookie: jar=1; tin=2; mine=1',
  ]);
});

test('an option that is left out or empty changes nothing', () => {
  const empty: HandshakeOptions = {
    host: '',
    origin: null,
    suppressOrigin: false,
    connection: null,
    subprotocols: [],
    header: {},
    cookie: '',
  };
  assert.deepEqual(lines('ws://a.test', empty), PLAIN);
  assert.deepEqual(lines('ws://a.test', { header: null, subprotocols: null, host: null }), PLAIN);
  assert.deepEqual(lines('ws://a.test', { suppressOrigin: true, origin: 'x' }), plainWith({ Origin: null }));
  assert.deepEqual(lines('ws://a.test', { origin: '' }), plainWith({ Origin: 'Origin: ' }));
});

test('of headers by name those that are null are not sent', () => {
  assert.deepEqual(
    lines('ws://a.test', { header: { 'X-One': '1', 'X-Two': null, 'X-Three': '' } }),
    plainWith({}, 'X-One: 1', 'X-Three: '),
  );
});

test("a header that a request has once is the caller's where he gives it, in either form", () => {
  for (const header of [
    ['sec-websocket-key: mine', 'SEC-WEBSOCKET-VERSION: 8', 'host: h', 'origin: o'],
    { 'sec-websocket-key': 'mine', 'SEC-WEBSOCKET-VERSION': '8', host: 'h', origin: 'o' },
  ])
    assert.deepEqual(lines('ws://a.test', { header }), [
      'GET /',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'sec-websocket-key: mine',
      'SEC-WEBSOCKET-VERSION: 8',
      'host: h',
      'origin: o',
    ]);
});

test('text beyond ASCII is sent as UTF-8', () => {
  const { headers } = handshakeRequest('ws://a.test', { header: ['X-Name: é'] });
  assert.deepEqual(headers.at(-1), ['X-Name', 'Ã©']);
});

test('nothing ends a line or a name, wherever it is written', () => {
  const refused: HandshakeOptions[] = [];
  for (const wrong of ['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'a\r\n', '\r\na']) {
    refused.push(
      { header: [`X-One: ${wrong}`] },
      { header: { 'X-One': wrong } },
      { header: { [wrong]: 'v' } },
    );
    refused.push({ cookie: wrong }, { origin: wrong }, { host: wrong }, { subprotocols: ['one', wrong] });
    refused.push({ connection: `Connection: ${wrong}` }, { connection: wrong });
  }
  refused.push({ header: ['no colon'] }, { header: [': no name'] }, { header: ['a b: c'] });
  refused.push({ header: ['Sec-WebSocket-Key:'] }, { header: { 'sec-websocket-key': '' } });
  for (const options of refused)
    assert.throws(
      () => handshakeRequest('ws://a.test', options),
      (error) => error instanceof WebSocketException && error.message.startsWith('Invalid header'),
      JSON.stringify(options),
    );
  assert.throws(() => handshakeRequest('ws://a.test', {}, 'a\r\nX: y'), WebSocketException);
  assert.throws(() => handshakeRequest('ws://a.test/\r\nX: y', {}), ValueError);
});

test('a header that is refused does not show its value', () => {
  assert.throws(
    () => handshakeRequest('ws://a.test', { header: { Authorization: 'secret\n' } }),
    (error) => error instanceof WebSocketException && !error.message.includes('secret'),
  );
});

/** Its Origin is http whichever scheme it is, as in 1.2.3, so the cases with wss name one. */
const ORIGINAL = `
import sys, json
from websocket._handshake import _get_handshake_headers
from websocket._url import parse_url
out = []
for url, options in json.loads(sys.argv[1]):
    host, port, resource, secure = parse_url(url)
    lines, key = _get_handshake_headers(resource, host, port, options)
    out.append([line.replace(" HTTP/1.1", "").replace(key, "(key)") for line in lines[:-2]])
print(json.dumps(out))
`;

pythonTest('the request is that of the original', 'websocket', async () => {
  const cases: [string, Readonly<Record<string, unknown>> & HandshakeOptions][] = [
    ['ws://a.test', {}],
    ['ws://a.test:8080/p?q=1', { cookie: 'a=b' }],
    ['wss://a.test:8443', { origin: 'https://o' }],
    ['ws://[::1]:81/', { header: ['A: 1', 'B: 2'], subprotocols: ['x', 'y'] }],
    [
      'ws://a.test',
      { header: { A: '1', B: null }, host: 'h:1', connection: 'Connection: Keep-Alive, Upgrade' },
    ],
    ['ws://a.test:443', { header: { 'Sec-WebSocket-Version': '8' } }],
  ];
  const original = (await python(ORIGINAL, JSON.stringify(cases))) as string[][];
  for (const [i, [url, options]] of cases.entries()) assert.deepEqual(lines(url, options), original[i], url);
});
