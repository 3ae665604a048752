import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServeOptions } from '../../../../src/main/options/serve-options.ts';
import { NegotiationError } from '../../../../src/shared/protocol/errors/header-errors.ts';
import { Headers } from '../../../../src/shared/protocol/handshake/headers.ts';
import { Response } from '../../../../src/shared/protocol/handshake/message.ts';
import { BareClient, echoing, serving, upgradeRequest } from '../../../support/serving.ts';

const LIMIT = { timeout: 20_000 };

/** What a server with these options answers to a request: the whole of it, or the head where it is 101. */
async function answered(t: TestContext, options: ServeOptions, request: string) {
  const { port, log } = await serving(t, echoing, options);
  const client = new BareClient(port, request);
  t.after(() => client.socket.destroy());
  const { head } = await client.said(({ head }) => /^HTTP\/1.1 101 .*\r\n\r\n$/s.test(head));
  return { answer: head, log };
}

const offering = (...offered: string[]): string =>
  upgradeRequest(offered.map((name) => `Sec-WebSocket-Protocol: ${name}`));
const from = (origin: string): string => upgradeRequest([`Origin: ${origin}`]);
const plain = (method: string, path = '/', headers = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const health: ServeOptions = {
  processRequest: ({ path }) => (path === '/healthz' ? { statusCode: 200, body: 'OK\n' } : undefined),
};
const failing = (): never => {
  throw new Error('secret');
};

const rows: readonly {
  readonly what: string;
  readonly options?: ServeOptions;
  readonly request: string;
  readonly status: number;
  /** Of what is answered. */
  readonly has?: readonly RegExp[];
  readonly hasNot?: readonly RegExp[];
  readonly complaints?: readonly string[];
}[] = [
  {
    what: 'a client is let in',
    request: upgradeRequest(),
    status: 101,
    has: [/^Server: ringfeed\/\d/m, /^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/m, /^Date: /m],
    hasNot: [/Sec-WebSocket-(Protocol|Extensions)/],
  },
  ...['https://good.example', 'https://api.good.example', undefined].map((origin) => ({
    what: `the origin ${origin} is let in`,
    options: { origins: ['https://good.example', /https:\/\/\w+\.good\.example/, null] },
    request: origin === undefined ? upgradeRequest() : from(origin),
    status: 101,
  })),
  ...['https://evil.example', 'https://api.good.example.evil.example', 'null'].map((origin) => ({
    what: `the origin ${origin} is refused`,
    options: { origins: ['https://good.example', /https:\/\/\w+\.good\.example/, null] },
    request: from(origin),
    status: 403,
    has: [/invalid Origin header/],
  })),
  {
    what: 'a request without an origin is refused where only some may',
    options: { origins: ['https://good.example'] },
    request: upgradeRequest(),
    status: 403,
    has: [/missing Origin header/],
  },
  {
    what: 'the subprotocol that we want most is chosen',
    options: { subprotocols: ['best', 'good'] },
    request: offering('good, other', 'best'),
    status: 101,
    has: [/^Sec-WebSocket-Protocol: best\r$/m],
  },
  {
    what: 'a client that offers none of our subprotocols is refused',
    options: { subprotocols: ['best'] },
    request: offering('other'),
    status: 400,
    has: [/invalid subprotocol; expected one of best/],
  },
  {
    what: 'a client that offers no subprotocol is refused where we have some',
    options: { subprotocols: ['best'] },
    request: upgradeRequest(),
    status: 400,
    has: [/missing subprotocol/],
  },
  {
    what: 'no subprotocol is chosen where we have none',
    request: offering('other'),
    status: 101,
    hasNot: [/Sec-WebSocket-Protocol/],
  },
  {
    what: 'a function chooses the subprotocol by offer and request',
    options: {
      selectSubprotocol: (offered, { path }) => (path === '/chat?a=b' ? offered.at(-1) : undefined),
    },
    request: offering('a, b'),
    status: 101,
    has: [/^Sec-WebSocket-Protocol: b\r$/m],
  },
  {
    what: 'a function refuses the subprotocols',
    options: {
      selectSubprotocol: () => {
        throw new NegotiationError('not these');
      },
    },
    request: offering('a'),
    status: 400,
    has: [/not these/],
  },
  {
    what: 'a function that fails to choose is logged, and not told',
    options: { selectSubprotocol: failing },
    request: offering('a'),
    status: 500,
    hasNot: [/secret/],
    complaints: ['error: opening handshake failed (secret)'],
  },
  {
    what: 'a plain request is told what would be needed',
    request: plain('GET'),
    status: 426,
    has: [/^Upgrade: websocket\r$/m, /^Connection: close\r$/m, /You need a WebSocket client/],
  },
  { what: 'another method is refused', request: plain('POST'), status: 405, has: [/^Allow: GET\r$/m] },
  {
    what: 'an upgrade to something else is refused',
    request: plain('GET', '/', 'Upgrade: h2c\r\nConnection: Upgrade\r\n'),
    status: 426,
  },
  {
    what: 'another version is refused',
    request: upgradeRequest().replace('Version: 13', 'Version: 8'),
    status: 400,
  },
  {
    what: 'a key of another length is refused',
    request: upgradeRequest().replace('dGhl', 'dG'),
    status: 400,
    has: [/invalid Sec-WebSocket-Key header/],
  },
  {
    what: 'a request with a body is refused',
    request: `${upgradeRequest(['Content-Length: 3'])}abc`,
    status: 400,
    has: [/unsupported request body/],
  },
  {
    what: 'a request with a body in chunks is refused',
    request: `${upgradeRequest(['Transfer-Encoding: chunked'])}0\r\n\r\n`,
    status: 400,
    has: [/unsupported request body/],
  },
  {
    what: 'a request that says it has no body is let in',
    request: upgradeRequest(['Content-Length: 0']),
    status: 101,
  },
  { what: 'what is no HTTP is refused', request: 'hello\r\n\r\n', status: 400 },
  {
    what: 'too many headers are refused',
    request: upgradeRequest(Array.from({ length: 129 }, () => 'A: b')),
    status: 431,
  },
  {
    what: 'a header that is too long is refused',
    request: upgradeRequest([`A: ${'b'.repeat(9000)}`]),
    status: 431,
  },
  {
    what: 'a head that is too long is refused',
    request: upgradeRequest([`A: ${'b'.repeat(20_000)}`]),
    status: 431,
  },
  {
    what: 'a health check is answered',
    options: health,
    request: plain('GET', '/healthz'),
    status: 200,
    has: [
      /^Content-Length: 3\r$/m,
      /^Content-Type: text\/plain; charset=utf-8\r$/m,
      /^Connection: close\r$/m,
      /^Server: ringfeed/m,
      /\r\n\r\nOK\n$/,
    ],
  },
  { what: 'what is no health check goes on', options: health, request: upgradeRequest(), status: 101 },
  {
    what: 'a function refuses what would be let in, with headers of its own, and may take its time',
    options: {
      processRequest: async () => ({
        statusCode: 418,
        headers: { 'X-Tea': ['green', 'black'] },
        reasonPhrase: 'Tea',
      }),
    },
    request: upgradeRequest(),
    status: 418,
    has: [/^HTTP\/1.1 418 Tea\r$/m, /^X-Tea: green\r\nX-Tea: black\r$/m, /^Content-Length: 0\r$/m],
  },
  {
    what: 'a response without a body has no length',
    options: { processRequest: () => ({ statusCode: 204 }) },
    request: plain('GET'),
    status: 204,
    hasNot: [/Content-/],
  },
  {
    what: 'a function that fails is logged, and not told',
    options: { processRequest: failing },
    request: upgradeRequest(),
    status: 500,
    hasNot: [/secret/],
    complaints: ['error: opening handshake failed (secret)'],
  },
  {
    what: 'a function that stumbles over a header that is there twice has not failed',
    options: { processRequest: ({ headers }) => void headers.get('X-A') },
    request: upgradeRequest(['X-A: 1', 'X-A: 2']),
    status: 400,
    has: [/invalid X-A header: multiple values/],
  },
  ...[101, 999, 42].map((statusCode) => ({
    what: `a function cannot answer with ${statusCode}`,
    options: { processRequest: () => ({ statusCode }) },
    request: upgradeRequest(),
    status: 500,
    complaints: [
      `error: opening handshake failed (Condition failed: processRequest answers with status ${statusCode}, which it cannot)`,
    ],
  })),
  {
    what: 'a header with a line break is never sent',
    options: { processRequest: () => ({ statusCode: 200, headers: { 'X-A': 'b\r\nX-C: d' } }) },
    request: plain('GET'),
    status: 500,
    hasNot: [/X-C/],
    complaints: ['error: opening handshake failed (invalid X-A header: b\\x0d\\x0aX-C: d)'],
  },
  {
    what: 'headers are added to what opens a connection',
    options: {
      additionalHeaders: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      serverHeader: 'mine',
    },
    request: upgradeRequest(),
    status: 101,
    has: [/^X-A: 1\r\nX-A: 2\r$/m, /^Server: mine\r$/m],
  },
  {
    what: 'headers are not added to a refusal',
    options: { additionalHeaders: { 'X-A': '1' }, serverHeader: null },
    request: plain('GET'),
    status: 426,
    hasNot: [/X-A/, /Server:/],
  },
  {
    what: 'a function changes the response',
    options: { processResponse: (request, { headers }) => headers.set('X-Path', request.path) },
    request: upgradeRequest(),
    status: 101,
    has: [/^X-Path: \/chat\?a=b\r$/m],
  },
  {
    what: 'a function puts another response in its place',
    options: { processResponse: () => new Response(404, 'Not Here', new Headers({ 'Content-Length': '0' })) },
    request: upgradeRequest(),
    status: 404,
    has: [/^HTTP\/1.1 404 Not Here\r$/m],
  },
  {
    what: 'a function that fails with the response is logged',
    options: { processResponse: () => Promise.reject(new Error('secret')) },
    request: upgradeRequest(),
    status: 500,
    complaints: ['error: opening handshake failed (secret)'],
  },
  {
    what: 'a function whose response cannot be sent is logged',
    options: {
      processResponse: (_request, response) => {
        response.reasonPhrase = 'a\r\nb';
      },
    },
    request: upgradeRequest(),
    status: 500,
    complaints: [
      'error: opening handshake failed (Condition failed: reasonPhrase is a\\x0d\\x0ab, which HTTP does not allow)',
    ],
  },
  {
    what: 'a path that is too long is refused',
    request: upgradeRequest().replace('/chat', `/${'a'.repeat(9000)}`),
    status: 414,
  },
  {
    what: 'compression is agreed on with what we say',
    request: upgradeRequest(['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits']),
    status: 101,
    has: [/^Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r$/m],
  },
  {
    what: 'compression is not agreed on where it is left out',
    options: { compression: null },
    request: upgradeRequest(['Sec-WebSocket-Extensions: permessage-deflate']),
    status: 101,
    hasNot: [/Extensions/],
  },
];

for (const { what, options = {}, request, status, has = [], hasNot = [], complaints = [] } of rows)
  test(`${what}: ${status}`, LIMIT, async (t) => {
    const { answer, log } = await answered(t, options, request);
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    for (const pattern of has) assert.match(answer, pattern);
    for (const pattern of hasNot) assert.doesNotMatch(answer, pattern);
    assert.deepEqual(log.complaints, complaints);
  });
