import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import { AttemptWindow } from '../../src/shared/session/attempt-window.ts';
import { durationMs, later, type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';
import { seededRandom } from '../../src/workers/session/seeded-random.ts';
import { Session } from '../../src/workers/session/session.ts';
import type { SessionInput } from '../../src/workers/session/session-actions.ts';
import { Random } from '../support/random.ts';
import { LIMITS, TIMES } from '../support/session-player.ts';

/** What an attempt takes until it is open, and what a refusal takes, ms, at most. */
const OPENING_MS = 200;
/** Spread that a session adds to a wait for the window, at most; `retry-plan.ts` says why. */
const SPREAD_MS_MAX = 5_000;
/** No storm needs this many steps; more means that somebody asks forever. */
const STEPS_MAX = 200_000;

interface Storm {
  readonly feeds: number;
  readonly attempts: number;
  readonly windowMs: number;
  /** Feeds whose server accepts and drops them at once, forever. */
  readonly flapping?: number;
}

/** Many sessions that share one window, each with memory of its own to it, as in as many workers. */
class StormWorld {
  readonly taken: number[] = [];
  /** When attempts were made that the window declined. */
  declined: number[] = [];
  /** Statuses that were told. */
  told = 0;
  now = (3_600_000 * NS_PER_MS) as MonotonicNs;
  readonly #storm: Storm;
  readonly #chance: Random;
  readonly #sessions: readonly Session[];
  readonly #events: { readonly at: number; readonly session: number; readonly input: SessionInput }[] = [];

  constructor(seed: number, storm: Storm) {
    this.#storm = storm;
    this.#chance = new Random(seed);
    const memory = AttemptWindow.memory(storm.attempts);
    const window = durationMs(storm.windowMs);
    const limits = { ...LIMITS, attempts: storm.attempts, attemptsWindowMs: storm.windowMs };
    const world = this;
    class CountedWindow extends AttemptWindow {
      override tryTake(now: MonotonicNs): boolean {
        const taken = super.tryTake(now);
        if (taken) world.taken.push(now / NS_PER_MS);
        else world.declined.push(now);
        return taken;
      }
    }
    this.#sessions = Array.from({ length: storm.feeds }, (_, i) => {
      const attempts = new CountedWindow(memory, window);
      return new Session({ times: TIMES, limits, seed: seed * 1_000 + i, subscriptions: [], attempts });
    });
  }

  /** Hands the same input to every session at this instant. */
  all(input: SessionInput): void {
    this.#sessions.forEach((_, i) => {
      this.#receive(i, input);
    });
  }

  get live(): number {
    return this.#sessions.filter(({ state }, i) => state === 'CONNECTED' && !this.#flaps(i)).length;
  }

  /** Goes on until every honest feed is live. @returns how long that took, ms. */
  untilLive(): number {
    const from = this.now;
    const honest = this.#storm.feeds - (this.#storm.flapping ?? 0);
    for (let steps = 0; this.live < honest; steps++) {
      assert.ok(steps < STEPS_MAX, 'every feed is live in the end');
      this.#step();
    }
    return (this.now - from) / NS_PER_MS;
  }

  /** Lets time pass. */
  pass(ms: number): void {
    const until = later(this.now, durationMs(ms));
    while (this.#next() <= until) this.#step();
    this.now = until;
  }

  #flaps(session: number): boolean {
    return session < (this.#storm.flapping ?? 0);
  }

  #next(): number {
    return Math.min(this.#events[0]?.at ?? Number.POSITIVE_INFINITY, ...this.#deadlines());
  }

  #deadlines(): number[] {
    return this.#sessions.map((session) => session.nextDeadline());
  }

  #step(): void {
    const event = this.#events[0];
    this.now = Math.max(this.now, this.#next()) as MonotonicNs;
    if (event !== undefined && event.at <= this.now) {
      this.#events.shift();
      this.#receive(event.session, event.input);
      return;
    }
    this.#deadlines().forEach((deadline, i) => {
      if (deadline <= this.now) this.#receive(i, { kind: 'tick' });
    });
  }

  #receive(session: number, input: SessionInput): void {
    for (const action of this.#sessions[session]!.receive(input, this.now)) {
      if (action.kind === 'status') this.told++;
      if (action.kind !== 'connect') continue;
      const openMs = 1 + this.#chance.below(OPENING_MS);
      this.#plan(session, openMs, { kind: 'opened' });
      if (this.#flaps(session)) this.#plan(session, openMs + 1, LOST);
    }
  }

  #plan(session: number, ms: number, input: SessionInput): void {
    const at = later(this.now, durationMs(ms));
    const place = this.#events.findIndex((other) => other.at > at);
    this.#events.splice(place < 0 ? this.#events.length : place, 0, { at, session, input });
  }
}

const LOST: SessionInput = {
  kind: 'ended',
  end: { fault: FAULTS.CONNECTION_RESET.id, code: 1006, detail: '', ours: false },
};

/** The most attempts that any span of the window holds. */
function most(taken: readonly number[], windowMs: number): number {
  let from = 0;
  return taken.reduce((max, at, i) => {
    // A window is open at one end: an attempt exactly one window later is in the next.
    while (taken[from]! <= at - windowMs) from++;
    return Math.max(max, i - from + 1);
  }, 0);
}

