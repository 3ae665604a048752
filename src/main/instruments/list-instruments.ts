import { type FaultName, faultName } from '../../shared/faults/fault-catalogue.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { ListedInstrument } from '../../shared/venues/instrument-list.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { checkListOptions, type ListInstrumentsOptions } from '../options/instrument-options.ts';
import { askInstruments } from './instrument-questions.ts';

const TIMEOUT_MS = 15_000;
const ATTEMPTS_MAX = 5;

/** A venue's list of instruments could not be had; `fault` says what went wrong. */
export class InstrumentListError extends Error {
  override readonly name = 'InstrumentListError';
  readonly fault: FaultName;

  constructor(fault: FaultName, detail: string) {
    super(detail);
    this.fault = fault;
  }
}

/**
 * Asks an exchange for the instruments it lists, in a worker of its own, trying again where there is no answer.
 * They come in the order of their symbols. Gemini lists names alone, which are split by what we know of quotes;
 * where a `filter` leaves at most ten, the exact rest of each is asked for.
 *
 * @throws MisuseError for options that cannot work; InstrumentListError where there is no list.
 */
export async function listInstruments(options: ListInstrumentsOptions): Promise<readonly ListedInstrument[]> {
  checkListOptions(options);
  const { exchange, filter = '', timeoutMs = TIMEOUT_MS } = options;
  const url = options.restUrl ?? VENUES[exchange].instrumentsUrl;
  if (url === undefined)
    throw new MisuseError(
      `Condition failed: option restUrl is missing, and ${exchange} has no REST interface of its own any more`,
    );
  const [answer] = await askInstruments(
    [
      {
        exchange,
        restUrl: url.replace(/\/+$/, ''),
        filter,
        details: true,
        timeoutMs,
        attemptsMax: ATTEMPTS_MAX,
      },
    ],
    options.signal,
  );
  if (answer?.ok !== true)
    throw new InstrumentListError(
      faultName(answer?.fault ?? 0),
      `no list of the instruments of ${exchange}: ${answer?.detail}`,
    );
  return answer.instruments;
}
