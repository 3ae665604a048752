import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { Replay } from './replay.ts';
import { booksOf, type Session } from './session.ts';
import type { SessionSource } from './session-source.ts';
import type { BookStatement, VenueCase } from './venue-case.ts';

/** Undisturbed sessions, hot and cold: nothing is wrong, nothing is missing, and nothing is said to be. */
export function bookChecks(venue: VenueCase, source: SessionSource): Check[] {
  const skip = source.skip === undefined ? {} : { skip: source.skip };
  return [
    {
      title: `${source.name}: books are the venue’s after every message, and never crossed`,
      ...skip,
      run: async () => {
        const session = await source.load();
        for (const hot of [true, false]) await playCompared(venue, session, hot);
      },
    },
    {
      title: `${source.name}: nothing is taken for a fault, and every sequence and record is accounted for`,
      ...skip,
      run: async () => {
        const session = await source.load();
        for (const hot of [true, false]) accountFor(venue, source, session, hot);
      },
    },
    {
      title: `${source.name}: a new connection forgets the last one`,
      ...skip,
      run: async () => {
        const session = await source.load();
        const first = new Replay(venue, session, true).play(session.steps);
        const records = first.recordBytes();
        first.reconnect();
        first.play(session.steps);
        assert.deepEqual(first.recordBytes(), records);
        first.close();
      },
    },
  ];
}

function playCompared(venue: VenueCase, session: Session, hot: boolean): void {
  const replay = new Replay(venue, session, hot);
  for (const [n, step] of session.steps.entries()) {
    replay.read(step);
    const ids =
      step.path === undefined ? booksOf(step).map((symbol) => replay.idOf(symbol)) : session.symbols.keys();
    replay.compare(ids, `after step ${n} (${hot ? 'hot' : 'cold'}): ${step.text.slice(0, 300)}`);
  }
  replay.compare(session.symbols.keys(), 'at the end', Number.POSITIVE_INFINITY);
  replay.close();
}

function accountFor(venue: VenueCase, { recording }: SessionSource, session: Session, hot: boolean): void {
  const replay = new Replay(venue, session, hot).play(session.steps);
  const { harness } = replay;
  assert.equal(harness.malformed, 0, harness.events.join('\n'));
  if (recording?.broken === undefined) {
    assert.deepEqual(replay.stale, [], 'no book is given up');
    for (const symbol of booksIn(session)) assert.equal(replay.state(replay.idOf(symbol)), 'live', symbol);
  }
  replay.compareAccounts('at the end');
  replay.compareMarket(session.steps);
  if (recording !== undefined) {
    const books = session.steps
      .flatMap(({ statements }) => statements)
      .filter((said): said is BookStatement => said.kind === 'book');
    const snapshots = books.filter(({ snapshot }) => snapshot).length;
    assert.deepEqual({ updates: books.length - snapshots, snapshots }, recording.expected);
  }
  replay.close();
}

/** Symbols whose book a session has. */
const booksIn = (session: Session): Set<string> => new Set(session.steps.flatMap(booksOf));
