import { FAULTS } from '../shared/faults/fault-catalogue.ts';
import { readJson } from '../shared/json/read-json.ts';
import { durationMs, later, type MonotonicNs, NS_PER_MS } from '../shared/units.ts';
import type {
  InstrumentAnswer,
  InstrumentQuestion,
  ListedInstrument,
} from '../shared/venues/instrument-list.ts';
import type { Venue } from '../shared/venues/venue.ts';
import { VENUES } from '../shared/venues/venue-catalogue.ts';
import { INSTRUMENT_LISTS } from './exchanges/instrument-catalogue.ts';
import { type InstrumentListReader, readInstrumentList } from './exchanges/instrument-list.ts';
import type { RestFetch } from './rest/rest-fetch.ts';
import { RestQueue, type Settled } from './rest/rest-queue.ts';

/** Instruments whose details are asked for, each by a request of its own; of more there are names alone. */
export const DETAILS_MAX = 10;
/** Where a venue does not say how many. Gemini asks for no more than 120 in a minute. */
const REQUESTS_PER_SECOND = 2;

const LIST = 'list';

const now = (): MonotonicNs => (performance.now() * NS_PER_MS) as MonotonicNs;

/**
 * Asks a venue for its instruments, and for the details of those that its list has the names of alone, as long as
 * they are few. What details are missing when the time is over stays undefined; a list that is missing is a
 * failure.
 */
export async function askInstruments(
  question: InstrumentQuestion,
  fetch: RestFetch,
): Promise<InstrumentAnswer> {
  const { exchange, restUrl, filter, timeoutMs, attemptsMax } = question;
  const venue = VENUES[exchange];
  const reader = INSTRUMENT_LISTS[exchange];
  const until = later(now(), durationMs(timeoutMs));
  const leftMs = (): number => (until - now()) / NS_PER_MS;
  let wake = (): void => undefined;
  const queue = new RestQueue({
    url: restUrl,
    requestsPerSecond: venue.rest?.requestsPerSecond ?? REQUESTS_PER_SECOND,
    attemptsMax,
    chance: Math.random,
    fetch: (url, attemptMs) => fetch(url, Math.ceil(Math.max(1, Math.min(attemptMs, leftMs())))),
    now,
    settled: () => wake(),
  });
  /** @returns undefined once the time is over. */
  const settled = async (): Promise<readonly Settled[] | undefined> => {
    while (leftMs() > 0) {
      const some = queue.pump(now());
      if (some.length > 0) return some;
      const waitMs = Math.min(leftMs(), (queue.nextDeadline() - now()) / NS_PER_MS);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, Math.ceil(waitMs)));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return undefined;
  };

  queue.ask({ path: reader.path, key: LIST }, now());
  const [first] = (await settled()) ?? [];
  if (first === undefined)
    return {
      ok: false,
      fault: FAULTS.REST_FAILED.id,
      detail: `${reader.path}: no answer within ${timeoutMs} ms`,
    };
  const { answer } = first;
  if (!answer.ok) return answer;
  const all = readInstrumentList(reader, venue, answer.text);
  if (all === undefined) {
    const fault = FAULTS.MESSAGE_MALFORMED.id;
    return { ok: false, fault, detail: `${reader.path}: the answer is no list of instruments` };
  }
  const wanted = new Map(
    all.filter(matching(filter)).map((instrument) => [instrument.venueSymbol, instrument]),
  );
  const { details } = reader;
  if (details !== undefined && question.details && wanted.size <= DETAILS_MAX) {
    for (const key of wanted.keys()) queue.ask({ path: details.path(key), key }, now());
    for (let asked = wanted.size; asked > 0; ) {
      const some = await settled();
      if (some === undefined) break;
      asked -= some.length;
      for (const one of some) takeDetails(details, venue, one, wanted);
    }
  }
  return { ok: true, instruments: [...wanted.values()] };
}

function takeDetails(
  details: NonNullable<InstrumentListReader['details']>,
  venue: Venue,
  { request, answer }: Settled,
  wanted: Map<string, ListedInstrument>,
): void {
  const value = answer.ok ? readJson(answer.text) : undefined;
  const draft = value === undefined ? undefined : details.draft(value);
  const symbol = draft?.name === undefined ? undefined : venue.toSymbol(draft.name);
  // Details of another instrument than was asked for are of no use.
  if (draft === undefined || symbol === undefined || venue.toVenueSymbol(symbol) !== request.key) return;
  const { priceDecimals, quantityDecimals, status } = draft;
  wanted.set(request.key, { symbol, venueSymbol: request.key, priceDecimals, quantityDecimals, status });
}

function matching(filter: string): (instrument: ListedInstrument) => boolean {
  const part = filter.toUpperCase();
  return ({ symbol, venueSymbol }) =>
    symbol.toUpperCase().includes(part) || venueSymbol.toUpperCase().includes(part);
}
