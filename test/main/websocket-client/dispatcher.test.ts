import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDispatcher, type DispatchSource } from '../../../src/main/websocket-client/dispatcher.ts';

/** Something that runs in turns until it is asked to end, or its turns are used up. */
class Worker implements DispatchSource {
  turns = 0;
  isAsked = false;
  readonly #log: string[];
  readonly #name: string;
  readonly #turnsMax: number;

  constructor(log: string[], name: string, turnsMax = Number.POSITIVE_INFINITY) {
    this.#log = log;
    this.#name = name;
    this.#turnsMax = turnsMax;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  close(): void {
    this.isAsked = true;
  }

  turn = (): boolean => {
    this.turns++;
    const isOver = this.isAsked || this.turns > this.#turnsMax;
    if (isOver) this.#log.push(`${this.#name} over`);
    return !isOver;
  };
}

test('nothing runs before dispatch, and dispatch resolves when all is over', async () => {
  const log: string[] = [];
  const rel = createDispatcher();
  const [a, b] = [new Worker(log, 'a', 2), new Worker(log, 'b', 5)];
  rel.read(a, a.turn);
  rel.read(b, b.turn);
  await a.changed();
  assert.equal(a.turns + b.turns, 0);
  await rel.dispatch();
  assert.deepEqual(log, ['a over', 'b over']);
});

test('abort asks each to end, and waits until it has; it may be handed on by itself', async () => {
  const log: string[] = [];
  const rel = createDispatcher();
  const workers = ['a', 'b', 'c'].map((name) => new Worker(log, name));
  for (const worker of workers) rel.read(worker, worker.turn);
  const { abort } = rel;
  rel.timeout(0, abort);
  rel.timeout(3600, () => log.push('too late'));
  await rel.dispatch();
  assert.deepEqual(log, ['a over', 'b over', 'c over']);
});

test('what is given while it dispatches runs too, and timeouts are waited for', async () => {
  const log: string[] = [];
  const rel = createDispatcher();
  rel.timeout(0, () => {
    const late = new Worker(log, 'late', 1);
    rel.read(late, late.turn);
  });
  const cancel = rel.timeout(3600, () => log.push('cancelled'));
  rel.timeout(0, cancel);
  await rel.dispatch();
  assert.deepEqual(log, ['late over']);
});

test('what a turn throws ends all, and dispatch rejects with it', async () => {
  const log: string[] = [];
  const rel = createDispatcher();
  const other = new Worker(log, 'other');
  rel.read(other, other.turn);
  rel.read(new Worker(log, 'broken'), () => {
    throw new RangeError('mine');
  });
  await assert.rejects(rel.dispatch(), { name: 'RangeError', message: 'mine' });
  assert.deepEqual(log, ['other over']);
  await rel.dispatch();
});

for (const signal of [31, 'SIGUSR2'] as const)
  test(`the signal ${signal} is heard as long as it dispatches`, {
    skip: process.platform !== 'linux',
  }, async () => {
    const rel = createDispatcher();
    const worker = new Worker([], 'a');
    rel.read(worker, worker.turn);
    // SIGSYS is 31 on Linux.
    const name = signal === 31 ? 'SIGSYS' : signal;
    rel.signal(signal, rel.abort);
    assert.equal(process.listenerCount(name), 0);
    const over = rel.dispatch();
    assert.equal(process.listenerCount(name), 1);
    process.emit(name, name);
    await over;
    assert.ok(worker.isAsked);
    assert.equal(process.listenerCount(name), 0);
  });

test('a signal that is none is refused', () => {
  assert.throws(() => createDispatcher().signal(999, () => {}), {
    name: 'WebSocketException',
    message: 'signal 999 is unknown',
  });
});

test('it dispatches once at a time', async () => {
  const rel = createDispatcher();
  rel.timeout(0, () => {});
  const over = rel.dispatch();
  await assert.rejects(rel.dispatch(), { name: 'WebSocketException' });
  await over;
});
