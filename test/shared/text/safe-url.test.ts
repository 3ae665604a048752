import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeUrl } from '../../../src/shared/text/safe-url.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['wss://ws.kraken.com/v2', 'wss://ws.kraken.com/v2'],
  ['WSS://ws.kraken.com', 'wss://ws.kraken.com'],
  ['ws://127.0.0.1:8080/', 'ws://127.0.0.1:8080/'],
  ['ws://[::1]:8080/a/b', 'ws://[::1]:8080/a/b'],
  ['wss://user:s3cret@host/path?token=abc#frag', 'wss://***@host/path?***'],
  ['wss://s3cret@host', 'wss://***@host'],
  ['wss://user:p@ss@host/', 'wss://***@host/'],
  ['wss://host?token=s3cret', 'wss://host?***'],
  ['wss://host/?a=1?b=s3cret', 'wss://host/?***'],
  ['wss:\\\\user:s3cret@host\\path', 'wss://***@host\\path'],
  [' wss://user:s3cret@host/ ', 'wss://***@host/'],
  ['wss://host/#s3cret', 'wss://host/'],
  ['user:s3cret@host', '(not a URL)'],
  ['', '(not a URL)'],
];

for (const [url, expected] of CASES) {
  test(`${JSON.stringify(url)} is shown as ${expected}`, () => {
    assert.equal(safeUrl(url), expected);
  });
}
