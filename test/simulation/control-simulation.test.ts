import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagerOptions } from '../../src/main/manager/manager-options.ts';
import type { FaultName } from '../../src/shared/faults/fault-catalogue.ts';
import type { Chance } from '../../src/workers/session/seeded-random.ts';
import { seededRandom } from '../../src/workers/session/seeded-random.ts';
import { managerRig } from '../support/control-rig.ts';

/** Worlds of one run. `SEED=123 npm run simulate` runs one alone, `WORLDS=100000` more of them. */
const SEED = process.env['SEED'];
const WORLDS = Number(process.env['WORLDS'] ?? 2_000);

const seeds =
  SEED === undefined ? Array.from({ length: Math.ceil(WORLDS / 5) }, (_, i) => i) : [Number(SEED)];

/** Longest time until it is up once nothing disturbs it any more: the longest wait, and some for each callback. */
const RECOVERED_WITHIN_S = 120;

const LOSSES: readonly (readonly [FaultName, number])[] = [
  ['SERVER_CLOSED', 1000],
  ['SERVER_CLOSED', 1013],
  ['CONNECTION_RESET', 1006],
  ['CONNECTION_ENDED', 1006],
  ['PROTOCOL_ERROR', 1006],
];

/** A callback that answers, now or later, or throws, now or later; while `mayHang` it may also never answer. */
function callback<T>(clock: () => Rig['clock'], chance: Chance, answer: () => T, mayHang: () => boolean) {
  return (): T | Promise<T> => {
    const dice = Math.floor(chance() * 10);
    if (dice === 0) throw new Error('thrown');
    if (dice === 1) return Promise.reject(new Error('rejected'));
    if (dice === 2 && mayHang()) return new Promise(() => undefined);
    if (dice < 5)
      return new Promise((resolve) => clock().setTimer(() => resolve(answer()), chance() * 8_000));
    return answer();
  };
}

type Rig = ReturnType<typeof managerRig>;

async function world(seed: number): Promise<void> {
  const chance = seededRandom(seed);
  let isDisturbed = true;
  const clockOf = (): Rig['clock'] => rig.clock;
  const told: string[] = [];
  const disturbed = (): boolean => isDisturbed;
  const options: ManagerOptions = {
    maxReconnectAttempts: Number.POSITIVE_INFINITY,
    autoReconnect: chance() < 0.8,
    reconnectDelay: 0.5,
    reconnectDelayMax: 20,
    reconnectJitter: chance() < 0.5 ? 0 : 0.5,
    serverUnavailableDelay: 30,
    connectTimeout: 5,
    seed,
    subscriptions: ['hello'],
    onConnect: callback(clockOf, chance, () => undefined, disturbed),
    onDisconnect: (reason) => {
      told.push(reason);
      if (chance() < 0.1) throw new Error('thrown');
    },
    ...(chance() < 0.5
      ? {
          shouldDisconnect: callback(
            clockOf,
            chance,
            () => isDisturbed && chance() < 0.2,
            () => false,
          ),
        }
      : {}),
    ...(chance() < 0.5
      ? {
          shouldReconnect: callback(
            clockOf,
            chance,
            () => (chance() < 0.5 ? true : chance() * 5),
            () => false,
          ),
        }
      : {}),
    ...(chance() < 0.3 ? { connectionLimit: 90, disconnectMargin: 60 } : {}),
  };
  const rig = managerRig(options, undefined, chance() < 0.5 ? 0 : chance());
  const { manager, server, clock } = rig;
  const run = (promise: Promise<unknown>): void => {
    promise.catch(() => undefined);
  };
  const acts: readonly (() => void)[] = [
    () => run(manager.connect()),
    () => run(manager.disconnect()),
    () => run(manager.close()),
    () => run(manager.kill()),
    () => run(manager.requestDisconnect({ reconnectAfter: chance() * 10 })),
    () => run(manager.requestDisconnect({ timeout: 5 })),
    () => run(manager.requestDisconnect({ force: true })),
    () => manager.scheduleReconnect(chance() * 10),
    () => run(manager.subscribe(`c${Math.floor(chance() * 5)}`)),
    () => {
      const [fault, code] = LOSSES[Math.floor(chance() * LOSSES.length)]!;
      server.end(fault, code);
    },
    () => server.crashWorkers(),
    () => {
      server.answer = (['accept', 'accept', 'refuse', 'hang'] as const)[Math.floor(chance() * 4)]!;
    },
    () => {
      server.answersClose = chance() < 0.7;
      server.pongs = chance() < 0.7;
      server.handshake = chance();
    },
  ];
  run(manager.connect());
  for (let i = 0; i < 30; i++) {
    await clock.advance(chance() < 0.3 ? 0 : chance() * 10);
    acts[Math.floor(chance() * acts.length)]!();
  }
  isDisturbed = false;
  Object.assign(server, { answer: 'accept', answersClose: true, pongs: true, handshake: 0.1 });
  await clock.advance(60);
  // Where its user took it down it stays down, and comes when it is told to.
  if (manager.isRecoverable) run(manager.connect());
  await clock.advance(RECOVERED_WITHIN_S);
  const line = rig.told.slice(-12).join(', ');
  assert.ok(await settledUp(rig), `it is up again: ${manager.state}; ${line}`);
  const missteps = rig.log.lines.filter((logged) => logged.includes('may follow'));
  assert.deepEqual(missteps, [], 'every step is one that may follow');
  const { connects, disconnects, proactiveDisconnects, reactiveDisconnects } = manager.stats;
  assert.equal(proactiveDisconnects + reactiveDisconnects, disconnects, 'every end is of one of both kinds');
  assert.equal(connects - disconnects, manager.isConnected ? 1 : 0, 'every connection ends once');
  assert.equal(told.length, disconnects, 'every end is told once');
  const closing = manager.shutdown();
  await clock.advance(10);
  await closing;
  assert.equal(manager.state, 'CLOSED');
  assert.equal(manager.stats.connects, manager.stats.disconnects);
}

/** Up, or just being made anew because of the limit of its life. */
async function settledUp({ manager, clock }: Rig): Promise<boolean> {
  for (let i = 0; i < 10 && !manager.isConnected; i++) await clock.advance(1);
  return manager.isConnected;
}

test(`in ${seeds.length} worlds a managed connection is up again after the last disturbance, and its counts add up`, async () => {
  for (const seed of seeds) {
    try {
      await world(seed);
    } catch (error) {
      assert.fail(`SEED=${seed} npm run simulate\n${error instanceof Error ? error.stack : String(error)}`);
    }
  }
});
