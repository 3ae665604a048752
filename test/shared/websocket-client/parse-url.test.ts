import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueError } from '../../../src/shared/websocket-client/exceptions.ts';
import { parseUrl } from '../../../src/shared/websocket-client/parse-url.ts';

const cases: [url: string, host: string, port: number, resource: string, secure: boolean][] = [
  ['ws://www.example.com/r', 'www.example.com', 80, '/r', false],
  ['ws://www.example.com/r/', 'www.example.com', 80, '/r/', false],
  ['ws://www.example.com/', 'www.example.com', 80, '/', false],
  ['ws://www.example.com', 'www.example.com', 80, '/', false],
  ['ws://www.example.com:8080/r', 'www.example.com', 8080, '/r', false],
  ['ws://www.example.com:8080', 'www.example.com', 8080, '/', false],
  ['wss://www.example.com:8080/r', 'www.example.com', 8080, '/r', true],
  ['wss://www.example.com/r?key=value&b=c', 'www.example.com', 443, '/r?key=value&b=c', true],
  ['wss://www.example.com?key=value', 'www.example.com', 443, '/?key=value', true],
  ['ws://[2a03:4000:123:83::3]/r', '2a03:4000:123:83::3', 80, '/r', false],
  ['wss://[2A03:4000:123:83::3]:8080/r', '2a03:4000:123:83::3', 8080, '/r', true],
  ['WSS://Example.COM/Path#part', 'example.com', 443, '/Path', true],
  ['ws://example.com#part', 'example.com', 80, '/', false],
  ['ws://user@example.com/r', 'example.com', 80, '/r', false],
  ['ws://user:pa@ss@example.com:81/r', 'example.com', 81, '/r', false],
];

test('an address is read in its parts', () => {
  for (const [url, host, port, resource, secure] of cases)
    assert.deepEqual(parseUrl(url), { host, port, resource, secure }, url);
});

test('what is no address is refused with the text of the original', () => {
  const refused: [string, string][] = [
    ['', 'url is invalid'],
    ['www.example.com/r', 'url is invalid'],
    ['ws:', 'hostname is invalid'],
    ['ws://', 'hostname is invalid'],
    ['ws:///r', 'hostname is invalid'],
    ['ws://:8080/r', 'hostname is invalid'],
    ['ws:example.com', 'hostname is invalid'],
    ['http://www.example.com/r', 'scheme http is invalid'],
    ['://www.example.com', 'scheme  is invalid'],
  ];
  for (const [url, message] of refused) assert.throws(() => parseUrl(url), new ValueError(message), url);
});

test('an address that two programs could read differently is refused, and shows no secret', () => {
  for (const url of [
    'ws://example.com/a\r\nHost: evil',
    'ws://example.com/a b',
    'ws://example.com\\@evil/',
    'ws://exa mple.com/',
    'ws://example.com:0/',
    'ws://example.com:65536/',
    'ws://example.com:x/',
    'ws://[::1/',
    'ws://user:secret@exa mple.com/?key=secret',
  ])
    assert.throws(
      () => parseUrl(url),
      (error) => error instanceof ValueError && !error.message.includes('secret'),
      url,
    );
});
