import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppCallbacks } from '../../../src/main/websocket-client/app-callbacks.ts';
import { AppRun } from '../../../src/main/websocket-client/app-run.ts';
import { WebSocketConnectionClosedException } from '../../../src/shared/websocket-client/exceptions.ts';
import { loggedApp } from '../../support/app-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { Random } from '../../support/random.ts';
import { ScriptedAppTransport } from '../../support/scripted-app-transport.ts';

interface Attempt {
  readonly signal: AbortSignal;
  readonly opened: (transport: ScriptedAppTransport) => void;
  readonly failed: (error: Error) => void;
  transport?: ScriptedAppTransport;
  isOver: boolean;
}

/** One run whose world is a script: attempts, what comes, and the time. */
class Rig {
  readonly clock = new ManualClock();
  readonly attempts: Attempt[] = [];
  readonly calls: string[];
  readonly run: AppRun;
  /** What a callback does, besides being written down. */
  inCallback: () => void = () => undefined;

  constructor({ reconnectSeconds = 0, reconnectOnCleanClose = true } = {}) {
    const act = (): void => this.inCallback();
    const { app, calls } = loggedApp('ws://localhost/', { onOpen: act, onMessage: act, onError: act });
    this.calls = calls;
    this.run = new AppRun(
      new AppCallbacks(app, (error) => this.run.fail(error)),
      {
        reconnectSeconds,
        reconnectOnCleanClose,
        skipUtf8Validation: false,
        isByFragment: () => false,
        getMaskKey: () => 'mask',
      },
      {
        open: (signal) =>
          new Promise((resolve, reject) => {
            const attempt: Attempt = {
              signal,
              isOver: false,
              opened: (transport) => {
                attempt.isOver = true;
                attempt.transport = transport;
                resolve(transport);
              },
              failed: (error) => {
                attempt.isOver = true;
                reject(error);
              },
            };
            this.attempts.push(attempt);
          }),
        timeout: (seconds, due) => this.clock.setTimer(due, seconds * 1000),
      },
    );
    this.run.begin();
  }

  get latest(): Attempt {
    return this.attempts.at(-1)!;
  }

  /** Takes turns as an app does that has no dispatcher. */
  async drive(): Promise<void> {
    while (this.run.turn()) await this.run.changed();
  }
}

const text = (data: string) => ({ opcode: 1, fin: true, data }) as const;
const CLOSE = { opcode: 8, fin: true, data: Uint8Array.of(3, 232) } as const;
const LOST = 'error WebSocketConnectionClosedException: Connection to remote host was lost.';

test('the delay before the next attempt is as long as was asked for, after each kind of end', async () => {
  const rig = new Rig({ reconnectSeconds: 5 });
  const over = rig.drive();
  const ends: readonly (() => void)[] = [
    () => rig.latest.failed(new Error('refused')),
    () => {
      const transport = new ScriptedAppTransport();
      rig.latest.opened(transport);
      transport.end();
    },
    () => {
      const transport = new ScriptedAppTransport();
      rig.latest.opened(transport);
      transport.receive(CLOSE);
      transport.end();
    },
  ];
  for (const [index, end] of ends.entries()) {
    end();
    await rig.clock.advance(4.9);
    assert.equal(rig.attempts.length, index + 1);
    await rig.clock.advance(0.1);
    assert.equal(rig.attempts.length, index + 2);
  }
  void rig.run.close();
  await over;
  assert.deepEqual(rig.calls, ['error Error: refused', 'open', LOST, 'open', 'close null null']);
});

test('an attempt that opens after close was called is aborted', async () => {
  const rig = new Rig();
  const over = rig.drive();
  const closed = rig.run.close();
  assert.ok(rig.latest.signal.aborted);
  await closed;
  await over;
  const late = new ScriptedAppTransport();
  rig.latest.opened(late);
  await rig.clock.settle();
  assert.ok(late.isAborted);
  assert.deepEqual(rig.calls, ['close null null']);
});

