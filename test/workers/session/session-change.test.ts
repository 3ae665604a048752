import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import type { MonotonicNs } from '../../../src/shared/units.ts';
import type { SessionAction } from '../../../src/workers/session/session-actions.ts';
import { sessionChange } from '../../../src/workers/session/session-change.ts';
import { feedStatus } from '../../../src/workers/session/session-status.ts';

const AT = 7 as MonotonicNs;
const { NONE, SERVER_CLOSED, RETRIES_EXHAUSTED, PING_TIMEOUT } = FAULTS;

const LOST = feedStatus('disconnected', 'bye', SERVER_CLOSED.id, 1001);

const CASES: readonly {
  title: string;
  actions: readonly SessionAction[];
  fault: number;
  cause?: number;
  code: number;
  detail: string;
}[] = [
  {
    title: 'an attempt says nothing of an end',
    actions: [feedStatus('connecting'), { kind: 'connect' }],
    fault: NONE.id,
    code: 0,
    detail: '',
  },
  {
    title: 'an end is told with its fault and code, and its words rather than those of the wait',
    actions: [LOST, feedStatus('reconnecting', 'retry 1', NONE.id, 500)],
    fault: SERVER_CLOSED.id,
    code: 1001,
    detail: 'bye',
  },
  {
    title: 'a wait without an end before it says what is waited for',
    actions: [feedStatus('reconnecting', 'the venue allows no more attempts before', NONE.id, 500)],
    fault: NONE.id,
    code: 0,
    detail: 'the venue allows no more attempts before',
  },
  {
    title: 'the last of the retries says that it was, and how it ended',
    actions: [LOST, feedStatus('closed', 'after 3 retries', RETRIES_EXHAUSTED.id), { kind: 'done' }],
    fault: RETRIES_EXHAUSTED.id,
    cause: SERVER_CLOSED.id,
    code: 1001,
    detail: 'after 3 retries: bye',
  },
  {
    title: 'the same where the feed rests then',
    actions: [LOST, feedStatus('fault', 'after 0 retries', RETRIES_EXHAUSTED.id)],
    fault: RETRIES_EXHAUSTED.id,
    cause: SERVER_CLOSED.id,
    code: 1001,
    detail: 'after 0 retries: bye',
  },
  {
    title: 'a cut says what for, and that nothing has ended yet',
    actions: [{ kind: 'terminate', fault: PING_TIMEOUT.id, detail: 'no pong within 10 ms' }],
    fault: NONE.id,
    code: 0,
    detail: 'no pong within 10 ms',
  },
  {
    title: 'a closing handshake says who wanted it',
    actions: [{ kind: 'close', code: 1000, reason: 'SCHEDULED' }],
    fault: NONE.id,
    code: 0,
    detail: 'SCHEDULED',
  },
];

for (const { title, actions, ...told } of CASES)
  test(`of a change: ${title}`, () => {
    const { state, reason, at, ...rest } = sessionChange('CLOSING', 'SERVER_CLOSED', actions, AT);
    assert.deepEqual([state, reason, at], ['CLOSING', 'SERVER_CLOSED', AT]);
    assert.deepEqual(rest, told);
  });
