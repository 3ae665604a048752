import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { RING_FULL, RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { checkRecord, fillRecord, POSITIONS, ringAt } from '../support/ring-records.ts';
import { brokenProducer, type Defect, type Producer } from './broken-ring.ts';
import { type Scene, type Sweep, sweep } from './preempt.ts';

const CAPACITY = 4096;

/**
 * Lengths of the records a scene writes, most a word more or less than a quarter or half of the ring, so that
 * from one place or another they fill it to the last byte, miss that by one word, and need padding.
 */
const LENGTHS = [1032, 2048, 1016, 1040, 1008, 40, 2008, 1024, 520, 1976, 48, 2040, 1032] as const;

/** Writes as many of the records as fit. What does not fit is left out, as a full ring makes a feed do. */
class Writing {
  readonly accepted: number[] = [];
  readonly #producer: Producer;
  #next = 0;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** @param batch records per publish. */
  write(records: number, batch: number): void {
    const producer = this.#producer;
    for (let i = 1; i <= records; i++) {
      const number = this.#next++;
      const bytes = LENGTHS[number % LENGTHS.length]!;
      const at = producer.tryClaim(bytes);
      if (at !== RING_FULL) {
        fillRecord(producer.view, at, bytes, number);
        producer.commit(bytes);
        this.accepted.push(number);
      }
      if (i % batch === 0) producer.publish();
    }
    producer.publish();
  }
}

type ReleaseOrder = 'reads, then releases' | 'releases, then reads' | 'holds on';

/** Takes everything there is. Records it holds on to are read once more at the end. */
class Reading {
  readonly taken: number[] = [];
  readonly #reader: RingReader;
  readonly #held: { at: number; number: number }[] = [];

  constructor(ring: SharedArrayBuffer) {
    this.#reader = new RingReader(ring);
  }

  drain(order: ReleaseOrder): void {
    const reader = this.#reader;
    for (let at = reader.next(); at !== -1; at = reader.next()) {
      if (order === 'releases, then reads') reader.release();
      const number = checkRecord(reader.view, at);
      this.taken.push(number);
      if (order === 'reads, then releases') reader.release();
      if (order === 'holds on') this.#held.push({ at, number });
    }
  }

  finish(): void {
    for (const { at, number } of this.#held.splice(0))
      assert.equal(checkRecord(this.#reader.view, at), number);
    this.drain('reads, then releases');
    this.#reader.release();
  }
}

interface Situation {
  readonly position: number;
  /** Records that went through the ring before, which moves the places of those that follow. */
  readonly before: number;
  /** Records that lie in the ring when the scene begins. */
  readonly waiting: number;
  /** Records per publish. */
  readonly batch: number;
}

const SITUATIONS: readonly Situation[] = POSITIONS.flatMap(({ position }) =>
  [0, 1, 2, 3, 5, 8].flatMap((before) =>
    [0, 2].flatMap((waiting) => [1, 3].map((batch) => ({ position, before, waiting, batch }))),
  ),
);

type MakeProducer = (ring: SharedArrayBuffer) => Producer;

function scene(
  { position, before, waiting, batch }: Situation,
  makeProducer: MakeProducer,
  act: (writing: Writing, reading: Reading) => Pick<Scene, 'run' | 'intrude'>,
): Scene {
  const ring = ringAt(position, CAPACITY);
  const writing = new Writing(makeProducer(ring));
  const reading = new Reading(ring);
  for (let i = 0; i < before; i++) {
    writing.write(1, 1);
    reading.drain('reads, then releases');
  }
  writing.write(waiting, batch);
  return {
    ...act(writing, reading),
    check: () => {
      reading.finish();
      assert.deepEqual(reading.taken, writing.accepted, 'every accepted record once and in order');
      // An interruption must not wedge the ring either: it is empty now, so it takes records again.
      const accepted = writing.accepted.length;
      writing.write(1, 1);
      assert.equal(writing.accepted.length, accepted + 1, 'an empty ring takes a record');
      reading.finish();
      assert.deepEqual(reading.taken, writing.accepted);
    },
  };
}

/** Both sides interrupted by the other, in every situation. */
function sweepAll(makeProducer: MakeProducer, orders: readonly ReleaseOrder[]): Sweep {
  const sweeps = SITUATIONS.flatMap((situation) =>
    orders.flatMap((order) => [
      sweep(() =>
        scene(situation, makeProducer, (writing, reading) => ({
          run: () => writing.write(12, situation.batch),
          intrude: () => reading.drain(order),
        })),
      ),
      sweep(() =>
        scene(situation, makeProducer, (writing, reading) => ({
          run: () => reading.drain(order),
          intrude: () => writing.write(12, situation.batch),
        })),
      ),
    ]),
  );
  return {
    points: sweeps.reduce((sum, { points }) => sum + points, 0),
    failures: sweeps.flatMap(({ failures }) => failures),
  };
}

const RIGHT_ORDERS: readonly ReleaseOrder[] = ['reads, then releases', 'holds on'];

/** The ways records come to be written. */
const WRITERS: readonly { readonly title: string; readonly makeProducer: MakeProducer }[] = [
  { title: 'claimed and committed', makeProducer: (ring) => new RingWriter(ring) },
  {
    title: 'claimed longer than they turn out',
    makeProducer: (ring) => {
      const writer = new RingWriter(ring);
      return {
        view: writer.view,
        tryClaim: (bytes) => writer.tryClaim(Math.min(bytes + 504, writer.recordBytesMax)),
        commit: (bytes) => writer.commit(bytes),
        publish: () => writer.publish(),
      };
    },
  },
  {
    title: 'written again after a rollback',
    makeProducer: (ring) => {
      const writer = new RingWriter(ring);
      return {
        view: writer.view,
        tryClaim: (bytes) => {
          const mark = writer.mark();
          for (const taken of [1032, 48]) {
            const at = writer.tryClaim(taken);
            if (at === RING_FULL) continue;
            fillRecord(writer.view, at, taken, -1);
            writer.commit(taken);
          }
          writer.rollback(mark);
          return writer.tryClaim(bytes);
        },
        commit: (bytes) => writer.commit(bytes),
        publish: () => writer.publish(),
      };
    },
  },
];

for (const { title, makeProducer } of WRITERS) {
  test(`no interruption of either side loses, tears or reorders records that are ${title}`, (t) => {
    const { points, failures } = sweepAll(makeProducer, RIGHT_ORDERS);
    assert.deepEqual(failures.slice(0, 3), []);
    assert.ok(points > 500, `${points} points`);
    t.diagnostic(`${points} points`);
  });
}

test('the writer that is broken on purpose below passes while it is not broken', () => {
  assert.deepEqual(sweepAll((ring) => brokenProducer(ring, 'none'), RIGHT_ORDERS).failures.slice(0, 3), []);
});

const DEFECTS: readonly Defect[] = [
  'publishes before it writes',
  'is off by one word in its full check',
  'compares positions without wrapping',
  'forgets the padding in its full check',
  'takes the ring for empty when it is full',
];

for (const defect of DEFECTS) {
  test(`the sweep finds a writer that ${defect}`, (t) => {
    const { points, failures } = sweepAll((ring) => brokenProducer(ring, defect), RIGHT_ORDERS);
    assert.ok(failures.length > 0);
    t.diagnostic(`${failures.length} of ${points} points`);
  });
}

test('the sweep finds a reader that releases a record before it has read it', (t) => {
  const { points, failures } = sweepAll((ring) => new RingWriter(ring), ['releases, then reads']);
  assert.ok(failures.length > 0);
  t.diagnostic(`${failures.length} of ${points} points`);
});
