import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { AttemptWindow } from '../../src/shared/session/attempt-window.ts';
import { durationMs } from '../../src/shared/units.ts';
import type { AttemptStressData } from './attempt-taker.ts';

const TAKERS = 4;
const LIMIT = 8;
const WINDOW = durationMs(0.05);

test(`${TAKERS} threads that take without pause never have more than ${LIMIT} attempts in a window`, async (t) => {
  const workerData: AttemptStressData = {
    window: AttemptWindow.memory(LIMIT),
    windowNs: WINDOW,
    ready: new SharedArrayBuffer(4),
    takers: TAKERS,
    tries: 300_000,
  };
  const script = new URL('./attempt-taker.js', import.meta.url);
  const lists = await Promise.all(
    Array.from({ length: TAKERS }, async () => {
      const [taken] = (await once(new Worker(script, { workerData }), 'message')) as [number[]];
      return taken;
    }),
  );
  const taken = lists.flat().sort((a, b) => a - b);
  for (let i = LIMIT; i < taken.length; i++)
    assert.ok(taken[i]! - taken[i - LIMIT]! >= WINDOW, `attempts ${i - LIMIT} to ${i} are within a window`);
  for (const [i, list] of lists.entries()) assert.ok(list.length > 0, `thread ${i} was let through`);
  t.diagnostic(lists.map((list) => list.length).join(' + '));
});
