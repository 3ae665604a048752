import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { Replay } from './replay.ts';
import { booksOf, pairOf, type Session, type Step } from './session.ts';
import type { SessionSource } from './session-source.ts';
import { TallySink } from './tally-sink.ts';
import { isAbsent, type VenueCase } from './venue-case.ts';

/** A session with one message of one symbol disturbed. */
export interface Disturbed {
  readonly what: string;
  readonly steps: readonly Step[];
  /** Where the first thing is wrong. */
  readonly from: number;
  /** By when it is to be noticed; undefined where nothing follows that could show it. */
  readonly until: number | undefined;
}

export const KINDS = ['missing', 'doubled', 'swapped with the next one'] as const;
export type Kind = (typeof KINDS)[number];

/** Of venues that count nothing, steps that are read for one check: the others are tried for every single message. */
const STEPS_WITHOUT_SEQUENCE = 10_000;

/** How one case is read. */
interface Way {
  readonly hot: boolean;
  /** To the end, with everything compared, and the book brought back after that. */
  readonly isWhole: boolean;
}

const BRIEF: Way = { hot: true, isWhole: false };
/** Which of the cases are read which way, in turn: most as far as is needed to see that they are noticed. */
const WAYS: readonly Way[] = [
  { hot: true, isWhole: true },
  ...new Array<Way>(14).fill(BRIEF),
  { hot: false, isWhole: true },
  ...new Array<Way>(14).fill(BRIEF),
];

export function gapChecks(venue: VenueCase, source: SessionSource): Check[] {
  const { sequence } = venue.books;
  const skip = source.skip === undefined ? {} : { skip: source.skip };
  return KINDS.map((kind): Check => {
    const title = isAbsent(sequence)
      ? `${source.name}: a message that is ${kind} is noticed as soon as the book shows it (${sequence.none}), and no other book is touched`
      : `${source.name}: any message that is ${kind} is noticed at the next one of its symbol, which alone is resynchronised`;
    return {
      title,
      ...skip,
      run: async () => {
        const session = await source.load();
        const tried = tryAll(venue, session, kind);
        assert.ok(tried > 0, 'at least one message is disturbed');
      },
    };
  });
}

/** @returns how many messages were disturbed. */
function tryAll(venue: VenueCase, session: Session, kind: Kind): number {
  const symbols = [...new Set(session.steps.flatMap(booksOf))];
  const all = symbols.flatMap((symbol, n) => {
    const pair = pairOf(venue, session, [...new Set([symbol, symbols[(n + 1) % symbols.length]!])]);
    const whole = new Replay(venue, pair, true, new TallySink()).play(pair.steps);
    const end = whole.oracles[0]!.book.top();
    whole.close();
    return disturbedOf(pair, kind).map((each) => ({ each, pair, end }));
  });
  const stepsInAll = all.reduce((sum, { each }) => sum + each.steps.length, 0);
  const every = isAbsent(venue.books.sequence) ? Math.ceil(stepsInAll / STEPS_WITHOUT_SEQUENCE) : 1;
  let tried = 0;
  for (const [n, { each, pair, end }] of all.entries()) {
    if (n % every !== 0) continue;
    const way = WAYS[tried % WAYS.length]!;
    tryOne(venue, pair, each, end, way);
    tried++;
  }
  return tried;
}

/** Reads a disturbed session, and compares with what the kit's own account says of it after every message. */
function tryOne(venue: VenueCase, pair: Session, disturbance: Disturbed, end: unknown, way: Way): void {
  const { what, steps, from, until } = disturbance;
  const { symbols } = pair;
  const where = `${symbols[0]}, ${what}, ${way.hot ? 'hot' : 'cold'}`;
  const isCounted = !isAbsent(venue.books.sequence);
  const replay = new Replay(venue, pair, way.hot, way.isWhole ? undefined : new TallySink());
  let bystanderHeard = false;
  for (const [n, step] of steps.entries()) {
    replay.read(step);
    for (const [id, symbol] of symbols.entries())
      if (replay.state(id) !== replay.expected(id))
        assert.fail(
          `the book of ${symbol} is ${replay.state(id)} and not ${replay.expected(id)} after step ${n}; ${where}`,
        );
    if (n < from && replay.hasStale) assert.fail(`too early, at step ${n}; ${where}`);
    if (!isCounted || until === undefined || n < until) continue;
    if (!replay.hasStale) {
      goesOnWhole(replay, steps.slice(n + 1), end, `not noticed by step ${until}; ${where}`);
      break;
    }
    bystanderHeard ||= n > until && booksOf(step).includes(symbols[1] ?? '');
    if (bystanderHeard && !way.isWhole) break;
  }
  for (const stale of replay.stale) assert.equal(stale, symbols[0], `others are left alone; ${where}`);
  replay.compareAccounts(where);
  if (way.isWhole && replay.state(0) === 'stale') resynchronise(venue, pair, replay, end, where);
  replay.close();
}

/**
 * It may go on unnoticed only if nothing was lost: a snapshot that came twice, an update that the snapshot has
 * already, or one that a book which still waits for its snapshot begins without.
 */
function goesOnWhole(replay: Replay, rest: readonly Step[], end: unknown, where: string): void {
  replay.play(rest);
  assert.ok(!replay.hasStale, where);
  if (replay.state(0) === 'live') assert.deepEqual(replay.oracles[0]!.book.top(), end, where);
}

/** Asks for the book anew as a session does: the requests name it alone, and its messages make it whole. */
function resynchronise(venue: VenueCase, pair: Session, replay: Replay, end: unknown, where: string): void {
  const [symbol = ''] = pair.symbols;
  const { readRequest } = venue;
  for (const request of replay.resubscribe(0))
    if (!isAbsent(readRequest))
      assert.deepEqual(readRequest(request).symbols, [symbol], `${request}; ${where}`);
  replay.play(pair.steps.filter((step) => booksOf(step).includes(symbol)));
  assert.equal(replay.state(0), 'live', `resynchronised; ${where}`);
  assert.deepEqual(replay.oracles[0]!.book.top(), end, where);
  replay.compare(pair.symbols.keys(), `after it was resynchronised; ${where}`, Number.POSITIVE_INFINITY);
}

/** Disturbs each message of the first symbol. */
function disturbedOf(pair: Session, kind: Kind): Disturbed[] {
  const [symbol = ''] = pair.symbols;
  return disturbed(pair.steps, (step) => step.path === undefined && booksOf(step).includes(symbol), kind);
}

/** Disturbs each of these messages. */
export function disturbed(steps: readonly Step[], isOwn: (step: Step) => boolean, kind: Kind): Disturbed[] {
  const own = [...steps.keys()].filter((n) => isOwn(steps[n]!));
  const cases: Disturbed[] = [];
  for (const [nth, at] of own.entries()) {
    const next = own[nth + 1];
    const what = `step ${at} ${kind}`;
    if (kind === 'missing')
      cases.push({
        what,
        steps: steps.toSpliced(at, 1),
        from: at,
        until: next === undefined ? undefined : next - 1,
      });
    else if (kind === 'doubled')
      cases.push({ what, steps: steps.toSpliced(at + 1, 0, steps[at]!), from: at + 1, until: at + 1 });
    else if (next !== undefined) {
      const swapped = [...steps];
      [swapped[at], swapped[next]] = [steps[next]!, steps[at]!];
      cases.push({ what, steps: swapped, from: at, until: next });
    }
  }
  return cases;
}
