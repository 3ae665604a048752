import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidURI, SecurityError } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { InvalidHeader } from '../../../src/shared/protocol/errors/header-errors.ts';
import { Headers } from '../../../src/shared/protocol/handshake/headers.ts';
import { type Asked, REDIRECTS_MAX, redirectOf } from '../../../src/workers/dial/redirects.ts';

const URI = 'ws://example.com/a/b?c=d';
const asked = (more: Partial<Asked> = {}): Asked => ({ uri: URI, headers: [], followed: 0, ...more });
const sentTo = (location: string, more: Partial<Asked> = {}, statusCode = 302) =>
  redirectOf({ statusCode, headers: new Headers([['Location', location]]) }, asked(more));

const FOLLOWED: readonly (readonly [location: string, uri: string, from?: string])[] = [
  ['/x', 'ws://example.com/x'],
  ['x', 'ws://example.com/a/x'],
  ['../x?y=z', 'ws://example.com/x?y=z'],
  ['?y=z', 'ws://example.com/a/b?y=z'],
  ['', 'ws://example.com/a/b?c=d'],
  ['//other.example/x', 'ws://other.example/x'],
  ['ws://other.example', 'ws://other.example/'],
  ['wss://example.com/x', 'wss://example.com/x'],
  ['wss://[::1]:8443/x', 'wss://[::1]:8443/x'],
  ['/x#fragment', 'ws://example.com/x'],
  ['/x', 'wss://example.com/x', 'wss://example.com/a'],
  ['/x', 'ws://u:p@example.com/x', 'ws://u:p@example.com/a'],
  ['ws://example.com/x', 'ws://example.com/x', 'ws://u:p@example.com/a'],
];

for (const [location, uri, from = URI] of FOLLOWED) {
  test(`"${location}" from ${from} leads to ${uri}`, () => {
    assert.equal(sentTo(location, { uri: from })?.uri, uri);
  });
}

for (const status of [300, 301, 302, 303, 307, 308]) {
  test(`${status} is followed`, () => assert.equal(sentTo('/x', {}, status)?.uri, 'ws://example.com/x'));
}

for (const status of [200, 304, 305, 306, 400, 404, 500, 503]) {
  test(`${status} is not followed`, () => assert.equal(sentTo('/x', {}, status), undefined));
}

test('a redirect to nowhere is none', () => {
  assert.equal(redirectOf({ statusCode: 302, headers: new Headers() }, asked()), undefined);
});

test('several Locations are refused', () => {
  const headers = new Headers([
    ['Location', '/x'],
    ['Location', '/y'],
  ]);
  assert.throws(() => redirectOf({ statusCode: 302, headers }, asked()), InvalidHeader);
});

test('so many redirects are followed and no more', () => {
  assert.equal(sentTo('/x', { followed: REDIRECTS_MAX - 1 })?.uri, 'ws://example.com/x');
  assert.throws(() => sentTo('/x', { followed: REDIRECTS_MAX }), {
    name: 'SecurityError',
    message: 'more than 10 redirects',
  });
});

const HEADERS = [
  ['AUTHORIZATION', 'Basic x'],
  ['Cookie', 'a=b'],
  ['proxy-authorization', 'Basic y'],
  ['Host', 'example.com'],
  ['X-Other', 'one'],
  ['x-other', 'two'],
] as const;

for (const [location, origin] of [
  ['/x', 'the same'],
  ['ws://example.com:80/x', 'the same'],
  ['ws://EXAMPLE.com/x', 'the same'],
  ['ws://example.com:8080/x', 'another'],
  ['ws://other.example/x', 'another'],
  ['ws://sub.example.com/x', 'another'],
  ['wss://example.com/x', 'another'],
  ['wss://example.com:80/x', 'another'],
] as const) {
  test(`${location} is ${origin} origin, and secrets stay with theirs`, () => {
    const sent = sentTo(location, { headers: HEADERS })?.headers;
    assert.deepEqual(sent, origin === 'the same' ? HEADERS : HEADERS.slice(4));
  });
}

test('headers may be given as a record', () => {
  const sent = sentTo('ws://other.example/', { headers: { Cookie: 'a=b', Accept: ['x', 'y'] } })?.headers;
  assert.deepEqual(sent, [
    ['Accept', 'x'],
    ['Accept', 'y'],
  ]);
});

const REFUSED: readonly (readonly [
  location: string,
  from: Partial<Asked>,
  kind: typeof SecurityError | typeof InvalidURI,
  message: RegExp,
])[] = [
  [
    'ws://example.com/x?token=secret',
    { uri: 'wss://example.com/' },
    SecurityError,
    /^cannot follow redirect to non-secure URI ws:\/\/example\.com\/x\?\*\*\*$/,
  ],
  [
    '/x?token=secret',
    { byHand: 'socket' },
    SecurityError,
    /^cannot follow redirect to ws:\/\/example\.com\/x\?\*\*\* with a preexisting socket$/,
  ],
  [
    'ws://u:secret@other.example/',
    { byHand: 'address' },
    SecurityError,
    /^cannot follow cross-origin redirect to ws:\/\/\*\*\*@other\.example\/ with an explicit host, port or Unix socket$/,
  ],
  ['https://example.com/?secret', {}, InvalidURI, /scheme isn't ws or wss$/],
  ['javascript:alert(1)', {}, InvalidURI, /scheme isn't ws or wss$/],
  ['ws://', {}, InvalidURI, /redirect isn't a URI$/],
  ['ws://a b/', {}, InvalidURI, /redirect isn't a URI$/],
  ['ws://example.com:99999/', {}, InvalidURI, /redirect isn't a URI$/],
  ['ws://user@other.example/', {}, InvalidURI, /username provided without password$/],
];

for (const [location, from, kind, message] of REFUSED) {
  test(`${location} is refused with ${kind.name}, and shows no secret`, () => {
    assert.throws(
      () => sentTo(location, from),
      (error: unknown) => {
        assert.ok(error instanceof kind);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });
}

test('with an address by hand, the same origin is followed', () => {
  assert.equal(sentTo('/x', { byHand: 'address' })?.uri, 'ws://example.com/x');
});
