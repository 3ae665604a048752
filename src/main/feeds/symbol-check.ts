import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { InstrumentQuestion, ListedInstrument } from '../../shared/venues/instrument-list.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { askInstruments } from '../instruments/instrument-questions.ts';
import { listUrl } from '../options/endpoint-options.ts';
import { nearestSymbols } from '../options/nearest.ts';
import type { FeedOption } from '../options/open-options.ts';
import { shown } from '../options/option-rules.ts';

/** Nobody waits longer for feeds that could have begun without the list. */
const TIMEOUT_MS = 2_500;
const ATTEMPTS_MAX = 2;

/** A feed whose symbols could not be looked up. */
export interface UncheckedFeed {
  /** Its place among the options. */
  readonly feed: number;
  readonly fault: FaultCode;
  readonly detail: string;
}

interface FeedToCheck {
  readonly feed: number;
  readonly option: FeedOption;
  /** Which of the questions is about it. */
  readonly question: number;
}

/**
 * Looks the symbols of feeds up in what their venues list, each list asked for once. The options are checked.
 *
 * @returns the feeds of which there is no list.
 * @throws MisuseError for a symbol that is not listed, with those nearest to it; the signal's reason.
 */
export async function checkSymbols(
  options: readonly FeedOption[],
  signal: AbortSignal,
): Promise<readonly UncheckedFeed[]> {
  const questions = new Map<string, InstrumentQuestion>();
  const toCheck: FeedToCheck[] = [];
  for (const [feed, option] of options.entries()) {
    const restUrl = listUrl(option);
    if (restUrl === undefined || option.symbols.length === 0) continue;
    const { exchange } = option;
    const key = `${exchange} ${restUrl}`;
    if (!questions.has(key))
      questions.set(key, {
        exchange,
        restUrl,
        filter: '',
        details: false,
        timeoutMs: TIMEOUT_MS,
        attemptsMax: ATTEMPTS_MAX,
      });
    toCheck.push({ feed, option, question: [...questions.keys()].indexOf(key) });
  }
  const answers = await askInstruments([...questions.values()], signal);
  const unchecked: UncheckedFeed[] = [];
  for (const { feed, option, question } of toCheck) {
    const answer = answers[question]!;
    if (answer.ok) checkListed(option, answer.instruments, `feeds.${feed}`);
    else
      unchecked.push({
        feed,
        fault: answer.fault,
        detail: `the symbols were not looked up: ${answer.detail}`,
      });
  }
  return unchecked;
}

function checkListed(
  { exchange, symbols }: FeedOption,
  instruments: readonly ListedInstrument[],
  where: string,
): void {
  const { toSymbol, toVenueSymbol } = VENUES[exchange];
  // As they are subscribed: a symbol may be split in two ways where the venue joins its codes.
  const listed = new Set(instruments.map(({ venueSymbol }) => venueSymbol));
  for (const [n, given] of symbols.entries()) {
    const symbol = toSymbol(given);
    if (symbol === undefined || listed.has(toVenueSymbol(symbol))) continue;
    const nearest = nearestSymbols(
      symbol,
      instruments.map((instrument) => instrument.symbol),
    );
    const hint =
      nearest.length === 0 ? '' : ` (did you mean ${nearest.map((name) => `"${name}"`).join(' or ')}?)`;
    throw new MisuseError(
      `Condition failed: option ${where}.symbols.${n} ${shown(given)} is not among the ${instruments.length} instruments that ${exchange} lists${hint}; ${where}.checkSymbols: false subscribes without looking`,
    );
  }
}
