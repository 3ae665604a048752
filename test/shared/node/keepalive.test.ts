import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Keepalive, type KeepaliveTimes } from '../../../src/shared/node/keepalive.ts';

/** A keepalive whose time is told: what it does is written down with the ms at which it did it. */
class Played implements Disposable {
  readonly log: string[] = [];
  readonly keepalive: Keepalive;
  wasStopped = false;
  #now = 0;
  readonly #later: (() => void)[] = [];

  constructor(times: KeepaliveTimes) {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { log } = this;
    this.keepalive = new Keepalive(times, {
      ping: () => log.push(`${this.#now} ping`),
      lost: () => log.push(`${this.#now} lost`),
      takeWasStopped: () => {
        const was = this.wasStopped;
        this.wasStopped = false;
        return was;
      },
      setTimer: (run, ms) => setTimeout(run, ms),
      afterReading: (run) => void this.#later.push(run),
    });
  }

  /** @param read what is read after a timer has gone off and before it is judged. */
  until(ms: number, read: () => void = () => {}): this {
    while (this.#now < ms) {
      this.#now++;
      mock.timers.tick(1);
      if (this.#later.length > 0) read();
      for (const run of this.#later.splice(0)) run();
    }
    return this;
  }

  answered(latencyMs: number): this {
    this.keepalive.answered(latencyMs);
    return this;
  }

  [Symbol.dispose](): void {
    mock.timers.reset();
  }
}

test('a ping goes out one interval after the last one did, however long its pong took', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  played.until(130).answered(30).until(205).answered(5).until(300);
  assert.deepEqual(played.log, ['100 ping', '200 ping', '300 ping']);
});

test('a pong that took longer than the interval is followed by the next ping at once', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 500 });
  played.until(350).answered(250).until(352);
  assert.deepEqual(played.log, ['100 ping', '351 ping']);
});

test('no pong in time is the end', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  assert.deepEqual(played.until(1000).log, ['100 ping', '150 lost']);
});

test('without a timeout nobody waits for pongs', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: null });
  assert.deepEqual(played.until(310).log, ['100 ping', '200 ping', '300 ping']);
});

test('a pong that is read just when the time is over counts', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  played.until(160, () => played.keepalive.answered(50));
  assert.deepEqual(played.log, ['100 ping']);
});

test('a pong that nobody waits for changes nothing', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  assert.deepEqual(played.until(60).answered(1).until(100).log, ['100 ping']);
});

test('a time in which nothing was read is not counted', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  played.until(120).wasStopped = true;
  played.until(160).wasStopped = true;
  assert.deepEqual(played.until(249).log, ['100 ping']);
  assert.deepEqual(played.until(251).log, ['100 ping', '250 lost']);
});

test('what was stopped before a ping went out does not count for it', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  played.until(50).wasStopped = true;
  assert.deepEqual(played.until(160).log, ['100 ping', '150 lost']);
});

test('once it is stopped nothing happens, whatever still comes', () => {
  using played = new Played({ intervalMs: 100, timeoutMs: 50 });
  played.until(120).keepalive.stop();
  played.answered(20).until(1000);
  assert.deepEqual(played.log, ['100 ping']);
});
