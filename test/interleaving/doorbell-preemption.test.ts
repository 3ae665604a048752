import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { fillRecord, ringAt } from '../support/ring-records.ts';
import { type Scene, type Sweep, sweep } from './preempt.ts';

type WriterStep = 'publish' | 'ring';
type ReaderStep = 'arm' | 'look' | 'wait';

/** The order each side must keep, which is what `doorbell.ts` explains. */
const WRITER: readonly WriterStep[] = ['publish', 'ring'];
const READER: readonly ReaderStep[] = ['arm', 'look', 'wait'];

/**
 * Two writers, each with a ring of its own, and a reader of both.
 *
 * The reader sleeps as the real one does, in `Atomics.waitAsync`. Whether it still does is told by how many
 * sleepers `Atomics.notify` finds at the end, so no promise is awaited and nothing depends on time.
 */
class Threads {
  readonly #rings = [ringAt(0, 4096), ringAt(0, 4096)];
  readonly #writers = this.#rings.map((ring) => new RingWriter(ring));
  readonly #readers = this.#rings.map((ring) => new RingReader(ring));
  readonly #bell: Doorbell;
  #asleep = false;

  constructor(bell: Doorbell) {
    this.#bell = bell;
  }

  /** One writer publishes a record. */
  write(steps: readonly WriterStep[], writer: number): void {
    const ring = this.#writers[writer]!;
    fillRecord(ring.view, ring.tryClaim(64), 64, 1);
    ring.commit(64);
    for (const step of steps) {
      if (step === 'publish') ring.publish();
      else this.#bell.ring();
    }
  }

  /** The reader drains its rings and goes to sleep if it finds nothing. */
  rest(steps: readonly ReaderStep[]): void {
    this.#drain();
    for (const step of steps) {
      if (step === 'arm') this.#bell.arm();
      if (step === 'look' && this.#readers.some((reader) => !reader.isEmpty())) {
        this.#bell.disarm();
        return;
      }
      if (step === 'wait') this.#asleep = this.#bell.waitAsync() !== undefined;
    }
  }

  /** Whether the reader sleeps though there is something to read. Ends its sleep. */
  lost(): boolean {
    const sleeping = this.#asleep && sleepers(this.#bell) > 0;
    return sleeping && this.#readers.some((reader) => !reader.isEmpty());
  }

  #drain(): void {
    for (const reader of this.#readers) {
      while (reader.next() !== -1);
      reader.release();
    }
  }
}

/** Wakes whoever waits and counts them. */
function sleepers(bell: Doorbell): number {
  const notify = Atomics.notify;
  let woken = 0;
  Atomics.notify = (array: Int32Array | BigInt64Array, index: number) => {
    woken += notify(array as Int32Array, index);
    return woken;
  };
  try {
    bell.wake();
  } finally {
    Atomics.notify = notify;
  }
  return woken;
}

/** A bell that takes the parked word and wakes nobody. */
class ForgetsToNotify extends Doorbell {
  override ring(): void {
    const notify = Atomics.notify;
    Atomics.notify = () => 0;
    super.ring();
    Atomics.notify = notify;
  }
}

interface Variant {
  readonly bell?: typeof Doorbell;
  readonly writer?: readonly WriterStep[];
  readonly reader?: readonly ReaderStep[];
}

function sweepAll({ bell = Doorbell, writer = WRITER, reader = READER }: Variant): Sweep {
  const scene = (act: (threads: Threads) => Pick<Scene, 'run' | 'intrude'>) => (): Scene => {
    const threads = new Threads(new bell(Doorbell.memory()));
    return {
      ...act(threads),
      check: () =>
        assert.equal(threads.lost(), false, 'a reader sleeps beside a record that nobody will ring for'),
    };
  };
  const sweeps = [
    scene((threads) => ({ run: () => threads.write(writer, 0), intrude: () => threads.rest(reader) })),
    scene((threads) => ({ run: () => threads.rest(reader), intrude: () => threads.write(writer, 0) })),
    // A reader that is parked already, and two writers that find it so.
    scene((threads) => {
      threads.rest(reader);
      return { run: () => threads.write(writer, 0), intrude: () => threads.write(writer, 1) };
    }),
    scene((threads) => ({
      run: () => threads.rest(reader),
      intrude: () => {
        threads.write(writer, 0);
        threads.write(writer, 1);
      },
    })),
    // One writer, then the reader, interrupt the other writer.
    scene((threads) => {
      threads.rest(reader);
      return {
        run: () => threads.write(writer, 0),
        intrude: () => {
          threads.write(writer, 1);
          threads.rest(reader);
        },
      };
    }),
  ].map((each) => sweep(each));
  return {
    points: sweeps.reduce((sum, { points }) => sum + points, 0),
    failures: sweeps.flatMap(({ failures }) => failures),
  };
}

test('no interruption of a writer or of the reader leaves the reader asleep beside a record', (t) => {
  const { points, failures } = sweepAll({});
  assert.deepEqual(failures, []);
  assert.ok(points >= 30, `${points} points`);
  t.diagnostic(`${points} points`);
});

const BROKEN: readonly (Variant & { readonly title: string })[] = [
  { title: 'a writer that rings before it publishes', writer: ['ring', 'publish'] },
  { title: 'a writer that does not ring', writer: ['publish'] },
  { title: 'a reader that looks before it arms', reader: ['look', 'arm', 'wait'] },
  { title: 'a reader that does not look again', reader: ['arm', 'wait'] },
  { title: 'a bell that does not notify', bell: ForgetsToNotify },
];

for (const { title, ...variant } of BROKEN) {
  test(`the sweep finds ${title}`, (t) => {
    const { points, failures } = sweepAll(variant);
    assert.ok(failures.length > 0);
    t.diagnostic(`${failures.length} of ${points} points`);
  });
}
