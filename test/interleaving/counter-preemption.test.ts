import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../src/shared/counters/counter-block.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../src/shared/counters/feed-counters.ts';
import { type Scene, type Sweep, sweep } from './preempt.ts';

/** Counts like a chunk of `n` messages: every word moves, in the low and in the high half of its float64. */
function count(writer: FeedCounterWriter, n: number): void {
  for (let i = 0; i < FEED_COUNTER_WORDS; i++) writer.local[i] = n * (i + 1) + (n % 2) * 2 ** 40;
  writer.publish();
}

/** @returns which chunk all words are of. @throws AssertionError if they are of more than one. */
function chunkOf(words: Float64Array): number {
  const n = words[0]! % 2 ** 40;
  for (let i = 0; i < FEED_COUNTER_WORDS; i++) {
    if (i !== FEED.taken)
      assert.equal(words[i], n * (i + 1) + (n % 2) * 2 ** 40, `word ${i} is of chunk ${n}`);
  }
  return n;
}

type Read = (reader: FeedCounterReader, into: Float64Array) => boolean;

const READ: Read = (reader, into) => reader.read(into);

/** Reads, but finds at every later look at the sequence what it found at the first. */
const READ_WITHOUT_LOOKING_AGAIN: Read = (reader, into) => {
  const load = Atomics.load;
  let first: number | undefined;
  const loadOnce = (array: Int32Array, index: number): number => {
    const value = load(array, index);
    // The sequence has an array of its own, of one word.
    if (array.length !== 1) return value;
    first ??= value;
    return first;
  };
  Atomics.load = loadOnce as typeof load;
  try {
    return reader.read(into);
  } finally {
    Atomics.load = load;
  }
};

function sweepReader(read: Read, publishes: number): Sweep {
  return sweep((): Scene => {
    const memory = feedCounterMemory();
    const writer = new FeedCounterWriter(memory);
    const reader = new FeedCounterReader(memory);
    const words = new Float64Array(FEED_COUNTER_WORDS);
    count(writer, 1);
    return {
      run: () => assert.equal(read(reader, words), true),
      intrude: () => {
        for (let n = 2; n < 2 + publishes; n++) count(writer, n);
      },
      check: () => assert.ok(chunkOf(words) >= 1),
    };
  });
}

for (const publishes of [1, 2, 3]) {
  test(`a reader interrupted by ${publishes} publishes gets the words of one of them`, (t) => {
    const { points, failures } = sweepReader(READ, publishes);
    assert.deepEqual(failures.slice(0, 3), []);
    assert.ok(points > 2 * FEED_COUNTER_WORDS, `${points} points`);
    t.diagnostic(`${points} points`);
  });
}

test('the sweep finds a reader that does not look at the sequence again', (t) => {
  const { points, failures } = sweepReader(READ_WITHOUT_LOOKING_AGAIN, 2);
  assert.ok(failures.length > 0);
  t.diagnostic(`${failures.length} of ${points} points`);
});

test('a publish is seen whole or not at all, wherever it is interrupted', () => {
  const words = new Float64Array(FEED_COUNTER_WORDS);
  const { points, failures } = sweep((): Scene => {
    const memory = feedCounterMemory();
    const writer = new FeedCounterWriter(memory);
    const reader = new FeedCounterReader(memory);
    count(writer, 1);
    count(writer, 2);
    return {
      run: () => count(writer, 3),
      intrude: () => {
        assert.equal(reader.read(words), true);
        assert.ok(chunkOf(words) === 2 || chunkOf(words) === 3);
      },
      check: () => {
        assert.equal(reader.read(words), true);
        assert.equal(chunkOf(words), 3);
      },
    };
  });
  assert.deepEqual(failures.slice(0, 3), []);
  assert.ok(points > FEED_COUNTER_WORDS);
});

test('a worker that dies anywhere in a publish leaves counters that are whole, and its successor goes on from them', () => {
  class Died extends Error {}
  let deaths = 0;
  const words = new Float64Array(FEED_COUNTER_WORDS);
  const { failures } = sweep((): Scene => {
    const memory = feedCounterMemory();
    const writer = new FeedCounterWriter(memory);
    count(writer, 1);
    count(writer, 2);
    return {
      run: () => {
        try {
          count(writer, 3);
        } catch (error) {
          assert.ok(error instanceof Died);
        }
      },
      intrude: () => {
        deaths++;
        throw new Died();
      },
      check: () => {
        const reader = new FeedCounterReader(memory);
        assert.equal(reader.read(words), true);
        const seen = chunkOf(words);
        assert.ok(seen === 2 || seen === 3);
        const successor = new FeedCounterWriter(memory);
        assert.equal(chunkOf(successor.local), seen);
        successor.local[0]!++;
        successor.publish();
        assert.equal(reader.read(words), true);
        successor.local[0]!--;
        words[0]!--;
        assert.equal(chunkOf(words), seen);
        assert.equal(chunkOf(successor.local), seen);
      },
    };
  });
  assert.deepEqual(failures.slice(0, 3), []);
  assert.ok(deaths > FEED_COUNTER_WORDS);
});
