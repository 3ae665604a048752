import type { ExchangeName } from '../../../src/shared/venues/venue.ts';
import { marketPairs } from '../../../src/workers/simulator/market-pairs.ts';
import { NO_RECORDINGS, recordings } from '../recordings.ts';
import { CodecHarness, instrumentsOf } from './codec-harness.ts';
import { recordedSession, type Session, sessionOf, subscriptionsOf } from './session.ts';
import { SimulatedLine } from './simulated-line.ts';
import {
  type ChannelChoice,
  isAbsent,
  type RecordedSession,
  type SessionText,
  type VenueCase,
} from './venue-case.ts';

/** A session that the checks are run on, made when the first of them needs it. */
export interface SessionSource {
  readonly name: string;
  /** Why there is none here. */
  readonly skip?: string;
  readonly kind: 'recorded' | 'made up' | 'simulated';
  /** Of a recorded one. */
  readonly recording?: RecordedSession;
  /** Whether its messages are also lost, doubled and swapped. */
  readonly isDisturbed: boolean;
  load(): Promise<Session>;
  /** Whether this message need not have a hot path. */
  isCold(text: string): boolean;
}

/** Messages of a simulated session: enough that each symbol has some dozen of each kind. */
const STEPS = 180;
/** Updates that come while a snapshot is on its way. */
const STEPS_MEANWHILE = 20;

export const sourcesOf = (venue: VenueCase): SessionSource[] => [
  ...recordedSources(venue),
  ...madeSources(venue),
  ...simulatedSources(venue),
];

function recordedSources(venue: VenueCase): SessionSource[] {
  const folder = recordings();
  const common = { kind: 'recorded', isCold: (text: string) => venue.isCold(text) } as const;
  if (isAbsent(venue.recordings)) {
    const skip = venue.recordings.none;
    return [{ ...common, name: 'recorded sessions', skip, isDisturbed: true, load: missing }];
  }
  return venue.recordings.map((recording) => ({
    ...common,
    name: recording.name,
    recording,
    ...(folder === undefined ? { skip: NO_RECORDINGS } : {}),
    // Some are of other channels, and some have a gap of their own.
    isDisturbed:
      recording.broken === undefined && recording.channels.some(({ channel }) => channel === 'book'),
    load: once(() => Promise.resolve(recordedSession(venue, recording, folder ?? ''))),
  }));
}

const madeSources = (venue: VenueCase): SessionSource[] =>
  (venue.made ?? []).map((made) => ({
    name: made.name,
    kind: 'made up',
    // They are long, and more of the same.
    isDisturbed: false,
    load: once(() => {
      const { symbols, steps } = made.make();
      return Promise.resolve(sessionOf(venue, made.name, made.channels, symbols, steps));
    }),
    isCold: (text) => venue.isCold(text) || made.isCold?.(text) === true,
  }));

function simulatedSources(venue: VenueCase): SessionSource[] {
  const { simulator } = venue;
  const common = { kind: 'simulated', isCold: (text: string) => venue.isCold(text) } as const;
  const name = 'a simulated session';
  if (isAbsent(simulator))
    return [{ ...common, name, skip: simulator.none, isDisturbed: true, load: missing }];
  const { exchange, channels, others = [] } = simulator;
  return [{ name, channels, isDisturbed: true }, ...others].map((choice) => ({
    isDisturbed: false,
    ...common,
    ...choice,
    load: once(() => simulatedSession(venue, exchange, choice.channels)),
  }));
}

/** Names of the embedded exchange's instruments on this venue. */
export const simulatedSymbols = (venue: VenueCase, count: number): string[] =>
  marketPairs(count).map(({ symbol }) => venue.venue.toVenueSymbol(symbol));

/**
 * What the embedded exchange sends to the requests of the adapter itself. What is asked over REST before any
 * message is answered at once, and what is asked later only after some more updates.
 */
async function simulatedSession(
  venue: VenueCase,
  exchange: ExchangeName,
  channels: readonly ChannelChoice[],
): Promise<Session> {
  const symbols = simulatedSymbols(venue, 4);
  const harness = new CodecHarness({
    createCodec: (context, hot) => venue.createCodec(context, hot),
    instruments: instrumentsOf(symbols),
    hot: false,
  });
  const all = subscriptionsOf(channels, symbols);
  const line = await SimulatedLine.open(exchange, (url) => harness.codec.address?.(url, all) ?? url);
  const texts: SessionText[] = [];
  const takeIn = (): void => {
    for (const text of line.take()) {
      texts.push({ text });
      harness.read(text);
    }
  };
  const askAll = async (): Promise<SessionText[]> => {
    const answers: SessionText[] = [];
    for (const { path } of harness.asked.splice(0)) {
      const { text } = await line.ask(path);
      answers.push({ path, text });
    }
    return answers;
  };
  try {
    const requests = harness.codec.subscribe(all);
    texts.push(...(await askAll()));
    await line.send(requests);
    takeIn();
    await line.step(STEPS_MEANWHILE);
    takeIn();
    const answers = await askAll();
    await line.step(STEPS_MEANWHILE);
    takeIn();
    texts.push(...answers);
    await line.step(STEPS);
    takeIn();
    return sessionOf(venue, 'a simulated session', channels, symbols, texts);
  } finally {
    harness.close();
    await line.stop();
  }
}

const missing = (): Promise<never> => Promise.reject(new Error('there is no such session'));

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
