import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointProblem } from '../../../src/shared/text/endpoint-rule.ts';

for (const [url, problem] of [
  ['wss://ws.kraken.com/v2', undefined],
  ['ws://localhost:1/', undefined],
  ['ws://127.9.8.7/', undefined],
  ['ws://127.1/', undefined],
  ['ws://[::1]:1/', undefined],
  ['http://localhost/', /ws:\/\/ or wss:\/\//],
  ['wss://host/#part', /fragment/],
  ['ws://ws.kraken.com/', /allowPlain/],
  ['ws://localhost@ws.kraken.com/', /allowPlain/],
  ['ws://127.0.0.1.example/', /allowPlain/],
  ['ws://[::ffff:127.0.0.1]/', /allowPlain/],
  ['ws://0.0.0.0/', /allowPlain/],
] as const)
  test(`${url} ${problem === undefined ? 'may be connected to' : 'is refused'}`, () => {
    const found = endpointProblem(new URL(url), false);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? '', problem);
  });

test('a plain connection to another host may be allowed, another scheme may not', () => {
  assert.equal(endpointProblem(new URL('ws://ws.kraken.com/'), true), undefined);
  assert.notEqual(endpointProblem(new URL('http://ws.kraken.com/'), true), undefined);
});
