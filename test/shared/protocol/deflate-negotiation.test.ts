import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import {
  type ClientDeflateOptions,
  ClientPermessageDeflateFactory,
  type ServerDeflateOptions,
  ServerPermessageDeflateFactory,
} from '../../../src/shared/protocol/deflate-negotiation.ts';
import type { Extension, ExtensionParameter } from '../../../src/shared/protocol/extension.ts';

const read = (params: string): ExtensionParameter[] =>
  params
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, value] = part.trim().split('=');
      return [name!, value];
    });

const write = (params: readonly ExtensionParameter[]): string =>
  params.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('; ');

/** A platform that tells what it is asked to do. */
function listening(): { windows: () => string; platform: typeof NODE_PLATFORM } {
  let asked = '';
  return {
    windows: () => asked,
    platform: {
      ...NODE_PLATFORM,
      deflate: (message, bits) => {
        asked += `local ${bits}`;
        return NODE_PLATFORM.deflate(message, bits);
      },
      inflate: (message, dictionary, bits, most) => {
        asked += ` remote ${bits}${dictionary.length > 0 ? ' takeover' : ''}`;
        return NODE_PLATFORM.inflate(message, dictionary, bits, most);
      },
    },
  };
}

/** Uses the extension, so that what was agreed on shows. */
function settings(agree: (platform: typeof NODE_PLATFORM) => Extension): string {
  const { windows, platform } = listening();
  const extension = agree(platform);
  const message = NODE_PLATFORM.deflate(Buffer.from('Hello'), 15);
  extension.decode(message, 100);
  const before = windows().length;
  extension.encode(Buffer.from('Hello'), true);
  extension.decode(message, 100);
  return windows().slice(before);
}

test('a client offers what it is told to, and by default to obey any window', () => {
  const offers: readonly (readonly [options: ClientDeflateOptions, offer: string])[] = [
    [{}, 'client_max_window_bits'],
    [{ clientMaxWindowBits: undefined }, ''],
    [{ clientMaxWindowBits: 9 }, 'client_max_window_bits=9'],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 8 },
      'server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits',
    ],
  ];
  for (const [options, offer] of offers)
    assert.equal(write(new ClientPermessageDeflateFactory(options).getRequestParams()), offer);
});

/** What a client offered, what the server answered, and what they agreed on or the reason why not. */
const ANSWERS: readonly (readonly [options: ClientDeflateOptions, answer: string, result: string | Error])[] =
  [
    [{}, '', 'local 15 remote 15 takeover'],
    [{}, 'server_no_context_takeover', 'local 15 remote 15'],
    [{}, 'client_no_context_takeover', 'local 15 remote 15 takeover'],
    [{}, 'server_max_window_bits=10', 'local 15 remote 10 takeover'],
    [{}, 'client_max_window_bits=9', 'local 9 remote 15 takeover'],
    [{ clientMaxWindowBits: 12 }, '', 'local 12 remote 15 takeover'],
    [{ clientMaxWindowBits: 12 }, 'client_max_window_bits=11', 'local 11 remote 15 takeover'],
    [{ serverMaxWindowBits: 12 }, 'server_max_window_bits=12', 'local 15 remote 12 takeover'],
    [{ serverMaxWindowBits: 12 }, 'server_max_window_bits=8', 'local 15 remote 8 takeover'],
    [
      { serverMaxWindowBits: 12 },
      'server_max_window_bits=13',
      new Error('unsupported server_max_window_bits'),
    ],
    [{ serverMaxWindowBits: 12 }, '', new Error('expected server_max_window_bits')],
    [{ serverNoContextTakeover: true }, 'server_no_context_takeover', 'local 15 remote 15'],
    [{ serverNoContextTakeover: true }, '', new Error('expected server_no_context_takeover')],
    [
      { clientMaxWindowBits: undefined },
      'client_max_window_bits=15',
      new Error('unexpected client_max_window_bits'),
    ],
    [
      { clientMaxWindowBits: 10 },
      'client_max_window_bits=11',
      new Error('unsupported client_max_window_bits'),
    ],
    [{}, 'client_max_window_bits', new Error('missing value for parameter client_max_window_bits')],
    [{}, 'unknown', new Error('invalid parameter name: unknown')],
  ];

