import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidURI } from '../../../../src/shared/protocol/errors/handshake-errors.ts';
import { parseUri } from '../../../../src/shared/protocol/handshake/uri.ts';
import { Random } from '../../../support/random.ts';

const plain = {
  secure: false,
  host: 'localhost',
  port: 80,
  path: '/',
  query: '',
  username: undefined,
  password: undefined,
};

const URIS: readonly (readonly [string, object, resourceName: string, userInfo?: readonly string[]])[] = [
  ['ws://localhost/', plain, '/'],
  ['wss://localhost/', { ...plain, secure: true, port: 443 }, '/'],
  ['ws://localhost', { ...plain, path: '' }, '/'],
  ['ws://localhost/path?query', { ...plain, path: '/path', query: 'query' }, '/path?query'],
  ['ws://localhost?query', { ...plain, path: '', query: 'query' }, '/?query'],
  ['ws://localhost/path;params', { ...plain, path: '/path;params' }, '/path;params'],
  ['WS://LOCALHOST/PATH?QUERY', { ...plain, path: '/PATH', query: 'QUERY' }, '/PATH?QUERY'],
  ['ws://localhost:/', plain, '/'],
  ['ws://localhost/#', plain, '/'],
  ['ws://localhost:443/', { ...plain, port: 443 }, '/'],
  ['wss://localhost:8443/', { ...plain, secure: true, port: 8443 }, '/'],
  ['ws://user:pass@localhost/', { ...plain, username: 'user', password: 'pass' }, '/', ['user', 'pass']],
  ['ws://user:@localhost/', { ...plain, username: 'user', password: '' }, '/', ['user', '']],
  ['ws://:pass@localhost/', { ...plain, username: '', password: 'pass' }, '/', ['', 'pass']],
  ['ws://u:p:q@localhost/', { ...plain, username: 'u', password: 'p:q' }, '/', ['u', 'p:q']],
  ['ws://u:p@ss@localhost/', { ...plain, username: 'u', password: 'p@ss' }, '/', ['u', 'p@ss']],
  ['ws://u:p%40%C3%B6@localhost/', { ...plain, username: 'u', password: 'p%40%C3%B6' }, '/', ['u', 'p@ö']],
  ['ws://u:100%@localhost/', { ...plain, username: 'u', password: '100%' }, '/', ['u', '100%']],
  ['ws://[::1]:80/', { ...plain, host: '::1' }, '/'],
  ['ws://[2001:DB8::1]:8080/', { ...plain, host: '2001:db8::1', port: 8080 }, '/'],
  [
    'ws://üser:pässword@höst/päth?qüery',
    {
      ...plain,
      host: 'xn--hst-sna',
      path: '/p%C3%A4th',
      query: 'q%C3%BCery',
      username: '%C3%BCser',
      password: 'p%C3%A4ssword',
    },
    '/p%C3%A4th?q%C3%BCery',
    ['üser', 'pässword'],
  ],
  ['ws://localhost/%C3%A4ä%', { ...plain, path: '/%C3%A4%C3%A4%' }, '/%C3%A4%C3%A4%'],
  [
    'ws://localhost/a"<b>`{c}|^',
    { ...plain, path: '/a%22%3Cb%3E%60%7Bc%7D%7C%5E' },
    '/a%22%3Cb%3E%60%7Bc%7D%7C%5E',
  ],
  ['ws://localhost/a/../b/./c', { ...plain, path: '/a/../b/./c' }, '/a/../b/./c'],
  ['ws://localhost/?a=b?c=/d', { ...plain, query: 'a=b?c=/d' }, '/?a=b?c=/d'],
];

for (const [uri, parts, resourceName, userInfo] of URIS) {
  test(`the parts of ${uri}`, () => {
    const parsed = parseUri(uri);
    assert.deepEqual({ ...parsed }, parts);
    assert.equal(parsed.resourceName, resourceName);
    assert.deepEqual(parsed.userInfo, userInfo);
  });
}

const SCHEME = "scheme isn't ws or wss";
const NO_HOST = "hostname isn't provided";
const BAD_HOST = "hostname isn't valid";
const CHARACTERS = 'spaces, backslashes and control characters must be percent-encoded';
const PORT = "port isn't between 1 and 65535";
const USER = 'user information has characters that cannot be sent';

