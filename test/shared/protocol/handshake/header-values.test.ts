import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../../src/shared/invariant.ts';
import {
  InvalidHeaderFormat,
  InvalidHeaderValue,
} from '../../../../src/shared/protocol/errors/header-errors.ts';
import {
  buildAuthorizationBasic,
  buildExtension,
  buildHost,
  buildSubprotocol,
  expectSubprotocols,
  parseAuthorizationBasic,
  parseConnection,
  parseExtension,
  parseSubprotocol,
  parseUpgrade,
} from '../../../../src/shared/protocol/handshake/header-values.ts';

const none = undefined;

const PARSED: readonly (readonly [(text: string) => unknown, string, unknown])[] = [
  [parseConnection, 'Upgrade', ['Upgrade']],
  [parseConnection, 'keep-alive, Upgrade', ['keep-alive', 'Upgrade']],
  [parseConnection, ',,\t,  , ,Upgrade ,,', ['Upgrade']],
  [parseConnection, 'a,b\t,\tc', ['a', 'b', 'c']],
  [parseUpgrade, 'websocket', ['websocket']],
  [parseUpgrade, 'http/3.0, websocket', ['http/3.0', 'websocket']],
  [parseUpgrade, ',,  WebSocket,  \t,,', ['WebSocket']],
  [parseExtension, 'foo', [['foo', []]]],
  [
    parseExtension,
    'foo, bar',
    [
      ['foo', []],
      ['bar', []],
    ],
  ],
  [
    parseExtension,
    'foo; name; token=token; quoted-string="quoted-string", bar; quux; quuux',
    [
      [
        'foo',
        [
          ['name', none],
          ['token', 'token'],
          ['quoted-string', 'quoted-string'],
        ],
      ],
      [
        'bar',
        [
          ['quux', none],
          ['quuux', none],
        ],
      ],
    ],
  ],
  [
    parseExtension,
    ',\t, ,  ,foo  ;bar = 42,,   baz,,',
    [
      ['foo', [['bar', '42']]],
      ['baz', []],
    ],
  ],
  [parseExtension, 'foo; a="\\b\\"'.replace('\\"', 'c"'), [['foo', [['a', 'bc']]]]],
  [
    parseExtension,
    'permessage-deflate; client_max_window_bits, permessage-deflate',
    [
      ['permessage-deflate', [['client_max_window_bits', none]]],
      ['permessage-deflate', []],
    ],
  ],
  [parseExtension, '__proto__; constructor=toString', [['__proto__', [['constructor', 'toString']]]]],
  [parseSubprotocol, 'foo', ['foo']],
  [parseSubprotocol, 'foo, bar', ['foo', 'bar']],
  [parseSubprotocol, ',\t, ,  ,foo  ,,   bar,baz,,', ['foo', 'bar', 'baz']],
  [parseAuthorizationBasic, 'Basic dXNlcjpwYXNz', ['user', 'pass']],
  [parseAuthorizationBasic, 'basic OnA6cQ==', ['', 'p:q']],
  [parseAuthorizationBasic, 'BASIC w7xzZXI6cMOkc3M=', ['üser', 'päss']],
];

for (const [parse, text, expected] of PARSED) {
  test(`${parse.name} reads "${text}"`, () => {
    assert.deepEqual(parse(text), expected);
  });
}

const CONNECTION = 'invalid Connection header:';
const UPGRADE = 'invalid Upgrade header:';
const EXTENSIONS = 'invalid Sec-WebSocket-Extensions header:';
const PROTOCOL = 'invalid Sec-WebSocket-Protocol header:';
const AUTHORIZATION = 'invalid Authorization header:';

