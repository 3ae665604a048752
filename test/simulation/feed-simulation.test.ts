import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeedWorld } from './feed-world.ts';

/** Worlds of one run. `SEED=123 npm run simulate` runs one alone, `WORLDS=100000` more of them. */
const SEED = process.env['SEED'];
const WORLDS = Number(process.env['WORLDS'] ?? 500);

const seeds = SEED === undefined ? Array.from({ length: WORLDS }, (_, i) => i) : [Number(SEED)];

test(`in ${seeds.length} worlds a feed loses nothing unannounced and recovers from the last disturbance`, () => {
  const totals = { records: 0, gaps: 0, epochs: 0, pauses: 0, resyncs: 0, recoveryMs: 0 };
  for (const seed of seeds) {
    try {
      const summary = new FeedWorld(seed).run();
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += summary[key];
    } catch (error) {
      assert.fail(`SEED=${seed} npm run simulate\n${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  if (seeds.length === 1) return;
  for (const [what, count] of Object.entries(totals))
    assert.ok(count > seeds.length, `${what} at all: ${count}`);
});