const REFUSED: readonly (readonly [string, string, shown?: string])[] = [
  ['', SCHEME],
  ['localhost', SCHEME],
  ['//localhost', SCHEME],
  ['http://localhost/', SCHEME],
  ['https://localhost/', SCHEME],
  ['http://localhost/path?token=secret', SCHEME, 'http://localhost/path?***'],
  ['wsx://localhost/', SCHEME],
  [' ws://localhost/', SCHEME],
  ['ws://localhost/path#fragment', 'fragment identifier is meaningless'],
  ['ws:', NO_HOST],
  ['ws:localhost', NO_HOST],
  ['ws:/localhost', NO_HOST],
  ['ws://', NO_HOST],
  ['ws:///path', NO_HOST],
  ['ws://:80/', NO_HOST],
  ['ws://user:pass@/', NO_HOST, 'ws://***@/'],
  ['ws://user@localhost/', 'username provided without password', 'ws://***@localhost/'],
  ['ws://us%3Aer:pass@localhost/', USER, 'ws://***@localhost/'],
  ['ws://user:pa%0d%0ass@localhost/', USER, 'ws://***@localhost/'],
  ['ws://localhost:0/', PORT],
  ['ws://localhost:65536/', PORT],
  ['ws://localhost:99999999999999999999/', PORT],
  ['ws://localhost:http/', "host and port aren't valid"],
  ['ws://localhost:80:80/', "host and port aren't valid"],
  ['ws://localhost:-80/', "host and port aren't valid"],
  ['ws://[::1/', "host and port aren't valid"],
  ['ws://::1/', "host and port aren't valid"],
  ['ws://[::1]x/', "host and port aren't valid"],
  ['ws://[]/', "IPv6 address isn't valid"],
  ['ws://[1.2.3.4]/', "IPv6 address isn't valid"],
  ['ws://[fe80::1%25eth0]/', "IPv6 address isn't valid"],
  ['ws://ex%61mple.com/', BAD_HOST],
  ['ws://0x7f.1/', BAD_HOST],
  ['ws://a..b/', BAD_HOST],
  ['ws://local host/', CHARACTERS],
  ['ws://localhost/a b', CHARACTERS],
  ['ws://localhost/ HTTP/1.1\r\nX: y', CHARACTERS],
  ['ws://localhost/\u0000', CHARACTERS],
  ['ws://localhost/\u0085', CHARACTERS],
  ['ws://good.example\\@evil.example/', CHARACTERS, 'ws://good.example\\@evil.example/'],
  ['ws://localhost/\ud800', CHARACTERS],
];

for (const [uri, msg, shown] of REFUSED) {
  test(`${JSON.stringify(uri)} is refused: ${msg}`, () => {
    assert.throws(
      () => parseUri(uri),
      (error) => {
        assert.ok(error instanceof InvalidURI);
        assert.equal(error.name, 'InvalidURI');
        assert.equal(error.msg, msg);
        assert.equal(error.message, `${shown ?? uri} isn't a valid URI: ${msg}`);
        return true;
      },
    );
  });
}

test('whatever is taken means what it means to the URL of Node', () => {
  const random = new Random(11);
  const pieces = [
    ...[
      'ws',
      'wss',
      'WS',
      'http',
      '://',
      ':',
      '/',
      '//',
      '?',
      '#',
      '@',
      '[',
      ']',
      '::1',
      '%41',
      '%',
      '..',
      '.',
    ],
    ...[
      'localhost',
      'example.com',
      '127.0.0.1',
      'höst',
      'user:pass@',
      ':80',
      ':443',
      ':8080',
      ':65536',
      'a',
      '1',
    ],
    ...[
      '\\',
      ' ',
      '\t',
      '\n',
      'ä',
      '"',
      '<',
      '|',
      "'",
      ';',
      '&',
      '=',
      '+',
      '~',
      '!',
      '$',
      '(',
      ')',
      '*',
      ',',
    ],
  ];
  let taken = 0;
  for (let round = 0; round < 50_000; round++) {
    const start = random.percent(80) ? random.pick(['ws://', 'wss://localhost', 'ws://example.com']) : '';
    const uri = start + Array.from({ length: random.below(7) }, () => random.pick(pieces)).join('');
    let ours: ReturnType<typeof parseUri>;
    try {
      ours = parseUri(uri);
    } catch (error) {
      assert.ok(error instanceof InvalidURI, `${JSON.stringify(uri)}: ${String(error)}`);
      continue;
    }
    taken++;
    const theirs = new URL(uri);
    assert.equal(ours.secure, theirs.protocol === 'wss:', uri);
    assert.equal(ours.host, theirs.hostname.replace(/^\[|\]$/g, ''), uri);
    assert.equal(ours.port, Number(theirs.port || (ours.secure ? 443 : 80)), uri);
    assert.equal(decodeAll(ours.username ?? ''), decodeAll(theirs.username), uri);
    assert.equal(decodeAll(ours.password ?? ''), decodeAll(theirs.password), uri);
    assert.match(ours.resourceName, /^\/[\x21-\x7e]*$/, uri);
    // URL takes out the steps up and down; the name of a resource is not ours to read.
    if (!/\.|%2e/i.test(ours.path))
      assert.equal(decodeAll(ours.path || '/'), decodeAll(theirs.pathname), uri);
    assert.equal(decodeAll(ours.query), decodeAll(theirs.search.slice(1)), uri);
  }
  assert.ok(taken > 5000, `${taken} URIs`);
});

/** What percent signs stand for, byte for byte: the two encode different characters. */
const decodeAll = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
