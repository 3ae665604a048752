import assert from 'node:assert/strict';
import { shapeOf } from '../../workers/simulator/wire-shape.ts';
import { BothPaths, seeded } from './both-paths.ts';
import type { Check } from './check.ts';
import { mutate } from './mutated-message.ts';
import { briefOf, type Session, type Step } from './session.ts';
import type { SessionSource } from './session-source.ts';
import type { VenueCase } from './venue-case.ts';

/** Longer messages are snapshots, which are read whole once and not spoiled byte by byte. */
const SPOILED_LENGTH_MAX = 1500;
/** Of recordings fewer, whose first messages are long. */
const SEEDS = { recorded: 2, 'made up': 5, simulated: 5 } as const;
const STEPS_PER_SEED = 250;
/** Bytes of the messages of each kind that are changed one by one. */
const SPOILED_BYTES_MAX = 1800;
const BYTES = [0x00, 0x22, 0x2d, 0x30, 0x5c, 0xff];

/** The hot path and the cold one mean the same, whatever comes. */
export function pathChecks(venue: VenueCase, source: SessionSource): Check[] {
  const skip = source.skip === undefined ? {} : { skip: source.skip };
  return [
    {
      title: `${source.name}: both paths mean the same, and what has a hot shape is read hot`,
      ...skip,
      run: async () => {
        const session = await source.load();
        const both = new BothPaths(venue, session);
        for (const step of session.steps) {
          const before = both.leftToCold;
          both.play(step);
          if (both.leftToCold > before && step.path === undefined)
            assert.ok(source.isCold(step.text), `not read hot: ${step.text.slice(0, 1000)}`);
        }
        both.close();
      },
    },
    {
      title: `${source.name}: mutated messages mean the same on both paths`,
      ...skip,
      run: async () => {
        const session = briefOf(venue, await source.load());
        readMutated(venue, session, SEEDS[source.kind]);
      },
    },
    // What was recorded is spelled like what is simulated, which there is on every machine.
    ...(source.kind === 'recorded' ? [] : [spoiledCheck(venue, source)]),
  ];
}

function spoiledCheck(venue: VenueCase, source: SessionSource): Check {
  return {
    title: `${source.name}: a message of each kind cut short, and each byte of it changed, means the same on both paths`,
    ...(source.skip === undefined ? {} : { skip: source.skip }),
    run: async () => readSpoiled(venue, briefOf(venue, await source.load())),
  };
}

const isShort = ({ path, text }: Step): boolean => path === undefined && text.length <= SPOILED_LENGTH_MAX;

/** Each message that is spoiled comes once more as it was, so that books that did not take it go on. */
function readMutated(venue: VenueCase, session: Session, seeds: number): void {
  const short = session.steps.filter(isShort);
  seeded(seeds, (random, seed) => {
    const both = new BothPaths(venue, session);
    for (const [n, step] of session.steps.slice(0, STEPS_PER_SEED).entries()) {
      if (isShort(step) && random.percent(40)) {
        const bytes = mutate(step.text, random.pick(short).text, random, venue.pieces);
        both.read(bytes, `seed ${seed}, step ${n}:`);
      }
      both.play(step);
    }
    both.close();
  });
}

function readSpoiled(venue: VenueCase, session: Session): void {
  const shapes = new Map<string, number>();
  for (const [n, step] of session.steps.entries()) {
    // The last one of its kind, so that its book is live when it comes.
    if (isShort(step)) shapes.set(shapeOf(step.text).replace(/"[\d.]+":/g, '"0":'), n);
  }
  const both = new BothPaths(venue, session);
  const at = shortest(session, [...shapes.values()]);
  for (const [n, step] of session.steps.entries()) {
    if (at.has(n)) readVariants(both, step, n);
    both.play(step);
  }
  both.close();
}

/** As many of these steps as have so few bytes in all. */
function shortest({ steps }: Session, places: readonly number[]): Set<number> {
  const chosen = new Set<number>();
  let length = 0;
  for (const n of [...places].sort((a, b) => steps[a]!.bytes.length - steps[b]!.bytes.length)) {
    length += steps[n]!.bytes.length;
    if (length <= SPOILED_BYTES_MAX) chosen.add(n);
  }
  return chosen;
}

function readVariants(both: BothPaths, { bytes }: Step, n: number): void {
  for (let end = 0; end < bytes.length; end++)
    both.read(bytes.subarray(0, end), `step ${n} up to byte ${end}:`);
  const changed = bytes.slice();
  for (let at = 0; at < bytes.length; at++) {
    for (const byte of BYTES) {
      changed[at] = byte;
      both.read(changed, `step ${n}, byte ${at}:`);
    }
    changed[at] = bytes[at]!;
  }
}
