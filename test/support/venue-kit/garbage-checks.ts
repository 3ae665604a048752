import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { Replay } from './replay.ts';
import type { SessionSource } from './session-source.ts';
import type { VenueCase } from './venue-case.ts';

const DEEP = 20_000;
const LONG = 300_000;

/** What no venue says. */
const GARBAGE: readonly (readonly [what: string, message: string | Uint8Array])[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['a word', 'hello'],
  ['null', 'null'],
  ['a number', '123'],
  ['a text', '"text"'],
  ['an empty object', '{}'],
  ['an object of nothing known', '{"a":1}'],
  ['half an object', '{"channel":"tr'],
  ['a list of lists', '[[[[[]]]]]'],
  ['nesting without end', '['.repeat(DEEP)],
  ['objects in objects without end', '{"a":'.repeat(DEEP)],
  ['digits without end', '9'.repeat(LONG)],
  ['a text without end', `"${'x'.repeat(LONG)}`],
  ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d)],
  ['zeros', new Uint8Array(64)],
  ['a page of a web server', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
];

/** Messages that garbage is put between: enough that every kind stands before and after some. */
const STEPS_BETWEEN = 120;

/** … and before a single one: books are live by then. */
const STEPS_BEFORE = 40;

/** Whatever comes is counted, never thrown, and harms nothing that comes after it. */
export function garbageChecks(venue: VenueCase, sources: readonly SessionSource[]): Check[] {
  const all = [...GARBAGE, ...venue.garbage.map((text) => [text.slice(0, 100), text] as const)];
  // Any session will do, so one that needs no recordings is taken where there is one.
  const source = sources.filter(({ skip }) => skip === undefined).at(-1);
  const none = source === undefined ? { skip: 'no session of this venue is there' } : {};
  return [
    {
      title: 'garbage is counted and never thrown, and no record comes of it',
      ...none,
      run: async () => {
        const session = await source!.load();
        for (const hot of [true, false])
          for (const [what, message] of all) {
            const replay = new Replay(venue, session, hot).play(session.steps.slice(0, STEPS_BEFORE));
            const { harness } = replay;
            const before = { malformed: harness.malformed, records: replay.recordBytes().length };
            assert.doesNotThrow(() => harness.read(message), what);
            assert.equal(harness.malformed, before.malformed + 1, `${what} is counted once`);
            assert.equal(replay.recordBytes().length, before.records, `${what} is no record`);
            harness.close();
          }
      },
    },
    {
      title: 'garbage between messages changes nothing of what they mean',
      ...none,
      run: async () => {
        const session = await source!.load();
        const steps = session.steps.slice(0, STEPS_BETWEEN);
        for (const hot of [true, false]) {
          const clean = new Replay(venue, session, hot).play(steps);
          const mixed = new Replay(venue, session, hot);
          for (const [n, step] of steps.entries()) {
            mixed.harness.read(all[n % all.length]![1]);
            mixed.read(step);
          }
          assert.deepEqual(mixed.recordBytes(), clean.recordBytes());
          assert.deepEqual(mixed.stale, []);
          clean.close();
          mixed.close();
        }
      },
    },
  ];
}