const REFUSED: readonly (readonly [(text: string) => unknown, string, typeof InvalidHeaderValue, string])[] =
  [
    [parseConnection, '', InvalidHeaderFormat, `${CONNECTION} expected token at 0 in `],
    [parseConnection, ',', InvalidHeaderFormat, `${CONNECTION} expected token at 1 in ,`],
    [parseConnection, '???', InvalidHeaderFormat, `${CONNECTION} expected token at 0 in ???`],
    [parseConnection, 'Upgrade;', InvalidHeaderFormat, `${CONNECTION} expected comma at 7 in Upgrade;`],
    [parseConnection, 'a b', InvalidHeaderFormat, `${CONNECTION} expected comma at 2 in a b`],
    [parseConnection, 'a\x9bb', InvalidHeaderFormat, `${CONNECTION} expected comma at 1 in a\\x9bb`],
    [parseUpgrade, '', InvalidHeaderFormat, `${UPGRADE} expected protocol at 0 in `],
    [parseUpgrade, '???', InvalidHeaderFormat, `${UPGRADE} expected protocol at 0 in ???`],
    [parseUpgrade, 'websocket/', InvalidHeaderFormat, `${UPGRADE} expected comma at 9 in websocket/`],
    [parseExtension, '', InvalidHeaderFormat, `${EXTENSIONS} expected token at 0 in `],
    [
      parseExtension,
      'foo; bar baz',
      InvalidHeaderFormat,
      `${EXTENSIONS} expected comma at 9 in foo; bar baz`,
    ],
    [parseExtension, 'foo;', InvalidHeaderFormat, `${EXTENSIONS} expected token at 4 in foo;`],
    [parseExtension, 'foo; bar=', InvalidHeaderFormat, `${EXTENSIONS} expected token at 9 in foo; bar=`],
    [
      parseExtension,
      'foo; bar="baz',
      InvalidHeaderFormat,
      `${EXTENSIONS} expected quoted string at 9 in foo; bar="baz`,
    ],
    [
      parseExtension,
      'foo; bar="b z"',
      InvalidHeaderFormat,
      `${EXTENSIONS} invalid quoted header content at 9 in foo; bar="b z"`,
    ],
    [
      parseExtension,
      'foo; bar=""',
      InvalidHeaderFormat,
      `${EXTENSIONS} invalid quoted header content at 9 in foo; bar=""`,
    ],
    [parseSubprotocol, '', InvalidHeaderFormat, `${PROTOCOL} expected token at 0 in `],
    [parseSubprotocol, 'foo; bar', InvalidHeaderFormat, `${PROTOCOL} expected comma at 3 in foo; bar`],
    [
      parseAuthorizationBasic,
      'Digest ...',
      InvalidHeaderValue,
      `${AUTHORIZATION} unsupported scheme: Digest`,
    ],
    [
      parseAuthorizationBasic,
      'Basic',
      InvalidHeaderFormat,
      `${AUTHORIZATION} expected space after scheme at 5 in Basic`,
    ],
    [
      parseAuthorizationBasic,
      'Basic ****',
      InvalidHeaderFormat,
      `${AUTHORIZATION} expected token68 at 6 in Basic ****`,
    ],
    [
      parseAuthorizationBasic,
      'Basic dXNl x',
      InvalidHeaderFormat,
      `${AUTHORIZATION} trailing data at 10 in Basic dXNl x`,
    ],
    [
      parseAuthorizationBasic,
      'Basic A',
      InvalidHeaderValue,
      `${AUTHORIZATION} expected base64-encoded credentials`,
    ],
    [
      parseAuthorizationBasic,
      'Basic _w==',
      InvalidHeaderValue,
      `${AUTHORIZATION} expected base64-encoded credentials`,
    ],
    [
      parseAuthorizationBasic,
      'Basic /w==',
      InvalidHeaderValue,
      `${AUTHORIZATION} expected base64-encoded credentials`,
    ],
    [
      parseAuthorizationBasic,
      'Basic dXNlcg==',
      InvalidHeaderValue,
      `${AUTHORIZATION} expected username:password credentials`,
    ],
  ];

for (const [parse, text, Class, message] of REFUSED) {
  test(`${parse.name} refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parse(text),
      (error) => {
        assert.ok(error instanceof Class, String(error));
        assert.equal(error.name, Class.name);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}

test('what is built is what is read', () => {
  const extensions = [
    [
      'foo',
      [
        ['name', none],
        ['token', 'token'],
      ],
    ],
    ['bar', []],
  ] as const;
  assert.equal(buildExtension(extensions), 'foo; name; token=token, bar');
  assert.deepEqual(parseExtension(buildExtension(extensions)), extensions);
  assert.equal(buildSubprotocol(['foo', 'bar']), 'foo, bar');
  for (const [user, password] of [
    ['user', 'pass'],
    ['', ''],
    ['üser', 'p:ä€😀'],
  ] as const)
    assert.deepEqual(parseAuthorizationBasic(buildAuthorizationBasic(user, password)), [user, password]);
  // RFC 7617, section 2.
  assert.equal(buildAuthorizationBasic('Aladdin', 'open sesame'), 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
});

for (const [host, port, secure, expected] of [
  ['localhost', 80, false, 'localhost'],
  ['localhost', 443, true, 'localhost'],
  ['localhost', 443, false, 'localhost:443'],
  ['localhost', 80, true, 'localhost:80'],
  ['192.0.2.1', 8080, false, '192.0.2.1:8080'],
  ['2001:db8::1', 80, false, '[2001:db8::1]'],
  ['2001:db8::1', 8080, false, '[2001:db8::1]:8080'],
] as const) {
  test(`the Host of ${host}, port ${port}, ${secure ? 'wss' : 'ws'}, is ${expected}`, () => {
    assert.equal(buildHost(host, port, secure), expected);
  });
}

for (const [subprotocols, message] of [
  ['chat', 'Condition failed: subprotocols is a string, expected a list'],
  [{ 0: 'chat' }, 'Condition failed: subprotocols is a object, expected a list'],
  [['chat', 'a b'], 'Condition failed: subprotocols has a b, expected names without spaces or separators'],
  [
    ['a\r\nb'],
    'Condition failed: subprotocols has a\\x0d\\x0ab, expected names without spaces or separators',
  ],
  [[''], 'Condition failed: subprotocols has , expected names without spaces or separators'],
  [[1], 'Condition failed: subprotocols has 1, expected names without spaces or separators'],
] as const) {
  test(`misuse is told: ${message}`, () => {
    assert.throws(
      () => expectSubprotocols(subprotocols as never),
      (error) => error instanceof MisuseError && error.message === message,
    );
  });
}
