import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../../src/shared/counters/counter-block.ts';
import {
  COUNTED,
  FEED,
  FEED_COUNTER_WORDS,
  KIND,
  kindWord,
} from '../../../src/shared/counters/feed-counters.ts';

function block(): { memory: SharedArrayBuffer; writer: FeedCounterWriter; reader: FeedCounterReader } {
  const memory = feedCounterMemory();
  return { memory, writer: new FeedCounterWriter(memory), reader: new FeedCounterReader(memory) };
}

function wordsOf(reader: FeedCounterReader): Float64Array {
  const words = new Float64Array(FEED_COUNTER_WORDS);
  assert.equal(reader.read(words), true);
  return words;
}

test('counters are zero before anything is counted', () => {
  assert.deepEqual(wordsOf(block().reader), new Float64Array(FEED_COUNTER_WORDS));
});

test('what is counted is readable after publish, not before', () => {
  const { writer, reader } = block();
  writer.local[FEED.messages]!++;
  assert.equal(wordsOf(reader)[FEED.messages], 0);
  writer.publish();
  assert.equal(wordsOf(reader)[FEED.messages], 1);
});

test('every word goes through, whatever its value, publish after publish', () => {
  const { writer, reader } = block();
  const values = [1, 2 ** 31, 2 ** 32, 2 ** 53, 1.5, -1, 0, 1e300];
  for (let round = 0; round < 2 * values.length; round++) {
    for (let word = 0; word < FEED_COUNTER_WORDS; word++) {
      if (word !== FEED.taken) writer.local[word] = values[(round + word) % values.length]!;
    }
    writer.publish();
    assert.deepEqual(wordsOf(reader), writer.local);
  }
});

test('taken belongs to the main thread: a publish does not touch it, and it shows without one', () => {
  const { writer, reader } = block();
  reader.addTaken(3);
  writer.local[FEED.committed] = 9;
  writer.local[FEED.taken] = 77;
  writer.publish();
  reader.addTaken(4);
  const words = wordsOf(reader);
  assert.equal(words[FEED.taken], 7);
  assert.equal(words[FEED.committed], 9);
});

test('a new writer goes on from what was published', () => {
  const { memory, writer, reader } = block();
  for (let chunk = 1; chunk <= 3; chunk++) {
    writer.local[FEED.chunks] = chunk;
    writer.local[kindWord(COUNTED.length - 1, KIND.conflated)] = chunk * 10;
    writer.publish();
  }
  writer.local[FEED.chunks] = 99;
  const successor = new FeedCounterWriter(memory);
  assert.equal(successor.local[FEED.chunks], 3);
  successor.local[FEED.chunks]!++;
  successor.publish();
  assert.equal(wordsOf(reader)[FEED.chunks], 4);
  assert.equal(wordsOf(reader)[kindWord(COUNTED.length - 1, KIND.conflated)], 30);
});

test('the sequence may wrap', () => {
  const { memory } = block();
  new Int32Array(memory)[0] = 2 ** 31 - 2;
  const writer = new FeedCounterWriter(memory);
  const reader = new FeedCounterReader(memory);
  for (let chunk = 1; chunk <= 5; chunk++) {
    writer.local[FEED.chunks] = chunk;
    writer.publish();
    assert.equal(wordsOf(reader)[FEED.chunks], chunk);
  }
});

test('a publish stores only the words that changed', (t) => {
  const { writer } = block();
  writer.publish();
  writer.publish();
  const store = t.mock.method(Atomics, 'store');
  writer.local[FEED.messages]!++;
  writer.publish();
  assert.equal(store.mock.callCount(), 2, 'the high half of one float64, and the sequence');
});

test('a reader whose every copy is overtaken gives up after a bounded number and says so', (t) => {
  const { writer, reader } = block();
  const load = Atomics.load;
  let publishing = false;
  t.mock.method(Atomics, 'load', (array: Int32Array, index: number) => {
    if (!publishing && array.length > 1) {
      publishing = true;
      writer.local[FEED.chunks]!++;
      writer.publish();
      publishing = false;
    }
    return load(array, index);
  });
  const words = new Float64Array(FEED_COUNTER_WORDS);
  assert.equal(reader.read(words), false);
  assert.ok(words[FEED.chunks]! > 0);
});

test('a reader fills the beginning of a longer array', () => {
  const { writer, reader } = block();
  writer.local[FEED.words - 1] = 5;
  writer.publish();
  const words = new Float64Array(FEED_COUNTER_WORDS + 2).fill(-1);
  reader.read(words);
  assert.equal(words[FEED.words - 1], 5);
  assert.equal(words[FEED_COUNTER_WORDS], -1);
});
