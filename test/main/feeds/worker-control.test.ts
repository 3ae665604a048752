import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import { ControlError, WorkerControl } from '../../../src/main/feeds/worker-control.ts';
import type { FeedId } from '../../../src/shared/units.ts';
import { CRASH_CHANNEL, type Crash, crashingWorker } from '../../support/crashing-worker.ts';

const FEED = 3 as FeedId;
const LONG_MS = 60_000;

const FEED_IS_UNKNOWN =
  /^ControlError: worker failed at "close": Condition failed: feed 3 runs in this worker$/;
const close = (control: WorkerControl, deadlineMs: number): Promise<void> =>
  control.call('close', deadlineMs, (remote) => remote.close(FEED));

/** A worker that is up, since it has answered. */
async function worker(way: Crash, t: TestContext): Promise<WorkerControl> {
  const control = new WorkerControl('worker', { level: 'silent' }, crashingWorker(way));
  t.after(() => control.terminate());
  await assert.rejects(close(control, LONG_MS), FEED_IS_UNKNOWN);
  return control;
}

function crash(): void {
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  channel.postMessage('crash');
  channel.close();
}

const never = (): Promise<never> => new Promise(() => undefined);

test('a call under way when the worker ends is rejected with its reason, and so is every later one', async (t) => {
  const control = await worker('throw', t);
  const message = /^ControlError: worker ended \(Error: crashed on command\) before it answered "wait"$/;
  const underWay = assert.rejects(control.call('wait', LONG_MS, never), message);
  crash();
  await underWay;
  const { error, exitCode } = await control.ended;
  assert.deepEqual([error?.message, exitCode], ['crashed on command', 1]);
  await assert.rejects(control.call('wait', LONG_MS, never), message);
  await assert.rejects(
    close(control, LONG_MS),
    (caught: ControlError) =>
      caught instanceof ControlError && (caught.cause as Error).message === 'crashed on command',
  );
});

test('a worker that is busy for ever does not answer within the deadline, and can be ended', async (t) => {
  const control = await worker('hang', t);
  crash();
  let answer = '';
  // The word to hang takes its own way, so a call or two may overtake it.
  do answer = await close(control, 300).then(String, String);
  while (FEED_IS_UNKNOWN.test(answer));
  assert.equal(answer, 'ControlError: worker did not answer "close" within 300 ms');
  await control.terminate();
  assert.deepEqual(await control.ended, { error: undefined, exitCode: 1 });
});

test('what cannot be sent to a worker is a failed call', async (t) => {
  const control = await worker('throw', t);
  await assert.rejects(
    control.call('start', LONG_MS, (remote) => remote.start((() => undefined) as never)),
    /^ControlError: worker failed at "start": .*could not be cloned/,
  );
});
