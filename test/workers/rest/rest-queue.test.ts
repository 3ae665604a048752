import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { durationMs, later, type MonotonicNs, NS_PER_MS } from '../../../src/shared/units.ts';
import type { RestResponse } from '../../../src/workers/rest/rest-fetch.ts';
import { RestQueue, type Settled } from '../../../src/workers/rest/rest-queue.ts';

interface Attempt {
  readonly url: string;
  readonly atMs: number;
  resolve(response: RestResponse): void;
  reject(error: Error): void;
}

/** A queue on a clock of the test's, with every attempt answered by the test. */
class Rig {
  now = 0 as MonotonicNs;
  readonly attempts: Attempt[] = [];
  readonly settled: string[] = [];
  told = 0;
  readonly queue: RestQueue;

  constructor(requestsPerSecond = 100) {
    this.queue = new RestQueue({
      url: 'https://host',
      requestsPerSecond,
      chance: () => 0,
      fetch: (url) =>
        new Promise((resolve, reject) => {
          this.attempts.push({ url, atMs: this.now / NS_PER_MS, resolve, reject });
        }),
      now: () => this.now,
      settled: () => this.told++,
    });
  }

  ask(...keys: string[]): this {
    for (const key of keys) this.queue.ask({ path: `/${key}`, key }, this.now);
    return this;
  }

  /** Goes to the queue's deadlines one by one until this time. */
  async run(untilMs: number): Promise<this> {
    const until = later(0 as MonotonicNs, durationMs(untilMs));
    for (let turns = 0; turns < 10_000; turns++) {
      // What the last answers brought about.
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
      const deadline = this.queue.nextDeadline();
      if (deadline > until) break;
      this.now = Math.max(this.now, deadline) as MonotonicNs;
      this.#note(this.queue.pump(this.now));
    }
    this.now = until;
    return this;
  }

  async answer(n: number, response: Partial<RestResponse> | Error): Promise<this> {
    if (response instanceof Error) this.attempts[n]!.reject(response);
    else this.attempts[n]!.resolve({ status: 200, text: '', ...response });
    return this.run(this.now / NS_PER_MS);
  }

  #note(settled: readonly Settled[]): void {
    for (const { request, answer } of settled)
      this.settled.push(
        answer.ok
          ? `${request.key}: ${answer.text}`
          : `${request.key}: ${faultName(answer.fault)} ${answer.detail}`,
      );
  }
}

test('an answer comes to the question it is for, and is told', async () => {
  const rig = await new Rig().ask('a', 'b').run(0);
  assert.deepEqual(
    rig.attempts.map(({ url }) => url),
    ['https://host/a', 'https://host/b'],
  );
  await rig.answer(1, { text: 'second' });
  await rig.answer(0, { text: 'first' });
  assert.deepEqual(rig.settled, ['b: second', 'a: first']);
  assert.equal(rig.told, 2);
  assert.equal(rig.queue.nextDeadline(), Number.POSITIVE_INFINITY);
});

test('no more is asked per second than the venue may bear', async () => {
  const rig = new Rig(2).ask('a', 'b', 'c', 'd', 'e');
  await rig.run(0);
  assert.equal(rig.attempts.length, 2);
  for (const n of [0, 1]) await rig.answer(n, {});
  await rig.run(999);
  assert.equal(rig.attempts.length, 2);
  await rig.run(1000);
  assert.deepEqual(
    rig.attempts.map(({ atMs }) => atMs),
    [0, 0, 1000, 1000],
  );
});

test('few questions are under way at once', async () => {
  const rig = await new Rig().ask(...'abcdefgh').run(100);
  assert.equal(rig.attempts.length, 4);
  await rig.answer(0, {});
  assert.equal(rig.attempts.length, 5);
});

for (const [what, response] of [
  ['an error of the network', new Error('connection reset')],
  ['an error of the server', { status: 503, text: 'busy' }],
  ['a wall in front of it', { status: 403 }],
] as const)
  test(`after ${what} it is asked again, later each time, and given up in the end`, async () => {
    const rig = await new Rig().ask('a').run(0);
    for (let n = 0; n < 5; n++) {
      await rig.answer(n, response);
      await rig.run(rig.now / NS_PER_MS + 8_000);
    }
    const waits = rig.attempts.slice(1).map(({ atMs }, n) => atMs - 8_000 * n);
    assert.deepEqual(waits, [500, 1000, 2000, 4000]);
    assert.equal(rig.settled.length, 1);
    assert.match(rig.settled[0]!, /^a: REST_FAILED \/a: 5 attempts, the last: /);
  });

test('a question that is never answered fails after its time, and its late answer is not heard', async () => {
  const rig = await new Rig().ask('a').run(14_999);
  assert.equal(rig.attempts.length, 1);
  await rig.run(15_500);
  assert.equal(rig.attempts.length, 2);
  await rig.answer(0, { text: 'late' });
  assert.deepEqual(rig.settled, []);
  await rig.answer(1, { text: 'in time' });
  assert.deepEqual(rig.settled, ['a: in time']);
});

test('what the server does not know is not asked again', async () => {
  const rig = await new Rig().ask('a').run(0);
  await rig.answer(0, { status: 400, text: '{"code":-1121,"msg":"Invalid symbol."}' });
  assert.deepEqual(rig.settled, ['a: REST_REFUSED /a: HTTP 400 {"code":-1121,"msg":"Invalid symbol."}']);
});

test('a server that asks to be left alone is left alone, by all questions', async () => {
  const rig = await new Rig().ask('a').run(0);
  await rig.answer(0, { status: 429, retryAfterS: 30 });
  rig.ask('b');
  await rig.run(29_999);
  assert.equal(rig.attempts.length, 1);
  await rig.run(30_000);
  assert.deepEqual(
    rig.attempts.map(({ url, atMs }) => [url.at(-1), atMs]),
    [
      ['a', 0],
      ['a', 30_000],
      ['b', 30_000],
    ],
  );
});

test('nothing is heard of what belonged to a connection that is gone', async () => {
  const rig = await new Rig(1).ask('a', 'b').run(0);
  rig.queue.reset();
  await rig.answer(0, { text: 'old' });
  await rig.run(60_000);
  assert.deepEqual([rig.attempts.length, rig.settled, rig.told], [1, [], 0]);
});

test('what is too much to wait fails at once, and the rest is asked', async () => {
  const rig = new Rig().ask(...Array.from({ length: 10_001 }, (_, n) => `q${n}`));
  await rig.run(0);
  assert.equal(rig.settled.length, 1);
  assert.match(rig.settled[0]!, /^q10000: REST_FAILED .*10000 questions wait already$/);
});
