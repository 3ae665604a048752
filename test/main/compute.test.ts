import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Compute } from '../../src/main/compute.ts';
import { ComputeError, MisuseError } from '../../src/main/index.ts';
import { onStage } from '../system/support.ts';

const TASKS = new URL('../support/compute-tasks.js', import.meta.url);

interface Where {
  readonly isMainThread: boolean;
  readonly threadId: number;
  readonly env: number;
}

/** The id of a thread started now; each thread has the next one. */
async function nextThreadId(): Promise<number> {
  const worker = new Worker('', { eval: true });
  const { threadId } = worker;
  await once(worker, 'exit');
  return threadId;
}

async function using(play: (compute: Compute) => Promise<void>): Promise<void> {
  const compute = new Compute();
  try {
    await play(compute);
  } finally {
    await compute.close();
  }
}

/** Memory of `hold`, which waits for a word that nobody sets. */
function gate() {
  const shared = new SharedArrayBuffer(8);
  const words = new Int32Array(shared);
  return {
    shared,
    begun: async (count: number): Promise<void> => {
      for (let seen = Atomics.load(words, 0); seen < count; seen = Atomics.load(words, 0)) {
        const wait = Atomics.waitAsync(words, 0, seen, 10_000);
        if (wait.async) assert.notEqual(await wait.value, 'timed-out');
      }
    },
  };
}

test('no thread runs before the first task, and tasks run on another thread without the environment', async () => {
  const before = await nextThreadId();
  await using(async (compute) => {
    assert.equal(await nextThreadId(), before + 1);
    const { isMainThread, threadId, env } = await compute.run<Where>(TASKS, undefined);
    assert.deepEqual([isMainThread, env], [false, 0]);
    assert.ok(threadId > before + 1);
  });
  await new Compute().close();
});

test('shared memory is shared, other memory is copied, or handed over where asked for', async () => {
  await using(async (compute) => {
    const shared = new SharedArrayBuffer(4);
    for (let n = 0; n < 3; n++) assert.equal(await compute.run(TASKS, shared, { name: 'addOne' }), n);
    assert.equal(new Int32Array(shared)[0], 3);
    const values = Float64Array.of(1, 2, 3.5);
    assert.equal(await compute.run(TASKS, values, { name: 'sum' }), 6.5);
    assert.equal(values.length, 3);
    assert.equal(await compute.run(TASKS, values, { name: 'sum', transfer: [values.buffer] }), 6.5);
    assert.equal(values.length, 0);
  });
});

for (const [what, name, data, message, cause] of [
  ['throws', 'fail', 'out of range', /compute-tasks\.js failed: out of range$/, 'RangeError: out of range'],
  ['rejects with text', 'rejectWithText', 'no', /compute-tasks\.js failed: no$/, 'no'],
  ['is no function of the module', 'missing', 0, /compute-tasks\.js failed: /, ''],
  ['is given what cannot be sent', 'sum', () => 0, /compute-tasks\.js failed: .*could not be cloned/, ''],
] as const)
  test(`a task that ${what} rejects with the cause, and the next one runs`, async () => {
    await using(async (compute) => {
      await assert.rejects(compute.run(TASKS, data, { name }), (error) => {
        assert.ok(error instanceof ComputeError);
        assert.match(error.message, message);
        if (cause !== '') assert.equal(String(error.cause), cause);
        return true;
      });
      assert.equal(await compute.run(TASKS, Float64Array.of(1), { name: 'sum' }), 1);
    });
  });

test('a module that is not there rejects with the cause', async () => {
  await using(async (compute) => {
    await assert.rejects(
      compute.run(new URL('./no-such-task.js', import.meta.url), 0),
      /^ComputeError: .*no-such-task\.js failed: Cannot find module/,
    );
  });
});

test('an abort ends a running task with its thread, and others go on', async () => {
  await using(async (compute) => {
    const { shared, begun } = gate();
    const stop = new AbortController();
    const running = assert.rejects(compute.run(TASKS, shared, { name: 'hold', signal: stop.signal }), {
      name: 'AbortError',
    });
    await begun(1);
    stop.abort();
    await running;
    assert.equal(await compute.run(TASKS, Float64Array.of(1), { name: 'sum' }), 1);
    await assert.rejects(compute.run(TASKS, shared, { name: 'hold', signal: stop.signal }), {
      name: 'AbortError',
    });
  });
});

test('with its threads busy, tasks wait up to a bound, can be taken out again, and end with the pool', async () => {
  const compute = new Compute();
  const { shared, begun } = gate();
  const held = { name: 'hold' } as const;
  const outcomes: Promise<string>[] = [];
  const add = (signal?: AbortSignal): void => {
    outcomes.push(
      compute
        .run<string>(TASKS, shared, { ...held, signal })
        .catch((error: Error) => `${error.name}: ${error.message}`),
    );
  };
  add();
  await begun(1);
  const stop = new AbortController();
  // Far more than there are threads: the pool is full, the queue is full, the rest is refused at once.
  for (let n = 0; n < 2000; n++) add(n === 1000 ? stop.signal : undefined);
  const refused = (await Promise.all(outcomes.slice(-900))).filter((outcome) =>
    outcome.startsWith('MisuseError'),
  );
  assert.equal(refused.length, 900);
  assert.equal(
    refused[0],
    'MisuseError: Condition failed: at most 1024 compute tasks wait; await some before handing off more',
  );
  stop.abort();
  assert.match(await outcomes[1001]!, /^AbortError/);
  await compute.close();
  const ended = await Promise.all(outcomes);
  assert.ok(
    ended.slice(0, 1000).every((outcome) => /^ComputeError: .*Terminating worker thread/.test(outcome)),
    ended[0],
  );
  await assert.rejects(
    compute.run(TASKS, undefined),
    new MisuseError('Condition failed: compute.run is called before feeds are closed'),
  );
});

test('closing the feeds closes the pool', async () => {
  await onStage({}, { channels: ['trade'] }, async ({ feeds }) => {
    const { shared, begun } = gate();
    const running = assert.rejects(feeds.compute.run(TASKS, shared, { name: 'hold' }), ComputeError);
    await begun(1);
    await feeds.close();
    await running;
    await assert.rejects(feeds.compute.run(TASKS, undefined), MisuseError);
  });
});