/** The time in which all feeds are live, by the window: each round of attempts waits for the one before. */
function boundMs({ feeds, attempts, windowMs }: Storm, before: number): number {
  const rounds = Math.ceil((feeds + before) / attempts) - 1;
  // The first retry waits for the backoff at most; each later round for the window and the chance on top.
  return TIMES.backoffMs + rounds * (windowMs + Math.min(windowMs / attempts, SPREAD_MS_MAX)) + OPENING_MS;
}

const SEEDS = 20;
const UNLIMITED = { ...LIMITS, attempts: Number.POSITIVE_INFINITY };

const STORMS: readonly Storm[] = [
  // Kraken's window, which fifty fit into and four hundred do not.
  { feeds: 50, attempts: 150, windowMs: 600_000 },
  { feeds: 400, attempts: 150, windowMs: 600_000 },
  { feeds: 50, attempts: 10, windowMs: 60_000 },
  { feeds: 50, attempts: 1, windowMs: 10_000 },
  { feeds: 50, attempts: 3, windowMs: 1_000 },
  { feeds: 50, attempts: 49, windowMs: 60_000 },
];

for (const storm of STORMS)
  test(`${storm.feeds} feeds dropped at one instant are live again as fast as ${storm.attempts} attempts in ${storm.windowMs} ms allow`, (t) => {
    let longest = 0;
    let declined = 0;
    const bound = boundMs(storm, 0);
    for (let seed = 0; seed < (storm.feeds > 100 ? 3 : SEEDS); seed++) {
      const world = new StormWorld(seed, storm);
      world.all({ kind: 'start' });
      assert.ok(world.untilLive() <= bound, `seed ${seed}: the start is within ${bound} ms`);
      // Long enough for the connections to be stable and for the window to be empty.
      world.pass(storm.windowMs + TIMES.stableAfterMs);
      const { told } = world;
      world.declined = [];
      world.all(LOST);
      const took = world.untilLive();
      longest = Math.max(longest, took);
      declined = Math.max(declined, world.declined.length);
      assert.ok(most(world.declined, 1) <= 2, `seed ${seed}: nobody stampedes`);
      assert.ok(took <= bound, `seed ${seed}: ${took} ms, at most ${bound} ms`);
      assert.ok(most(world.taken, storm.windowMs) <= storm.attempts, `seed ${seed}: inside the window`);
      assert.equal(world.taken.length, 2 * storm.feeds, `seed ${seed}: no attempt is wasted`);
      // disconnected, reconnecting, perhaps once more for the window, connecting, connected.
      assert.ok(world.told - told <= 5 * storm.feeds, `seed ${seed}: waiting again is not told again`);
    }
    t.diagnostic(`at most ${Math.round(longest)} ms of ${Math.round(bound)} allowed, ${declined} declined`);
  });

test('feeds dropped again before the window is over stay inside it and come back within it', () => {
  const storm: Storm = { feeds: 50, attempts: 60, windowMs: 60_000 };
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = new StormWorld(seed, storm);
    world.all({ kind: 'start' });
    world.untilLive();
    for (let drop = 0; drop < 5; drop++) {
      world.pass(1_000);
      world.all(LOST);
      assert.ok(world.untilLive() <= boundMs({ ...storm, feeds: 50 }, 60) + TIMES.backoffMs, `seed ${seed}`);
    }
    assert.ok(most(world.taken, storm.windowMs) <= storm.attempts, `seed ${seed}: inside the window`);
  }
});

test('feeds whose server drops them at once do not keep the others out of the window', (t) => {
  const storm: Storm = { feeds: 50, attempts: 10, windowMs: 60_000, flapping: 10 };
  let longest = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = new StormWorld(seed, storm);
    world.all({ kind: 'start' });
    longest = Math.max(longest, world.untilLive());
    assert.ok(most(world.taken, storm.windowMs) <= storm.attempts, `seed ${seed}: inside the window`);
  }
  // Whoever waits has the same chance at each attempt that becomes free; at worst the ten that flap wait all
  // the time, and the last honest feed wins one in eleven.
  t.diagnostic(`the last of 40 honest feeds is live after ${Math.round(longest / 1_000)} s`);
  assert.ok(longest < 20 * 60_000, `${longest} ms`);
});

test('a server that accepts and closes at once is tried again exactly when the seed says', () => {
  const { backoffMs, backoffMaxMs } = TIMES;
  for (let seed = 0; seed < SEEDS; seed++) {
    const session = new Session({ times: TIMES, limits: UNLIMITED, seed, subscriptions: [] });
    const chance = seededRandom(seed);
    let now = (3_600_000 * NS_PER_MS) as MonotonicNs;
    session.receive({ kind: 'start' }, now);
    for (let retry = 0; retry < 200; retry++) {
      assert.deepEqual(session.state, 'CONNECTING', `seed ${seed}: attempt ${retry + 1}`);
      now = later(now, durationMs(5));
      session.receive({ kind: 'opened' }, now);
      session.receive(LOST, now);
      // Of each end, one number is for a wait that the server asks for.
      chance();
      const delayMs = Math.min(backoffMs * 2 ** retry, backoffMaxMs) * (1 - 0.5 * chance());
      assert.equal(
        session.nextDeadline(),
        later(now, durationMs(delayMs)),
        `seed ${seed}: retry ${retry + 1}`,
      );
      session.receive({ kind: 'tick' }, later(now, durationMs(delayMs - 0.001)));
      assert.equal(session.state, 'RECONNECTING', 'not before it');
      now = later(now, durationMs(delayMs));
      session.receive({ kind: 'tick' }, now);
    }
  }
});