test('a server has so long to answer a close frame, and the run then ends without it', async () => {
  const rig = new Rig({ reconnectSeconds: 1 });
  const over = rig.drive();
  const transport = new ScriptedAppTransport();
  rig.latest.opened(transport);
  await rig.clock.settle();
  let isReleased = false;
  void rig.run.close({ timeout: 2 }).then(() => {
    isReleased = true;
  });
  await rig.clock.advance(1.9);
  assert.deepEqual([isReleased, transport.closeFrames, transport.isAborted], [false, 1, false]);
  await rig.clock.advance(0.1);
  assert.deepEqual([isReleased, transport.isAborted, rig.run.isOver], [true, true, true]);
  await over;
  assert.deepEqual(rig.calls, ['open', 'close null null']);
  assert.equal(rig.clock.pending, 0);
});

test('close resolves in its time even where nobody takes turns', async () => {
  const rig = new Rig();
  const closed = rig.run.close({ timeout: 2 });
  await rig.clock.advance(2);
  await closed;
});

test('a second close neither sends another frame nor gives the server more time', async () => {
  const rig = new Rig();
  const over = rig.drive();
  const transport = new ScriptedAppTransport();
  rig.latest.opened(transport);
  await rig.clock.settle();
  void rig.run.close({ timeout: 1 });
  await rig.clock.advance(0.9);
  const second = rig.run.close({ timeout: 3600 });
  await rig.clock.advance(0.1);
  await second;
  await over;
  assert.equal(transport.closeFrames, 1);
  assert.deepEqual(rig.calls, ['open', 'close null null']);
});

test('frames that come with the end are handed over before it', async () => {
  const rig = new Rig();
  const over = rig.drive();
  const transport = new ScriptedAppTransport();
  rig.latest.opened(transport);
  transport.receive(text('in time'));
  await rig.clock.settle();
  transport.end(text('late'), CLOSE);
  await over;
  assert.deepEqual(
    rig.calls.filter((call) => !call.startsWith('data')),
    ['open', 'message in time', 'message late', 'close 1000 '],
  );
});

test('the event loop has its turn while many frames are handed over', async () => {
  const rig = new Rig();
  const transport = new ScriptedAppTransport();
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  for (let n = 0; n < 2_000; n++) transport.receive(text('x'));
  transport.end(CLOSE);
  rig.inCallback = () => {
    const until = performance.now() + 0.1;
    while (performance.now() < until);
  };
  rig.latest.opened(transport);
  await rig.drive();
  isOver = true;
  assert.equal(rig.calls.length, 4_002);
  assert.ok(turns > 10, `${turns} turns`);
});

const STEPS_MAX = 400;

/** A step of the world or of the program, chosen by chance; what it may be depends on where the run is. */
function step(rig: Rig, random: Random, sent: string[], state: { closing: boolean; failures: number }): void {
  const { latest, run } = rig;
  const { transport } = latest;
  switch (random.below(12)) {
    case 0:
    case 1:
      if (!latest.isOver) latest.opened(new ScriptedAppTransport());
      break;
    case 2:
      if (!latest.isOver) {
        latest.failed(new Error('refused'));
        state.failures++;
      }
      break;
    case 3:
    case 4:
    case 5:
      if (transport !== undefined && transport.closed === undefined) {
        const data = `m${sent.length}`;
        sent.push(data);
        transport.receive(text(data));
      }
      break;
    case 6:
      if (transport !== undefined && transport.closed === undefined) {
        transport.receive(CLOSE);
        transport.end();
      }
      break;
    case 7:
      if (transport !== undefined && transport.closed === undefined) {
        transport.end();
        state.failures++;
      }
      break;
    case 8:
    case 9: {
      const open = run.openTransport;
      // A program asks and then writes, which is all one step of this thread.
      if (open !== undefined) {
        assert.ok(!state.closing && !run.isOver);
        open.write(new Uint8Array(1));
      }
      break;
    }
    case 10:
      if (random.percent(20)) {
        state.closing = true;
        void run.close({ timeout: 1 + random.below(3) });
      }
      break;
    case 11:
      if (random.percent(30))
        rig.inCallback = () => {
          rig.inCallback = () => undefined;
          state.closing = true;
          void run.close();
        };
      break;
  }
}

