import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDER_IDS_BYTES, OrderIds } from '../../../../src/workers/exchanges/coinbase/order-ids.ts';
import { READ_AT } from '../../../../src/workers/scanner/layout.ts';
import { threadScanner } from '../../../../src/workers/thread-scanner.ts';
import { MATCH } from './codec-harness.ts';

test('order ids are looked at alike in the scanner’s memory and elsewhere', () => {
  const { memory } = threadScanner()!.module;
  const orderIds = new OrderIds(memory);
  const ids = MATCH.slice(MATCH.indexOf('2a0da34e'), MATCH.indexOf('","side"'));
  assert.equal(ids.length, ORDER_IDS_BYTES);
  const elsewhere = new TextEncoder().encode(`x${ids}"`);
  const here = new Uint8Array(memory, READ_AT + 3, elsewhere.length);
  for (let at = 0; at < elsewhere.length; at++)
    for (let byte = 0; byte < 256; byte++) {
      const before = elsewhere[at]!;
      elsewhere[at] = byte;
      here.set(elsewhere);
      const [one, other] = [orderIds.stand(elsewhere, 1), orderIds.stand(here, 1)];
      elsewhere[at] = before;
      if (one !== other) assert.fail(`byte ${byte} at ${at}: ${one} elsewhere and ${other} here`);
    }
  here.set(elsewhere);
  assert.ok(orderIds.stand(here, 1));
});
