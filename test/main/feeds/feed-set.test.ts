import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Feed } from '../../../src/main/feeds/feed.ts';
import { FeedSet } from '../../../src/main/feeds/feed-set.ts';
import { InstrumentRegistry } from '../../../src/main/feeds/instrument-registry.ts';
import { ControlError, FEED_WORKER, type WorkerProgram } from '../../../src/main/feeds/worker-control.ts';
import { createLog } from '../../../src/main/log.ts';
import { FeedCounterWriter } from '../../../src/shared/counters/counter-block.ts';
import { FEED } from '../../../src/shared/counters/feed-counters.ts';
import type { FeedId, InstrumentId } from '../../../src/shared/units.ts';
import { crashingWorker } from '../../support/crashing-worker.ts';
import { idleFeed } from '../../support/idle-feed.ts';

class Rig implements AsyncDisposable {
  readonly set: FeedSet;
  nowMs = 0;

  constructor(threads: number, program: WorkerProgram = FEED_WORKER) {
    const log = createLog('silent');
    this.set = new FeedSet({ threads, level: 'silent', log, program, clock: () => this.nowMs });
  }

  /** A connection with so many subscriptions. */
  add(subscriptions: number): Feed {
    const feed = idleFeed(this.set.nextId);
    feed.want(
      Array.from({ length: subscriptions }, (_, n) => ({ channel: 'trade', instrument: n as InstrumentId })),
    );
    this.set.add([feed]);
    return feed;
  }

  /** The number of each connection's worker, in the order in which they are first met. */
  workers(): number[] {
    const met = [...new Set(this.set.feeds.map((feed) => this.set.supervisorOf(feed)))];
    return this.set.feeds.map((feed) => met.indexOf(this.set.supervisorOf(feed)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.set.retire();
    await this.set.end();
  }
}

const SHARES: readonly [title: string, threads: number, subscriptions: number[], workers: number[]][] = [
  ['each has one where there are enough', 8, [5, 5, 5], [0, 1, 2]],
  ['they are shared evenly', 2, [5, 5, 5, 5, 5], [0, 1, 0, 1, 0]],
  ['they are shared by what they are subscribed to', 2, [10, 400, 10, 10], [0, 1, 0, 0]],
  ['one takes all', 1, [5, 5], [0, 0]],
];

for (const [title, threads, subscriptions, workers] of SHARES)
  test(`of ${threads} workers for ${subscriptions.length} connections, ${title}`, async () => {
    await using rig = new Rig(threads);
    for (const count of subscriptions) rig.add(count);
    await rig.set.start();
    assert.deepEqual(rig.workers(), workers);
    assert.ok(rig.set.feeds.every(({ changes }) => changes.state === 'DISCONNECTED'));
  });

test('later connections have a worker of their own while there are fewer than allowed', async () => {
  await using rig = new Rig(3);
  rig.add(1);
  await rig.set.start();
  await rig.set.open([rig.add(1), rig.add(1)]);
  assert.deepEqual(rig.workers(), [0, 1, 2]);
});

test('later connections go to the worker that has read least', async () => {
  await using rig = new Rig(2);
  // The busy one is dealt out first, so that it is the first of two that nothing is known of.
  const [busy, quiet] = [rig.add(500), rig.add(1)];
  await rig.set.start();
  count(busy, 9_000);
  count(quiet, 10);
  rig.nowMs += 2_000;
  await rig.set.open([rig.add(1)]);
  assert.deepEqual(rig.workers(), [0, 1, 1]);
});

test('a connection that is over counts for nothing', async () => {
  await using rig = new Rig(2);
  const [first] = [rig.add(1), rig.add(1)];
  await rig.set.start();
  const { worker } = rig.set.supervisorOf(first!)!;
  await worker!.call('close', 5_000, (remote) => remote.close(first!.id));
  count(first!, 9_000);
  rig.nowMs += 2_000;
  await rig.set.open([rig.add(1)]);
  assert.deepEqual(rig.workers(), [0, 1, 0]);
});

test('a worker that cannot be started for a later connection is told, and the connection is given up with it', async () => {
  await using rig = new Rig(2, crashingWorker('throw', new URL(import.meta.url).pathname));
  const feed = rig.add(1);
  await assert.rejects(rig.set.open([feed]), ControlError);
  const until = performance.now() + 15_000;
  while (!feed.over && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(rig.set.over);
});

test('names are those of the connections, later ones included', async () => {
  await using rig = new Rig(1);
  const names = rig.set.names(new InstrumentRegistry());
  const [first, second] = [rig.add(1), rig.add(1)];
  assert.deepEqual(
    [first, second].map((feed) => [names.feedNameOf(feed!.id), names.exchangeOf(feed!.id)]),
    [
      ['kraken#0', 'kraken'],
      ['kraken#1', 'kraken'],
    ],
  );
  assert.equal(names.symbolOf(7 as InstrumentId), '');
  assert.equal(rig.set.nextId, 2 as FeedId);
});

/** Writes what a worker would, while it writes nothing: the connection rests. */
function count(feed: Feed, messages: number): void {
  const writer = new FeedCounterWriter(feed.config().counters);
  feed.counters().forEach((value, word) => {
    writer.local[word] = value;
  });
  writer.local[FEED.messages] = messages;
  writer.publish();
}
