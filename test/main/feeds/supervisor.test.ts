import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import { ControlError, Feeds, MisuseError, type Stats } from '../../../src/main/index.ts';
import { CRASH_CHANNEL, crashingWorker } from '../../support/crashing-worker.ts';
import { onStage, QUICK_TIMES, type Stage, Witness } from '../../system/support.ts';

const CHANNELS = ['trade', 'ticker', { name: 'book', depth: 10 }] as const;
const LOST = 'disconnected WORKER_FAILED';
const RESTARTED = 'restarted WORKER_FAILED';
const CLOSED = 'closed WORKER_FAILED';

/** Lets every worker of this process that listens crash. */
function crash(): void {
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  channel.postMessage('crash');
  channel.close();
}

const times = (all: readonly string[], one: string): number => all.filter((text) => text === one).length;

const allLive = ({ witness, until }: Stage, lives = 1): Promise<void> =>
  until('every book is live', () => times(witness.statuses(), 'live') >= 4 * lives);

function assertCountersHold({ feeds: [feed] }: Stats): void {
  for (const flow of [feed!, ...Object.values(feed!.byKind)])
    assert.equal(flow.received, flow.delivered + flow.dropped + flow.conflated);
}

/** A condition of the worker's side, while nothing is taken from the ring. */
async function eventually(holds: () => boolean, withinMs = 15_000): Promise<void> {
  for (
    const until = performance.now() + withinMs;
    !holds();
    await new Promise((resolve) => setTimeout(resolve, 5))
  )
    assert.ok(performance.now() < until, `not within ${withinMs} ms: ${holds}`);
}

for (const [way, reason] of [
  ['throw', 'Error: crashed on command'],
  ['reject', 'TypeError: rejected on command'],
  ['exit', 'exit code 7'],
  ['memory', 'Worker terminated due to reaching memory limit'],
] as const)
  test(`a worker that ends by "${way}" is announced in band and followed by another, in a new epoch`, async () => {
    await onStage(
      { rate: 1_000 },
      { channels: [...CHANNELS] },
      async (stage) => {
        const { feeds, witness } = stage;
        await allLive(stage);
        const before = feeds.stats().feeds[0]!;
        let between: Stats | undefined;
        const onStatus = witness.onStatus;
        witness.onStatus = (view) => {
          if (view.status === 'restarted') between = feeds.stats();
          onStatus(view);
        };
        crash();
        await allLive(stage, 2);
        const { events } = witness;
        const lost = events.findIndex((event) => event.type === 'status' && event.status === 'disconnected');
        assert.deepEqual(
          events
            .slice(lost - 1, lost + 2)
            .map((event) => `${event.type} ${'fault' in event ? event.fault : ''}`),
          ['gap WORKER_FAILED', 'status WORKER_FAILED', 'status WORKER_FAILED'],
        );
        const [, , connecting] = witness.of('status').slice(witness.statuses().indexOf(LOST));
        assert.deepEqual(
          [witness.statuses()[witness.statuses().indexOf(LOST) + 1], connecting!.status],
          [RESTARTED, 'connecting'],
        );
        assert.ok(events.slice(0, lost + 2).every(({ epoch }) => epoch <= 1));
        assert.ok(events.slice(lost + 2).every(({ epoch, type }) => epoch === 2 || type === 'status'));
        const { detail } = events[lost] as { detail: string };
        assert.ok(
          detail.startsWith('the worker ended and is started anew: ') && detail.includes(reason),
          detail,
        );
        assert.deepEqual(witness.broken, []);

        assert.equal(between!.feeds[0]!.state, 'RECONNECTING');
        assert.ok(between!.feeds[0]!.symbols.every(({ book }) => book === 'stale'));
        assertCountersHold(between!);
        const after = feeds.stats().feeds[0]!;
        assertCountersHold(feeds.stats());
        assert.ok(after.received > before.received && after.messages > before.messages);
        assert.deepEqual([after.epochs, after.reconnects, after.state, after.gaps], [2, 1, 'CONNECTED', 1]);
        assert.ok(after.symbols.every(({ book }) => book === 'live'));
        assert.equal(after.checksums.failed, 0);
      },
      {},
      crashingWorker(way),
    );
  });

