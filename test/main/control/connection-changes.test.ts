import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionChanges } from '../../../src/main/control/connection-changes.ts';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import type { ConnectionState } from '../../../src/shared/session/connection-state.ts';
import type { MonotonicNs } from '../../../src/shared/units.ts';

const step = (state: ConnectionState, detail = '') => ({
  state,
  reason: undefined,
  fault: FAULTS.NONE.id,
  code: 0,
  detail,
  at: 0 as MonotonicNs,
});

test('before the first step a connection is disconnected, and then where the last step led', () => {
  const changes = new ConnectionChanges();
  assert.deepEqual([changes.state, changes.last], ['DISCONNECTED', undefined]);
  changes.tell(step('CONNECTING'));
  assert.deepEqual([changes.state, changes.last], ['CONNECTING', step('CONNECTING')]);
});

test('a step that was told already is not told again', () => {
  const changes = new ConnectionChanges();
  const told: string[] = [];
  changes.onChange(({ state, detail }) => told.push(`${state} ${detail}`));
  for (const [state, detail] of [
    ['DISCONNECTED', 'at first'],
    ['CONNECTING', 'once'],
    ['CONNECTING', 'twice'],
    ['CLOSED', 'once'],
    ['CLOSED', 'twice'],
  ] as const)
    changes.tell(step(state, detail));
  assert.deepEqual(told, ['CONNECTING once', 'CLOSED once']);
});

test('a listener hears until it is ended, also where it ends itself or is given twice', () => {
  const changes = new ConnectionChanges();
  const told: string[] = [];
  const listen = (name: string) => changes.onChange(({ state }) => told.push(`${name} ${state}`));
  const endFirst = listen('first');
  const both = ({ state }: { state: string }): void => void told.push(`both ${state}`);
  changes.onChange(both);
  const endSecond = changes.onChange(both);
  const endSelf = changes.onChange(({ state }) => {
    told.push(`self ${state}`);
    endSelf();
  });
  changes.tell(step('CONNECTING'));
  endFirst();
  endSecond();
  endSecond();
  changes.tell(step('CONNECTED'));
  assert.deepEqual(told, [
    'first CONNECTING',
    'both CONNECTING',
    'both CONNECTING',
    'self CONNECTING',
    'both CONNECTED',
  ]);
});

test('a listener that throws keeps nobody else from hearing, and its error is not lost', async () => {
  const changes = new ConnectionChanges();
  // The test runner listens too, and would count it as the test's own.
  const runners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  changes.onChange(() => {
    throw new Error('listener failed');
  });
  let heard = false;
  changes.onChange(() => {
    heard = true;
  });
  changes.tell(step('CONNECTING'));
  assert.ok(heard);
  assert.equal(((await uncaught) as Error).message, 'listener failed');
  for (const runner of runners) process.on('uncaughtException', runner);
});
