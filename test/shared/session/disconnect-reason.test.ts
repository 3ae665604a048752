import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import {
  isProactive,
  isReactive,
  PROACTIVE_REASONS,
  REACTIVE_REASONS,
  reasonOf,
} from '../../../src/shared/session/disconnect-reason.ts';

test('a reason is either ours or the world’s', () => {
  for (const reason of PROACTIVE_REASONS)
    assert.deepEqual([isProactive(reason), isReactive(reason)], [true, false]);
  for (const reason of REACTIVE_REASONS)
    assert.deepEqual([isProactive(reason), isReactive(reason)], [false, true]);
});

test('every fault of a connection has a reason, and what is not told apart is the network’s', () => {
  assert.equal(reasonOf(FAULTS.SERVER_CLOSED.id), 'SERVER_CLOSED');
  assert.equal(reasonOf(FAULTS.PING_TIMEOUT.id), 'PING_TIMEOUT');
  assert.equal(reasonOf(FAULTS.FEED_SILENT.id), 'FEED_SILENT');
  assert.equal(reasonOf(FAULTS.PROTOCOL_ERROR.id), 'PROTOCOL_ERROR');
  assert.equal(reasonOf(FAULTS.MESSAGE_TOO_LONG.id), 'PROTOCOL_ERROR');
  assert.equal(reasonOf(FAULTS.TLS_FAILED.id), 'NETWORK_ERROR');
});
