import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poloniexSubscribe } from '../../../src/main/poloniex.ts';

for (const [channel, request] of [
  [1002, '{"command":"subscribe","channel":1002}'],
  [148, '{"command":"subscribe","channel":148}'],
  ['BTC_ETH', '{"command":"subscribe","channel":"BTC_ETH"}'],
  ['"$&', '{"command":"subscribe","channel":"\\"$&"}'],
] as const)
  test(`channel ${channel} is asked for with ${request}`, () => {
    assert.equal(poloniexSubscribe(channel), request);
    assert.equal((JSON.parse(request) as { channel: unknown }).channel, channel);
  });