/** @returns nothing; throws where a promise of a run is broken. */
async function interleaved(seed: number): Promise<void> {
  const random = new Random(seed);
  const rig = new Rig({
    reconnectSeconds: random.percent(80) ? 1 + random.below(3) : 0,
    reconnectOnCleanClose: random.percent(70),
  });
  const isDriven = random.percent(50);
  const over = isDriven ? rig.drive() : undefined;
  const sent: string[] = [];
  const state = { closing: false, failures: 0 };
  let attemptsAtClose: number | undefined;
  let callsAtClose: number | undefined;
  for (let n = 0; n < STEPS_MAX && !rig.run.isOver; n++) {
    // Long runs are brought to an end from outside.
    if (n > STEPS_MAX / 2 && !state.closing) {
      state.closing = true;
      void rig.run.close({ timeout: 1 });
    } else step(rig, random, sent, state);
    if (!isDriven && random.percent(50)) rig.run.turn();
    if (random.percent(30)) await rig.clock.advance(random.below(3));
    else if (random.percent(50)) await Promise.resolve();
    if (state.closing && attemptsAtClose === undefined) {
      attemptsAtClose = rig.attempts.length;
      callsAtClose = rig.calls.length;
    }
  }
  if (!isDriven)
    while (!rig.run.isOver) {
      await rig.clock.advance(1);
      rig.run.turn();
    }
  await over;
  await rig.clock.settle();
  const closes = rig.calls.filter((call) => call.startsWith('close'));
  assert.equal(closes.length, 1, 'told of its end once');
  assert.equal(rig.calls.at(-1), closes[0], 'and last');
  assert.equal(rig.clock.pending, 0, 'no timer is left');
  if (attemptsAtClose !== undefined) {
    assert.equal(rig.attempts.length, attemptsAtClose, 'no attempt follows close');
    // A callback that closed may have been told of what came before, and only its end comes after.
    assert.ok(rig.calls.length - callsAtClose! <= 1, 'nothing but the end follows close');
  }
  for (const { transport } of rig.attempts)
    if (transport !== undefined)
      assert.ok(transport.closed !== undefined || transport.isAborted, 'no connection is left open');
  const messages = rig.calls.filter((call) => call.startsWith('message')).map((call) => call.slice(8));
  assert.deepEqual(
    messages,
    sent.filter((message) => messages.includes(message)),
    'in order, each once',
  );
  const errors = rig.calls.filter((call) => call.startsWith('error')).length;
  assert.ok(errors <= state.failures, 'no failure is reported twice');
  if (!state.closing) {
    assert.equal(messages.length, sent.length, 'every message is handed over');
    assert.equal(errors, state.failures, 'every failure is reported');
  }
  assert.equal(rig.run.hasErrored, errors > 0);
}

test('close never races with what is sent, what comes, what is lost and what is tried again', async () => {
  for (let seed = 0; seed < 10_000; seed++)
    await interleaved(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
});

test('a connection that is lost is one that programs know by its class', async () => {
  const errors: Error[] = [];
  const { app } = loggedApp('ws://localhost/', { onError: (_, error) => errors.push(error) });
  const transport = new ScriptedAppTransport();
  const run = new AppRun(
    new AppCallbacks(app, (error) => assert.fail(String(error))),
    {
      reconnectSeconds: 0,
      reconnectOnCleanClose: true,
      skipUtf8Validation: false,
      isByFragment: () => false,
      getMaskKey: undefined,
    },
    { open: async () => transport, timeout: () => assert.fail() },
  );
  run.begin();
  transport.end();
  while (run.turn()) await run.changed();
  assert.ok(errors[0] instanceof WebSocketConnectionClosedException);
});
