import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptLimit, AttemptWindow } from '../../../src/shared/session/attempt-window.ts';
import { durationS, type MonotonicNs } from '../../../src/shared/units.ts';
import type { SessionInput } from '../../../src/workers/session/session-actions.ts';
import {
  end,
  OPENED,
  ORIGIN,
  type Play,
  play,
  RESET,
  type Script,
  START,
} from '../../support/session-player.ts';

/** Delays of the reconnects of a script, in ms. */
const delays = (script: Script, options?: Play): number[] =>
  play(script, options)
    .filter((line) => line.includes('reconnecting'))
    .map((line) => Number(line.split(' ').at(-1)));

/** Every attempt fails at once: the inputs of the first `seconds`, one each. */
const refused = (seconds: number, input: SessionInput = end('CONNECT_FAILED')): Script => [
  [0, START],
  ...Array.from({ length: seconds }, (_, second) => [second + 0.5, input] as const),
];

/** One connection, lost at `seconds`. */
const lost = (seconds: number, input: SessionInput): Script => [
  [0, START],
  [0, OPENED],
  [seconds, input],
];

test('attempts that fail are made ever more rarely, up to the longest delay', () => {
  assert.deepEqual(
    delays(refused(400)).slice(0, 8),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000],
  );
});

test('a connection that is lost after a stable life is retried nearly at once, once', () => {
  const script: Script = [...lost(31, RESET), [32, RESET], [34, RESET], [37, RESET]];
  assert.deepEqual(delays(script), [0, 1_000, 2_000, 4_000]);
  const [quick] = delays(lost(31, RESET), { quickMs: 250, seed: 5 });
  assert.ok(quick! >= 0 && quick! <= 250, `${quick} ms`);
});

test('a server that accepts and drops is backed off from: opening alone does not reset the delay', () => {
  const script: Script = [[0, START]];
  const flaps = Array.from({ length: 200 }, (_, i) => [
    [i + 0.2, OPENED] as const,
    [i + 0.8, RESET] as const,
  ]).flat();
  assert.deepEqual(
    delays([...script, ...flaps]).slice(0, 8),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000],
  );
});

const STRATEGIES: readonly {
  strategy: 'immediate' | 'fixed' | 'exponential';
  expected: readonly number[];
}[] = [
  { strategy: 'immediate', expected: [0, 0, 0, 0] },
  { strategy: 'fixed', expected: [1_000, 1_000, 1_000, 1_000] },
  { strategy: 'exponential', expected: [1_000, 2_000, 3_000, 3_000] },
];
for (const { strategy, expected } of STRATEGIES)
  test(`the ${strategy} strategy waits ${expected.join(', ')} ms`, () => {
    const backoff = { strategy, delayMs: 1_000, maxMs: 3_000, jitter: 0 };
    assert.deepEqual(delays(refused(60), { backoff }).slice(0, 4), expected);
  });

test('jitter comes from the seed: the same seed waits the same, another one differently', () => {
  const backoff = { strategy: 'exponential', delayMs: 1_000, maxMs: 60_000, jitter: 0.5 } as const;
  const first = delays(refused(60), { backoff, seed: 7 });
  assert.deepEqual(delays(refused(60), { backoff, seed: 7 }), first);
  assert.notDeepEqual(delays(refused(60), { backoff, seed: 8 }), first);
  first.forEach((delay, i) => {
    const most = Math.min(1_000 * 2 ** i, 60_000);
    assert.ok(delay >= most / 2 && delay <= most, `${delay} ms for retry ${i + 1}`);
  });
});

const LEAST: readonly { title: string; input: SessionInput; least: number; most: number }[] = [
  { title: 'close code 1013', input: end('SERVER_CLOSED', { code: 1013 }), least: 30_000, most: 37_500 },
  { title: 'a Retry-After', input: end('HANDSHAKE_REFUSED', { retryAfterS: 7 }), least: 7_000, most: 8_750 },
  {
    title: 'a Retry-After that is beyond reason',
    input: end('HANDSHAKE_REFUSED', { httpStatus: 429, retryAfterS: 1e9 }),
    least: 3_600_000,
    most: 4_500_000,
  },
  { title: 'HTTP 429', input: end('HANDSHAKE_REFUSED', { httpStatus: 429 }), least: 60_000, most: 75_000 },
  { title: 'HTTP 403', input: end('HANDSHAKE_REFUSED', { httpStatus: 403 }), least: 300_000, most: 375_000 },
  { title: 'HTTP 418', input: end('HANDSHAKE_REFUSED', { httpStatus: 418 }), least: 300_000, most: 375_000 },
  { title: 'a certificate that is not acceptable', input: end('TLS_FAILED'), least: 60_000, most: 75_000 },
  { title: 'HTTP 503', input: end('HANDSHAKE_REFUSED', { httpStatus: 503 }), least: 0, most: 0 },
  {
    title: 'a Retry-After of nothing or of nonsense',
    input: end('HANDSHAKE_REFUSED', { retryAfterS: Number.NaN }),
    least: 0,
    most: 0,
  },
];
for (const { title, input, least, most } of LEAST)
  test(`after ${title} the next attempt waits at least ${least} ms, with some spread on top`, () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const [delay] = delays(lost(31, input), { seed });
      assert.ok(delay! >= least && delay! <= most, `${delay} ms with seed ${seed}`);
      seen.add(delay!);
    }
    if (least > 0) assert.ok(seen.size > 10, 'feeds that are told to wait do not come back together');
  });

