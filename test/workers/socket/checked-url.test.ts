import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { checkedUrl, secretsMasked } from '../../../src/workers/socket/checked-url.ts';

const ACCEPTED = [
  'wss://ws.kraken.com/v2',
  'ws://localhost:1/',
  'ws://LOCALHOST:1/',
  'ws://127.0.0.1:1/',
  'ws://127.9.8.7/',
  'ws://127.1/',
  'ws://[::1]:1/',
];
const REFUSED = [
  '',
  'ws.kraken.com',
  'http://localhost/',
  'ws+unix:/tmp/socket',
  'wss://host/#fragment',
  'ws://ws.kraken.com/',
  'ws://localhost.ws.kraken.com/',
  'ws://127.0.0.1.example/',
  'ws://1127.0.0.1/',
  'ws://0.0.0.0/',
  'ws://[::2]/',
  'ws://localhost@ws.kraken.com/',
];

for (const url of ACCEPTED) test(`${url} may be connected to`, () => void checkedUrl(url, false));

for (const url of REFUSED) {
  test(`${JSON.stringify(url)} is misuse`, () => {
    assert.throws(() => checkedUrl(url, false), MisuseError);
  });
}

test('a plain connection to another host needs to be allowed', () => {
  assert.equal(checkedUrl('ws://ws.kraken.com/', true).hostname, 'ws.kraken.com');
});

test('user, password and query are masked in a text, as written and as meant, whole and by value', () => {
  const masked = secretsMasked(new URL('wss://al%20ice:pass%2Fword@host/path?key=s3cret%20t0ken&x=1'));
  assert.equal(
    masked(
      'al%20ice al ice pass%2Fword pass/word key=s3cret%20t0ken&x=1 s3cret t0ken s3cret%20t0ken x=1 /path',
    ),
    '*** *** *** *** *** *** *** x=1 /path',
  );
});

test('a text is left as it is where the URL has no secrets', () => {
  assert.equal(secretsMasked(new URL('wss://host/path?a=1'))('a 1 host path'), 'a 1 host path');
});
