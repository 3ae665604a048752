import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirectOf } from '../../../src/main/websocket-client/redirect.ts';
import { Headers } from '../../../src/shared/protocol/handshake/headers.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

const FROM = 'ws://user:secret@example.com/dir/page?q=1';

const to = (location: string, from = FROM, statusCode = 302) =>
  redirectOf({ statusCode, headers: new Headers([['Location', location]]) }, from);

test('a location is read as seen from the address that was asked', () => {
  for (const [location, url, isOtherOrigin] of [
    ['other?a=b', 'ws://user:secret@example.com/dir/other?a=b', false],
    ['/root', 'ws://user:secret@example.com/root', false],
    ['//other.example/', 'ws://other.example/', true],
    ['ws://example.com:80/', 'ws://example.com/', false],
    ['ws://example.com:81/', 'ws://example.com:81/', true],
    ['http://example.com/', 'ws://example.com/', false],
    ['https://example.com/', 'wss://example.com/', true],
    ['wss://EXAMPLE.com/', 'wss://example.com/', true],
  ] as const)
    assert.deepEqual(to(location), { url, isOtherOrigin }, location);
});

test('only redirects with a location lead anywhere', () => {
  for (const status of [301, 302, 303, 307, 308]) assert.notEqual(to('/', FROM, status), undefined);
  for (const status of [200, 300, 304, 305, 400, 503]) assert.equal(to('/', FROM, status), undefined);
  assert.equal(redirectOf({ statusCode: 302, headers: new Headers() }, FROM), undefined);
});

test('a redirect that cannot be followed is an exception that shows no secrets', () => {
  const locations: readonly [string, string][] = [
    ['ws://user:secret@example.com/', 'wss://example.com/'],
    ['http://example.com/', 'wss://example.com/'],
    ['ftp://user:secret@example.com/?secret', FROM],
    ['http://[/', FROM],
    ['mailto:secret@example.com', FROM],
  ];
  for (const [location, from] of locations)
    assert.throws(
      () => to(location, from),
      (error) => error instanceof WebSocketException && !error.message.includes('secret'),
      location,
    );
  const several = new Headers([
    ['Location', '/a'],
    ['Location', '/b'],
  ]);
  assert.throws(() => redirectOf({ statusCode: 302, headers: several }, FROM), WebSocketException);
});
