import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagerOptions } from '../../../src/main/manager/manager-options.ts';
import { managerRig } from '../../support/control-rig.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** The examples are programs of their own; the time they go by is this module of theirs. */
const path = new URL('../../../examples/candle-time.js', import.meta.url).href;
const { secondsUntilCandleClose } = (await import(path)) as {
  secondsUntilCandleClose(intervalMinutes: number, now: Date): number;
};

test('a candle of four hours ends at every fourth hour of UTC', () => {
  const at = (time: string, minutes = 240) =>
    secondsUntilCandleClose(minutes, new Date(`2026-01-05T${time}Z`));
  assert.deepEqual(
    [at('00:00:00'), at('03:59:59'), at('04:00:00'), at('15:58:30.900'), at('23:59:30'), at('12:34:56', 1)],
    [14_400, 1, 14_400, 90, 30, 4],
  );
});

/** Goes through two candles second by second; when it was connected, by the seconds left until a candle's end. */
async function connectedSeconds(windows: (left: () => number) => ManagerOptions): Promise<{
  readonly connected: ReadonlySet<number>;
  readonly missed: ReadonlySet<number>;
  readonly reasons: ReadonlySet<string>;
  readonly attempts: number;
}> {
  const clock = new ManualClock('2026-01-05T03:50:00Z');
  const left = (): number => secondsUntilCandleClose(240, clock.date());
  const reasons = new Set<string>();
  const { manager, server } = managerRig(
    { ...windows(left), onDisconnect: (reason) => void reasons.add(reason) },
    clock,
  );
  manager.connect().catch(() => undefined);
  const connected = new Set<number>();
  const missed = new Set<number>();
  for (let second = 0; second < 2 * 14_400; second++) {
    await clock.advance(1);
    (manager.isConnected ? connected : missed).add(left());
  }
  return { connected, missed, reasons, attempts: server.attempts.length };
}

test('with windows that overlap it is connected before every candle’s end, and rests in between', async () => {
  const { connected, missed, reasons } = await connectedSeconds((left) => ({
    shouldDisconnect: () => left() > 30,
    shouldReconnect: () => left() < 60,
    disconnectCheckInterval: 5,
  }));
  // Below 30 it never goes down; it may have just gone, and is asked to come back within 5 s.
  for (let left = 1; left <= 24; left++) assert.ok(!missed.has(left), `${left} s before the end`);
  for (let left = 100; left < 13_000; left += 100)
    assert.ok(!connected.has(left), `${left} s before the end`);
  assert.deepEqual([...reasons], ['CALLBACK_TRIGGERED']);
});

test('with windows apart it comes back once per candle, two minutes before its end', async () => {
  const { connected, missed, reasons, attempts } = await connectedSeconds((left) => ({
    reconnectStrategy: 'EXPONENTIAL_BACKOFF',
    shouldDisconnect: () => left() > 300,
    shouldReconnect: () => left() < 120,
    disconnectCheckInterval: 10,
  }));
  for (let left = 1; left <= 114; left++) assert.ok(!missed.has(left), `${left} s before the end`);
  for (let left = 400; left < 13_000; left += 100)
    assert.ok(!connected.has(left), `${left} s before the end`);
  assert.deepEqual([...reasons], ['CALLBACK_TRIGGERED']);
  // At first, and before each of the two ends.
  assert.equal(attempts, 3);
});
