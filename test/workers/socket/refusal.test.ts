import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../../src/workers/socket/refusal.ts';

const WHERE = 'wss://host/';
const say = (headers: Record<string, string>, body = ''): ReturnType<typeof refusal> =>
  refusal({ statusCode: 429, headers }, WHERE, body);

test('Retry-After is read as seconds or as a date, and as nothing where it is neither', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['0', 0],
    ['120', 120],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['-1', 0],
    ['soon', undefined],
    ['', undefined],
    ['9'.repeat(30), undefined],
  ];
  for (const [text, seconds] of cases) assert.equal(say({ 'retry-after': text }).retryAfterS, seconds, text);
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const seconds = say({ 'retry-after': inAMinute }).retryAfterS!;
  assert.ok(seconds >= 58 && seconds <= 60, `${seconds}`);
});

test('a page is shown as its text, on one line, of bounded length and without control characters', () => {
  const page = '<html><script>evil()</script>\n<style>p{}</style><h1>Slow\x1b[2J</h1>\r\n<p>down</p>';
  assert.equal(say({}, page).detail, 'wss://host/: HTTP 429 instead of an upgrade; it says: Slow [2J down');
  assert.ok(say({}, 'x'.repeat(100_000)).detail.length < 300);
});

test('the place a redirect points to is shown without its secrets', () => {
  const { detail } = say({ location: 'https://user:s3cret@login.example/a?token=s3cret' });
  assert.match(detail, /https:\/\/\*\*\*@login\.example\/a\?\*\*\*/);
  assert.doesNotMatch(detail, /s3cret/);
});
