import type { Subscription } from '../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import type { ExchangeCodec } from '../../../src/workers/exchanges/exchange.ts';
import type {
  ChannelChoice,
  RecordedSession,
  SessionText,
  Statement,
  StatementReader,
  VenueCase,
} from './venue-case.ts';

/** One thing that comes from the venue: a message, or with a path the answer to a question. */
export interface Step extends SessionText {
  readonly bytes: Uint8Array;
  readonly statements: readonly Statement[];
  /** Which message of the connection it is, where these are counted. */
  readonly count?: number;
}

/** What one connection was sent, with what each message says. */
export interface Session {
  readonly name: string;
  /** As on the wire; the instruments' ids are the places. */
  readonly symbols: readonly string[];
  readonly channels: readonly ChannelChoice[];
  readonly steps: readonly Step[];
}

const encoder = new TextEncoder();

export function sessionOf(
  venue: VenueCase,
  name: string,
  channels: readonly ChannelChoice[],
  symbols: readonly string[],
  texts: readonly SessionText[],
): Session {
  const reader = venue.createReader();
  const steps = texts.map((step) => readStep(reader, step));
  return { name, symbols, channels, steps };
}

export function recordedSession(venue: VenueCase, recording: RecordedSession, folder: string): Session {
  const { symbols, steps } = recording.load(folder);
  return sessionOf(venue, recording.name, recording.channels, symbols, steps);
}

/** Every channel of every symbol. */
export const subscriptionsOf = (
  channels: readonly ChannelChoice[],
  symbols: readonly string[],
): Subscription[] =>
  symbols.flatMap((_, id) =>
    channels.map((channel): Subscription => ({ ...channel, instrument: id as InstrumentId })),
  );

/** Symbols of the books that a step says something of. */
export const booksOf = ({ statements }: Step): string[] =>
  statements.filter(({ kind }) => kind === 'book').map(({ symbol }) => symbol);

/** The same session with short answers over REST, to be read many times. */
export function briefOf(venue: VenueCase, session: Session): Session {
  return { ...session, steps: briefSteps(venue, session.steps) };
}

/**
 * The books of these symbols and nothing else: a short session that is read thousands of times. An answer over
 * REST that is of no one symbol stays.
 */
export function pairOf(venue: VenueCase, session: Session, symbols: readonly string[]): Session {
  const steps = session.steps.filter(
    (step) =>
      booksOf(step).some((symbol) => symbols.includes(symbol)) ||
      (step.path !== undefined && step.statements.length === 0),
  );
  const own = briefSteps(venue, steps).map((step) => ({
    ...step,
    statements: step.statements.filter(({ symbol }) => symbols.includes(symbol)),
  }));
  const channels = session.channels.filter(({ channel }) => channel === 'book');
  return { name: session.name, symbols, channels, steps: own };
}

function briefSteps(venue: VenueCase, steps: readonly Step[]): Step[] {
  const { brief } = venue;
  if (brief === undefined) return [...steps];
  const reader = venue.createReader();
  return steps.map(({ bytes: _bytes, statements: _statements, count: _count, ...step }) =>
    readStep(reader, { ...step, text: brief(step) }),
  );
}

function readStep(reader: StatementReader, step: SessionText): Step {
  const { path, text } = step;
  const read = { ...step, bytes: encoder.encode(text) };
  if (path !== undefined) return { ...read, statements: reader.rest?.(path, text) ?? [] };
  const count = reader.count?.(text);
  return { ...read, statements: reader.message(text), ...(count === undefined ? {} : { count }) };
}

/** Subscribes on a new connection, whose address says what it is to carry where a venue is told so. */
export function connect(
  venue: VenueCase,
  codec: ExchangeCodec,
  subscriptions: readonly Subscription[],
): readonly string[] {
  codec.address?.(venue.venue.url, subscriptions);
  return codec.subscribe(subscriptions);
}
