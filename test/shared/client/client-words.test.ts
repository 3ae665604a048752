import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientWords } from '../../../src/shared/client/client-words.ts';

test('each word is one of its own, read from either side', () => {
  const ours = new ClientWords();
  const theirs = new ClientWords(ours.memory);
  ours.taken = 3;
  theirs.written = 10;
  theirs.state = 2;
  theirs.addFlushed(100);
  theirs.addFlushed(5);
  theirs.latency = 0.25;
  ours.wantsDrain = true;
  assert.deepEqual(
    [theirs.taken, ours.held, ours.state, ours.flushed, ours.latency, theirs.wantsDrain, ours.stopped],
    [3, 7, 2, 105, 0.25, true, false],
  );
  theirs.stop();
  theirs.wantsDrain = false;
  assert.deepEqual([ours.stopped, ours.wantsDrain, ours.held, ours.latency], [true, false, 7, 0.25]);
});

test('a stop is taken by one of those who ask', () => {
  const words = new ClientWords();
  assert.equal(words.takeStop(), false);
  words.stop();
  assert.equal(words.takeStop(), true);
  assert.equal(words.takeStop(), false);
  assert.equal(words.stopped, false);
});

test('counts wrap', () => {
  const words = new ClientWords();
  words.taken = 2 ** 31 - 1;
  words.written = (2 ** 31 + 4) | 0;
  assert.equal(words.held, 5);
  words.addFlushed(2 ** 31 - 1);
  words.addFlushed(2);
  assert.equal(words.flushed, -(2 ** 31) + 1);
});
