import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptWindow } from '../../src/shared/session/attempt-window.ts';
import { durationS, type MonotonicNs, NS_PER_S } from '../../src/shared/units.ts';
import { type Scene, type Sweep, sweep } from './preempt.ts';

const WINDOW = durationS(10);
const SLOTS = 3;

type Take = (window: AttemptWindow, now: MonotonicNs) => boolean;

const TAKE: Take = (window, now) => window.tryTake(now);

/** Takes without asking whether the slot is still as it was: looks, then writes. */
const TAKE_WITHOUT_COMPARING: Take = (window, now) => {
  const compareExchange = Atomics.compareExchange;
  const overwrite = (array: BigInt64Array, index: number, expected: bigint, value: bigint): bigint => {
    // Written as one who does not compare would: the old value is believed to be there.
    Atomics.store(array, index, value);
    return expected;
  };
  Atomics.compareExchange = overwrite as typeof compareExchange;
  try {
    return window.tryTake(now);
  } finally {
    Atomics.compareExchange = compareExchange;
  }
};

interface Case {
  /** Seconds of the takings before. */
  readonly before: readonly number[];
  /** Seconds at which the thread that is interrupted takes, one after the other. */
  readonly run: readonly number[];
  /** Seconds at which the threads that interrupt it take. */
  readonly intrude: readonly number[];
}

const CASES: readonly Case[] = [
  // Nothing taken yet.
  { before: [], run: [20], intrude: [20] },
  { before: [], run: [20, 20, 20], intrude: [20, 20] },
  // One slot left, and one that is free again.
  { before: [12, 13], run: [20], intrude: [20] },
  { before: [5, 12, 13], run: [20], intrude: [20] },
  { before: [12, 13, 5], run: [20, 20], intrude: [20] },
  // The clock was read before the interruption, which lasted seconds or a whole window.
  { before: [5, 6, 13], run: [20], intrude: [21, 21] },
  { before: [5, 6, 7], run: [20, 20], intrude: [31, 31, 31] },
  // Times that meet exactly a window later.
  { before: [10, 10, 10], run: [20, 20, 20, 20], intrude: [20, 20, 20, 20] },
];

/** The most takings that any span of the window holds. */
function most(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 10).length));
}

function sweepAll(take: Take): Sweep {
  const sweeps = CASES.map(({ before, run, intrude }) =>
    sweep((): Scene => {
      const memory = AttemptWindow.memory(SLOTS);
      const mine = new AttemptWindow(memory, WINDOW);
      const theirs = new AttemptWindow(memory, WINDOW);
      const taken: number[] = [];
      const asked: number[] = [];
      const takeAll = (window: AttemptWindow, seconds: readonly number[], how: Take): void => {
        for (const second of seconds) {
          asked.push(second);
          if (how(window, (second * NS_PER_S) as MonotonicNs)) taken.push(second);
        }
      };
      takeAll(theirs, before, TAKE);
      return {
        run: () => takeAll(mine, run, take),
        intrude: () => takeAll(theirs, intrude, TAKE),
        check: () => {
          assert.ok(most(taken) <= SLOTS, `${most(taken)} in a window: ${taken.join(', ')}`);
          // Whoever was declined was declined rightly: the window was full at the latest of all times.
          const full = taken.filter((t) => t > Math.max(...asked) - 10).length >= SLOTS;
          assert.ok(full || taken.length === asked.length, `declined for nothing: ${taken.join(', ')}`);
        },
      };
    }),
  );
  return {
    points: sweeps.reduce((sum, { points }) => sum + points, 0),
    failures: sweeps.flatMap(({ failures }) => failures),
  };
}

test('no interruption of a thread that takes an attempt lets one too many through, or loses one', (t) => {
  const { points, failures } = sweepAll(TAKE);
  assert.deepEqual(failures.slice(0, 3), []);
  assert.ok(points >= 60, `${points} points`);
  t.diagnostic(`${points} points`);
});

test('the sweep finds a thread that writes without comparing', (t) => {
  const { points, failures } = sweepAll(TAKE_WITHOUT_COMPARING);
  assert.ok(failures.length > 0);
  t.diagnostic(`${failures.length} of ${points} points`);
});

test('a thread that dies anywhere while it takes one costs at most that one, and blocks nobody', () => {
  class Died extends Error {}
  let deaths = 0;
  const { failures } = sweep((): Scene => {
    const memory = AttemptWindow.memory(SLOTS);
    return {
      run: () => {
        try {
          new AttemptWindow(memory, WINDOW).tryTake((20 * NS_PER_S) as MonotonicNs);
        } catch (error) {
          assert.ok(error instanceof Died);
        }
      },
      intrude: () => {
        deaths++;
        throw new Died();
      },
      check: () => {
        const successor = new AttemptWindow(memory, WINDOW);
        const taken = [1, 2, 3, 4].filter(() => successor.tryTake((21 * NS_PER_S) as MonotonicNs)).length;
        assert.ok(taken === SLOTS || taken === SLOTS - 1, `${taken} left`);
      },
    };
  });
  assert.deepEqual(failures.slice(0, 3), []);
  assert.ok(deaths >= 4);
});
