import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { type Disturbed, disturbed, KINDS } from './gap-checks.ts';
import { Replay } from './replay.ts';
import type { Session } from './session.ts';
import type { SessionSource } from './session-source.ts';
import { TallySink } from './tally-sink.ts';
import type { VenueCase } from './venue-case.ts';

/** Every so many cases are read to the end with everything compared, and begun anew after that. */
const WHOLE_EVERY = 15;
/** … and so many on the cold path. */
const COLD_EVERY = 8;

/** Of a venue that counts whatever comes on a connection: what is missing may have been of any of its books. */
export function connectionGapChecks(venue: VenueCase, source: SessionSource): Check[] {
  return KINDS.map((kind) => ({
    title: `${source.name}: any message that is ${kind} is noticed at the next one of the connection, and all its books are whole again on another`,
    ...(source.skip === undefined ? {} : { skip: source.skip }),
    run: async () => {
      const session = await source.load();
      const cases = disturbed(session.steps, ({ count }) => count !== undefined, kind);
      assert.ok(cases.length > 0, 'at least one message is disturbed');
      for (const [n, each] of cases.entries())
        tryOne(venue, session, each, n % WHOLE_EVERY === 0, n % COLD_EVERY !== 0);
    },
  }));
}

function tryOne(
  venue: VenueCase,
  session: Session,
  { what, steps, from, until }: Disturbed,
  isWhole: boolean,
  hot: boolean,
): void {
  const where = `${what}, ${hot ? 'hot' : 'cold'}`;
  const replay = new Replay(venue, session, hot, isWhole ? undefined : new TallySink());
  for (const [n, step] of steps.entries()) {
    replay.read(step);
    for (const [id, symbol] of session.symbols.entries())
      if (replay.state(id) !== replay.expected(id))
        assert.fail(
          `the book of ${symbol} is ${replay.state(id)} and not ${replay.expected(id)} after step ${n}; ${where}`,
        );
    if (n < from) assert.ok(!replay.wantsAnother, `too early, at step ${n}; ${where}`);
    if (n !== until) continue;
    assert.ok(replay.wantsAnother, `not noticed by step ${until}; ${where}`);
    if (!isWhole) break;
  }
  if (isWhole) {
    replay.reconnect();
    replay.play(session.steps);
    replay.compare(session.symbols.keys(), `on another connection; ${where}`, Number.POSITIVE_INFINITY);
  }
  replay.close();
}
