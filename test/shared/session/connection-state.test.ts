import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONNECTION_STATE_CODES,
  CONNECTION_STATES,
  type ConnectionState,
  canConnect,
  canSend,
  connectionState,
  isTerminal,
  mayFollow,
} from '../../../src/shared/session/connection-state.ts';

const where = (holds: (state: ConnectionState) => boolean): string =>
  CONNECTION_STATES.filter(holds).join(' ');

test('each state says whether one can connect, send, or do nothing any more', () => {
  assert.equal(where(canConnect), 'DISCONNECTED RECONNECTING');
  assert.equal(where(canSend), 'CONNECTED');
  assert.equal(where(isTerminal), 'CLOSED');
});

const STEPS: Readonly<Record<ConnectionState, string>> = {
  DISCONNECTED: 'CONNECTING RECONNECTING CLOSED',
  CONNECTING: 'DISCONNECTED CONNECTED RECONNECTING CLOSING CLOSED',
  CONNECTED: 'DISCONNECTED RECONNECTING CLOSING CLOSED',
  RECONNECTING: 'DISCONNECTED CONNECTING CLOSED',
  CLOSING: 'DISCONNECTED RECONNECTING CLOSED',
  CLOSED: '',
};
for (const from of CONNECTION_STATES)
  test(`${from} is followed by ${STEPS[from] === '' ? 'nothing' : STEPS[from]}`, () => {
    assert.equal(
      where((to) => mayFollow(from, to)),
      STEPS[from],
    );
  });

test('a state is read back from its code', () => {
  for (const state of CONNECTION_STATES) assert.equal(connectionState(CONNECTION_STATE_CODES[state]), state);
});
