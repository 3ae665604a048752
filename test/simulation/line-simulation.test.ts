import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineWorld, type LineWorldSummary, type LineWorldVenue } from './line-world.ts';

/** Worlds of one run. `SEED=123 npm run simulate` runs one alone, `WORLDS=100000` more of them. */
const SEED = process.env['SEED'];
const WORLDS = Number(process.env['WORLDS'] ?? 500);

/** Worlds in which something was wrong once. */
const KEPT_SEEDS = [8725];

const seeds =
  SEED === undefined ? [...Array.from({ length: WORLDS }, (_, i) => i), ...KEPT_SEEDS] : [Number(SEED)];

function play(seed: number, venue: LineWorldVenue = {}): LineWorldSummary {
  try {
    return new LineWorld(seed, venue).run();
  } catch (error) {
    assert.fail(`SEED=${seed} npm run simulate\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

test(`in ${seeds.length} worlds lines that come, go, lag and lose are heard as one that does not`, () => {
  const totals: LineWorldSummary = {
    offered: 0,
    delivered: 0,
    held: 0,
    snapshots: 0,
    stales: 0,
    rotations: 0,
    losses: 0,
    deaths: 0,
  };
  for (const seed of seeds) {
    const summary = play(seed);
    for (const key of Object.keys(totals) as (keyof LineWorldSummary)[]) totals[key] += summary[key];
  }
  // A single world may have been a quiet one.
  if (seeds.length < 500) return;
  for (const [what, count] of Object.entries(totals))
    assert.ok(count > seeds.length / 100, `${what} at all: ${count}`);
});

test(`in as many worlds of a venue that numbers nothing no book is wrong and no trade missing`, () => {
  for (const seed of seeds) play(seed, { isBare: true });
});
