import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StallingWorld } from './stalling-world.ts';

/** `SEED=123 npm run simulate` runs one world alone, `WORLDS=1000` more of them. */
const SEED = process.env['SEED'];
const WORLDS = Number(process.env['WORLDS'] ?? 4);

/** So much waits in the worlds from this one on that a queue has to grow while it is filled. */
const FIRST_SEED = 8;

const seeds = SEED === undefined ? Array.from({ length: WORLDS }, (_, i) => FIRST_SEED + i) : [Number(SEED)];

test(`in ${seeds.length} worlds a thread that stands still most of the time rotates, and misses and repeats nothing`, async () => {
  for (const seed of seeds)
    assert.deepEqual(await new StallingWorld(seed).run(), [], `SEED=${seed} npm run simulate`);
});