test('a worker that ends again and again is given up: its feed is closed, and run resolves', async () => {
  await onStage(
    { rate: 100 },
    { channels: [...CHANNELS] },
    async ({ feeds, witness }) => {
      witness.onEvent = (event) => {
        if (event.type === 'status' && event.status === 'connecting') crash();
      };
      await feeds.run(witness);
      const statuses = witness.statuses();
      assert.deepEqual(
        [times(statuses, LOST), times(statuses, RESTARTED), times(statuses, CLOSED)],
        [6, 5, 1],
      );
      assert.equal(statuses.at(-1), CLOSED);
      assert.match(
        witness.of('status').at(-1)!.detail,
        /^the feed is given up, its worker ended 6 times within 60 s: Error: crashed/,
      );
      assert.equal(feeds.stats().feeds[0]!.state, 'CLOSED');
      assertCountersHold(feeds.stats());
      await assert.rejects(
        feeds.subscribe({ symbols: ['BTC/USD'], channels: ['trade'] }),
        new MisuseError('Condition failed: subscribe is for open feeds, kraken#0 is over'),
      );
      await feeds.run(witness);
    },
    {},
    crashingWorker('throw'),
  );
});

test('a worker that cannot be loaded is the reason why feeds do not open', async () => {
  const options = {
    feeds: [{ exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: 'ws://127.0.0.1:9/' }],
    log: { level: 'silent' },
  } as const;
  const here = new URL(import.meta.url).pathname;
  await assert.rejects(new Feeds(options, crashingWorker('throw', here)).start(), (error) => {
    assert.ok(error instanceof ControlError);
    assert.equal(
      error.message,
      'ringfeed-0 ended (Error: broken while loading) before it answered "start kraken#0"',
    );
    assert.equal((error.cause as Error).message, 'broken while loading');
    return true;
  });
  await assert.rejects(
    new Feeds(options, { url: new URL('./no-such-worker.js', import.meta.url) }).start(),
    /ended \(Error: Cannot find module/,
  );
});

test('a worker that cannot be loaded when it is started anew is tried again, each time announced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfeed-'));
  const brokenBy = join(folder, 'broken');
  try {
    await onStage(
      { rate: 500 },
      { channels: [...CHANNELS] },
      async (stage) => {
        const { witness, until, feeds } = stage;
        await allLive(stage);
        writeFileSync(brokenBy, '');
        crash();
        await until('the second attempt has failed', () => times(witness.statuses(), LOST) >= 3);
        rmSync(brokenBy);
        await allLive(stage, 2);
        assert.match(
          witness.of('status').filter(({ status }) => status === 'restarted')[1]!.detail,
          /broken while loading/,
        );
        assert.deepEqual(witness.broken, []);
        assertCountersHold(feeds.stats());
      },
      {},
      crashingWorker('throw', brokenBy),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('where the ring was full when the worker ended, the notices come as soon as there is room, before anything new', async () => {
  await onStage(
    { rate: 8_000 },
    { channels: [...CHANNELS] },
    async (stage) => {
      const { feeds, witness } = stage;
      await allLive(stage);
      await eventually(() => feeds.stats().feeds[0]!.ring.heldBytes > 65_536 - 256);
      crash();
      await eventually(() => feeds.stats().feeds[0]!.state === 'RECONNECTING');
      const before = feeds.stats().feeds[0]!.ring.heldBytes;
      // Longer than a restart takes: with a new worker, this ring would have two producers.
      const restarts = eventually(() => feeds.stats().feeds[0]!.state !== 'RECONNECTING', 600);
      await assert.rejects(restarts, /not within/);
      assert.ok(feeds.stats().feeds[0]!.ring.heldBytes - before <= 96, 'at most the gap found room');
      while (feeds.poll(witness, 1) > 0);
      assert.deepEqual(witness.statuses().slice(-2), [LOST, RESTARTED]);
      assert.equal(witness.of('gap').at(-1)!.fault, 'WORKER_FAILED');
      await allLive(stage, 2);
      assert.deepEqual(witness.broken, []);
      assertCountersHold(feeds.stats());
    },
    { ring: { bytes: 65_536 } },
    crashingWorker('throw'),
  );
});

test('close while a worker is being started anew ends everything, and closed is the last record', async () => {
  await onStage(
    { rate: 500 },
    { channels: [...CHANNELS] },
    async (stage) => {
      const { feeds, witness } = stage;
      await allLive(stage);
      let closing: Promise<void> | undefined;
      witness.onEvent = (event) => {
        if (event.type === 'status' && event.status === 'restarted') closing = feeds.close();
      };
      crash();
      await feeds.run(witness);
      await closing;
      assert.deepEqual(witness.statuses().slice(-3), [LOST, RESTARTED, 'closed']);
      assert.equal(feeds.stats().feeds[0]!.state, 'CLOSED');
      assertCountersHold(feeds.stats());
      assert.equal(feeds.poll(witness, 1), 0);
    },
    {},
    crashingWorker('throw'),
  );
});

for (const [what, readied] of [
  ['during', false],
  ['before', true],
] as const)
  test(`close ends in closed, with the worker lost ${what} it`, async () => {
    await onStage(
      { rate: 500 },
      { channels: [...CHANNELS] },
      async (stage) => {
        const { feeds, witness } = stage;
        await allLive(stage);
        crash();
        if (readied) await eventually(() => feeds.stats().feeds[0]!.state === 'RECONNECTING');
        await feeds.close();
        await feeds.run(witness);
        // No other worker was promised once the end was decided.
        assert.equal(witness.statuses().includes(RESTARTED), readied);
        assert.match(witness.statuses().at(-1)!, /^closed/);
        assert.equal(feeds.stats().feeds[0]!.state, 'CLOSED');
        assertCountersHold(feeds.stats());
      },
      {},
      crashingWorker('throw'),
    );
  });

test('a subscription asked for while the worker ends is made by the next one', async () => {
  await onStage(
    { rate: 500 },
    { symbols: ['BTC/USD'], channels: ['trade'] },
    async ({ feeds, witness, until }) => {
      await until('trades', () => witness.of('trade').length > 5);
      crash();
      await feeds.subscribe({ symbols: ['ETH/USD'], channels: ['trade'] }).catch((error: unknown) => {
        assert.ok(error instanceof ControlError);
      });
      await until('the worker was started anew', () => witness.statuses().includes(RESTARTED));
      const before = witness.of('trade').length;
      await until(
        'trades of both',
        () =>
          new Set(
            witness
              .of('trade')
              .slice(before)
              .map(({ symbol }) => symbol),
          ).size === 2,
      );
    },
    {},
    crashingWorker('throw'),
  );
});

test('feeds that share a worker are all told, and all come back', async () => {
  await onStage({ rate: 500 }, { channels: ['trade'] }, async ({ simulator }) => {
    const feed = { symbols: simulator.symbols, channels: ['trade'], times: QUICK_TIMES } as const;
    await using feeds = new Feeds(
      {
        feeds: [
          { ...feed, exchange: 'kraken', url: simulator.urls.kraken },
          { ...feed, exchange: 'kraken-v1', url: simulator.urls['kraken-v1'] },
        ],
        threads: 1,
        log: { level: 'silent' },
      },
      crashingWorker('throw'),
    );
    await feeds.start();
    const witness = new Witness();
    const stop = new AbortController();
    let crashed = 0;
    witness.onEvent = () => {
      const counts = ['kraken#0', 'kraken-v1#1'].map(
        (name) => witness.of('trade').filter(({ feed, epoch }) => feed === name && epoch > crashed).length,
      );
      if (counts.some((count) => count === 0)) return;
      if (crashed++ === 0) crash();
      else stop.abort();
    };
    await feeds.run(witness, { signal: stop.signal });
    for (const name of ['kraken#0', 'kraken-v1#1'])
      assert.ok(
        witness
          .of('status')
          .some(
            ({ feed, status, fault }) => feed === name && status === 'restarted' && fault === 'WORKER_FAILED',
          ),
      );
  });
});