test('a wait the server asked for also holds for a reconnect that was requested', () => {
  const script: Script = [
    [0, START],
    [0, OPENED],
    [5, { kind: 'disconnect', reason: 'SCHEDULED', reconnectAfterMs: 100 }],
    [5, end('SERVER_CLOSED', { code: 1013 })],
  ];
  assert.ok(delays(script)[0]! >= 30_000);
});

for (const condition of ['maintenance', 'cancel_only'])
  test(`an exchange in ${condition} is not asked again before 5 s, until it says that it is well`, () => {
    const told = (word: string): SessionInput => ({ kind: 'venue-status', condition: word });
    const first = delays([
      [0, START],
      [0, OPENED],
      [30, told(condition)],
      [31, RESET],
    ]);
    assert.ok(first[0]! >= 5_000 && first[0]! <= 6_250, `${first[0]} ms`);
    assert.deepEqual(
      delays([
        [0, START],
        [0, OPENED],
        [29, told(condition)],
        [30, told('online')],
        [31, RESET],
      ]),
      [0],
    );
  });

test('what the exchange said on the connection before the last does not count', () => {
  const script: Script = [
    [0, START],
    [0, OPENED],
    [30, { kind: 'venue-status', condition: 'maintenance' }],
    [31, RESET],
    [40, OPENED],
    [71, RESET],
  ];
  assert.equal(delays(script).at(-1), 0);
});

test('after the allowed number of retries the feed is over', () => {
  const lines = play(refused(60), { times: { attemptsMax: 2 } });
  assert.equal(lines.filter((line) => line.endsWith('s connect')).length, 3);
  assert.deepEqual(lines.slice(-3), [
    '5.5s disconnected CONNECT_FAILED 1006',
    '5.5s closed RETRIES_EXHAUSTED',
    '5.5s done',
  ]);
});

test('with no retries allowed the first loss ends the feed', () => {
  assert.deepEqual(play(lost(100, RESET), { times: { attemptsMax: 0 } }).slice(-3), [
    '100s disconnected CONNECTION_RESET 1006',
    '100s closed RETRIES_EXHAUSTED',
    '100s done',
  ]);
});

test('a stable connection gives back all retries', () => {
  const flaps: Script = [
    [0, START],
    [0.5, RESET],
    [2, OPENED],
    [33, RESET],
    [34, OPENED],
    [65, RESET],
  ];
  assert.deepEqual(play(flaps, { times: { attemptsMax: 1 }, until: 70 }).slice(-2), [
    '65s connecting',
    '65s connect',
  ]);
});

test('attempts never exceed what the venue allows, whatever the strategy and the user ask for', () => {
  const backoff = { strategy: 'immediate', delayMs: 0, maxMs: 0, jitter: 0 } as const;
  const limits = { attempts: 3, attemptsWindowMs: 10_000 };
  const script: Script = [
    [0, START],
    ...[1, 2, 3, 4, 11, 12].flatMap((second) => [[second, RESET] as const, [second + 0.1, START] as const]),
  ];
  const connects = play(script, { backoff, limits, until: 20 }).filter((line) => line.endsWith('s connect'));
  assert.deepEqual(connects, [
    '0s connect',
    '1s connect',
    '2s connect',
    '10s connect',
    '11s connect',
    '12s connect',
  ]);
});

/** A window of three in ten seconds of which others took all, a second before the scripts begin. */
function takenByOthers(): AttemptWindow {
  const window = new AttemptWindow(AttemptWindow.memory(3), durationS(10));
  for (let i = 0; i < 3; i++) window.tryTake((ORIGIN - durationS(1)) as MonotonicNs);
  return window;
}

const SHARED = { attempts: 3, attemptsWindowMs: 10_000 };

test('a feed waits for a window that others filled, by some chance of its own, and is told so once', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const lines = play([[0, START]], { limits: SHARED, attempts: takenByOthers(), seed, until: 18 });
    assert.match(lines[0]!, /^0s reconnecting \d+$/);
    assert.deepEqual(
      lines.slice(1).map((line) => line.replace(/^\S+ /, '')),
      ['connecting', 'connect'],
    );
    const second = Number.parseFloat(lines[2]!);
    // A third of the window is what one attempt of three takes of it.
    assert.ok(second >= 9 && second <= 9 + 10 / 3, `${second} s with seed ${seed}`);
    seen.add(lines[2]!);
  }
  assert.ok(seen.size > 10, 'feeds that wait for one window do not come together');
});

test('a feed that comes too late for what became free waits again without a word', () => {
  const window = takenByOthers();
  const lines = play([[0, START]], { limits: SHARED, attempts: new GreedyNeighbour(window), until: 28 });
  assert.deepEqual(
    lines.map((line) => line.replace(/^\S+ /, '').replace(/\d+$/, '')),
    ['reconnecting ', 'connecting', 'connect'],
  );
  assert.ok(Number.parseFloat(lines[2]!) >= 19, lines[2]);
});

/** Another feed that takes all that is free, once, just before this one asks. */
class GreedyNeighbour implements AttemptLimit {
  readonly #window: AttemptWindow;
  #sated = false;

  constructor(window: AttemptWindow) {
    this.#window = window;
  }

  tryTake(now: MonotonicNs): boolean {
    while (!this.#sated && this.#window.tryTake(now));
    this.#sated ||= now >= ORIGIN + durationS(9);
    return this.#window.tryTake(now);
  }

  readyAt(): MonotonicNs {
    return this.#window.readyAt();
  }
}
