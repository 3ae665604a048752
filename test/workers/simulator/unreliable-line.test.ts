import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../../src/workers/simulator/random.ts';
import { UnreliableLine } from '../../../src/workers/simulator/unreliable-line.ts';

const SEED = 3;

const lineOf = (number: number, quality: UnreliableLine['quality']): UnreliableLine => {
  const line = new UnreliableLine(Random.of(SEED, number), Random.of(SEED + 1, number));
  line.quality = quality;
  return line;
};

const losses = (line: UnreliableLine, messages: number): boolean[] =>
  Array.from({ length: messages }, () => line.loses());

test('a line loses as often as it should, and the same seed loses the same messages', () => {
  const quality = { lossProbability: 0.01, jitterMs: 0 };
  const lost = losses(lineOf(1, quality), 100_000);
  const count = lost.filter(Boolean).length;
  assert.ok(Math.abs(count - 1000) < 4 * Math.sqrt(1000), `${count} lost`);
  assert.deepEqual(losses(lineOf(1, quality), 100_000), lost);
});

test('two lines lose independently: both lose the same message as often as the product says', () => {
  const quality = { lossProbability: 0.05, jitterMs: 0 };
  const [a, b] = [1, 2].map((number) => losses(lineOf(number, quality), 200_000));
  const both = a!.filter((lost, n) => lost && b![n]).length;
  assert.ok(Math.abs(both - 500) < 4 * Math.sqrt(500), `${both} lost on both`);
});

test('jitter does not change what is lost', () => {
  const lost = losses(lineOf(1, { lossProbability: 0.1, jitterMs: 0 }), 1000);
  const line = lineOf(1, { lossProbability: 0.1, jitterMs: 5 });
  const late = Array.from({ length: 1000 }, (_, n) => {
    line.put('text', true, n);
    return line.loses();
  });
  assert.deepEqual(late, lost);
});

test('messages arrive in order, each within the jitter, and answers overtake nothing', () => {
  const line = lineOf(1, { lossProbability: 0, jitterMs: 5 });
  const sent: string[] = [];
  const arrived: string[] = [];
  const delays: number[] = [];
  const arrive = (nowMs: number): void => {
    for (const text of line.arrived(nowMs)) {
      arrived.push(text);
      delays.push(nowMs - Number(text));
    }
  };
  for (let tenths = 0; tenths < 10_000; tenths++) {
    const nowMs = tenths / 10;
    if (tenths % 7 === 0) {
      sent.push(String(nowMs));
      line.put(String(nowMs), tenths % 21 !== 0, nowMs);
    }
    arrive(nowMs);
  }
  arrive(1005);
  assert.deepEqual(arrived, sent);
  assert.equal(line.queuedLength, 0);
  assert.ok(Math.max(...delays.slice(0, -10)) <= 5.1);
  assert.ok(delays.some((delay) => delay > 4));
  assert.ok(delays.some((delay) => delay < 2));
});

test('everything under way is taken at once where the connection ends', () => {
  const line = lineOf(1, { lossProbability: 0, jitterMs: 1000 });
  for (const text of ['a', 'b', 'c']) line.put(text, true, 0);
  assert.equal(line.queuedLength, 3);
  assert.deepEqual(line.arrived(Number.POSITIVE_INFINITY), ['a', 'b', 'c']);
  assert.equal(line.nextDueMs, undefined);
});
