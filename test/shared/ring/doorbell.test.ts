import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { Doorbell } from '../../../src/shared/ring/doorbell.ts';

/** The two ends of one bell, as two threads would make them. */
function bell(): { reader: Doorbell; writer: Doorbell } {
  const memory = Doorbell.memory();
  return { reader: new Doorbell(memory), writer: new Doorbell(memory) };
}

test('ringing an awake reader is one atomic load and wakes nobody', (t) => {
  const { reader, writer } = bell();
  reader.arm();
  reader.disarm();
  const load = t.mock.method(Atomics, 'load');
  const others = (['store', 'exchange', 'compareExchange', 'notify'] as const).map((name) =>
    t.mock.method(Atomics, name),
  );
  for (let i = 0; i < 5; i++) writer.ring();
  assert.equal(load.mock.callCount(), 5);
  for (const other of others) assert.equal(other.mock.callCount(), 0);
});

test('of many rings of a parked reader one notifies', (t) => {
  const { reader, writer } = bell();
  reader.arm();
  const notify = t.mock.method(Atomics, 'notify');
  for (let i = 0; i < 5; i++) writer.ring();
  assert.equal(notify.mock.callCount(), 1);
});

const SYNC: readonly { title: string; before: (ends: ReturnType<typeof bell>) => void; rang: boolean }[] = [
  {
    title: 'a wait that nobody ends is over when its time is',
    before: ({ reader }) => reader.arm(),
    rang: false,
  },
  {
    title: 'a ring between arm and wait is not lost',
    before: ({ reader, writer }) => {
      reader.arm();
      writer.ring();
    },
    rang: true,
  },
  {
    title: 'a wake between arm and wait is not lost',
    before: ({ reader, writer }) => {
      reader.arm();
      writer.wake();
    },
    rang: true,
  },
  {
    title: 'a ring before arm does not count',
    before: ({ reader, writer }) => {
      writer.ring();
      reader.arm();
    },
    rang: false,
  },
  { title: 'a wait without arm returns at once', before: () => {}, rang: true },
];

for (const { title, before, rang } of SYNC) {
  test(title, () => {
    const ends = bell();
    before(ends);
    assert.equal(ends.reader.waitSync(0), rang);
    assert.equal(ends.reader.waitSync(0), true, 'disarmed afterwards');
  });
}

test('a ring at the very moment the time is up counts as one', (t) => {
  const { reader, writer } = bell();
  reader.arm();
  t.mock.method(Atomics, 'wait', () => {
    writer.ring();
    return 'timed-out';
  });
  assert.equal(reader.waitSync(1), true);
});

test('a wait that ends early, by a writer that was held up since the sleep before, does not say that the time is up', (t) => {
  const { reader, writer } = bell();
  const notify = Atomics.notify;
  t.mock.method(Atomics, 'notify', () => 0);
  reader.arm();
  writer.ring();
  assert.equal(reader.waitSync(0), true);
  reader.arm();
  t.mock.method(Atomics, 'wait', (array: Int32Array, index: number) => {
    notify(array, index);
    return 'ok';
  });
  assert.equal(reader.waitSync(1), true);
});

test('a wait without a time breaks an invariant', () => {
  assert.throws(() => bell().reader.waitSync(Number.NaN), InvariantError);
});

// A pending waitAsync does not keep the process alive, so each test holds a timer while it awaits.
async function awake(wait: Promise<void> | undefined): Promise<void> {
  assert.ok(wait !== undefined, 'the bell had rung already');
  const alive = setInterval(() => {}, 1000);
  await wait;
  clearInterval(alive);
}

for (const how of ['ring', 'wake'] as const) {
  test(`an asynchronous wait ends with ${how}, again and again`, async () => {
    const { reader, writer } = bell();
    for (let i = 0; i < 5; i++) {
      reader.arm();
      const wait = reader.waitAsync();
      writer[how]();
      await awake(wait);
    }
  });

  test(`there is no asynchronous wait after ${how}`, () => {
    const { reader, writer } = bell();
    reader.arm();
    writer[how]();
    assert.equal(reader.waitAsync(), undefined);
  });
}

test('a wait that was given up does not take the wake of the one after it', async () => {
  const { reader, writer } = bell();
  reader.arm();
  const given = reader.waitAsync();
  reader.disarm();
  reader.arm();
  const wait = reader.waitAsync();
  writer.ring();
  await awake(wait);
  await awake(given);
});

test('wake ends a wait that was given up', async () => {
  const { reader, writer } = bell();
  reader.arm();
  const given = reader.waitAsync();
  reader.disarm();
  writer.wake();
  await awake(given);
});