for (const [options, answer, result] of ANSWERS) {
  test(`a client that offered ${JSON.stringify(options)} and is answered "${answer}"`, () => {
    const factory = new ClientPermessageDeflateFactory(options);
    const agree = (platform: typeof NODE_PLATFORM): Extension =>
      factory.processResponseParams(read(answer), [], platform);
    if (typeof result === 'string') assert.equal(settings(agree), result);
    else assert.throws(() => agree(NODE_PLATFORM), { message: result.message });
  });
}

/** What a server is set to, what the client offers, the answer, and what they agree on. */
const OFFERS: readonly (readonly [
  options: ServerDeflateOptions,
  offer: string,
  answer: string | Error,
  result?: string,
])[] = [
  [{}, '', '', 'local 15 remote 15 takeover'],
  [{}, 'client_max_window_bits', '', 'local 15 remote 15 takeover'],
  [{}, 'client_max_window_bits=9', 'client_max_window_bits=9', 'local 15 remote 9 takeover'],
  [{}, 'server_max_window_bits=9', 'server_max_window_bits=9', 'local 9 remote 15 takeover'],
  [{}, 'server_no_context_takeover', 'server_no_context_takeover', 'local 15 remote 15 takeover'],
  [{}, 'client_no_context_takeover', 'client_no_context_takeover', 'local 15 remote 15'],
  [{ serverNoContextTakeover: true }, '', 'server_no_context_takeover', 'local 15 remote 15 takeover'],
  [{ clientNoContextTakeover: true }, '', 'client_no_context_takeover', 'local 15 remote 15'],
  [{ serverMaxWindowBits: 12 }, '', 'server_max_window_bits=12', 'local 12 remote 15 takeover'],
  [
    { serverMaxWindowBits: 12 },
    'server_max_window_bits=10',
    'server_max_window_bits=10',
    'local 10 remote 15 takeover',
  ],
  [
    { serverMaxWindowBits: 12 },
    'server_max_window_bits=15',
    'server_max_window_bits=12',
    'local 12 remote 15 takeover',
  ],
  [{ clientMaxWindowBits: 12 }, '', '', 'local 15 remote 15 takeover'],
  [
    { clientMaxWindowBits: 12 },
    'client_max_window_bits',
    'client_max_window_bits=12',
    'local 15 remote 12 takeover',
  ],
  [
    { clientMaxWindowBits: 12 },
    'client_max_window_bits=10',
    'client_max_window_bits=10',
    'local 15 remote 10 takeover',
  ],
  [
    { clientMaxWindowBits: 12, requireClientMaxWindowBits: true },
    '',
    new Error('required client_max_window_bits'),
  ],
  [{}, 'server_max_window_bits=7', new Error('invalid value for parameter server_max_window_bits: 7')],
];

for (const [options, offer, answer, result] of OFFERS) {
  test(`a server with ${JSON.stringify(options)} that is offered "${offer}"`, () => {
    const factory = new ServerPermessageDeflateFactory(options);
    if (typeof answer !== 'string') {
      assert.throws(() => factory.processRequestParams(read(offer), [], NODE_PLATFORM), {
        message: answer.message,
      });
      return;
    }
    let params: readonly ExtensionParameter[] = [];
    const seen = settings((platform) => {
      const agreed = factory.processRequestParams(read(offer), [], platform);
      params = agreed.params;
      return agreed.extension;
    });
    assert.deepEqual([write(params), seen], [answer, result]);
  });
}

test('the extension is agreed on once', () => {
  const client = new ClientPermessageDeflateFactory();
  const server = new ServerPermessageDeflateFactory();
  const extension = client.processResponseParams([], [], NODE_PLATFORM);
  assert.throws(() => client.processResponseParams([], [extension], NODE_PLATFORM), {
    name: 'NegotiationError',
    message: 'received duplicate permessage-deflate',
  });
  assert.throws(() => server.processRequestParams([], [extension], NODE_PLATFORM), {
    name: 'NegotiationError',
    message: 'skipped duplicate permessage-deflate',
  });
});

test('a window that cannot be is refused at once', () => {
  for (const bits of [7, 16, 9.5, Number.NaN]) {
    assert.throws(() => new ClientPermessageDeflateFactory({ clientMaxWindowBits: bits }), MisuseError);
    assert.throws(() => new ServerPermessageDeflateFactory({ serverMaxWindowBits: bits }), MisuseError);
  }
  assert.throws(() => new ServerPermessageDeflateFactory({ requireClientMaxWindowBits: true }), MisuseError);
});
