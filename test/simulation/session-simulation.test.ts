import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionWorld } from './session-world.ts';

/** Worlds of one run. `SEED=123 npm run simulate` runs one alone, `WORLDS=100000` more of them. */
const SEED = process.env['SEED'];
const WORLDS = Number(process.env['WORLDS'] ?? 2_000);

const seeds = SEED === undefined ? Array.from({ length: WORLDS }, (_, i) => i) : [Number(SEED)];

test(`in ${seeds.length} worlds a session keeps within its limits and recovers from the last disturbance`, () => {
  for (const seed of seeds) {
    try {
      new SessionWorld(seed).run();
    } catch (error) {
      assert.fail(`SEED=${seed} npm run simulate\n${error instanceof Error ? error.stack : String(error)}`);
    }
  }
});
