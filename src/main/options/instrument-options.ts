import * as v from 'valibot';
import { EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { checkRestUrl } from './endpoint-options.ts';
import { check, expected, numberWithin, objectOf, oneOf } from './option-rules.ts';

export interface ListInstrumentsOptions {
  readonly exchange: ExchangeName;
  /** Part of the symbols wanted, in either form and any case; all of them where left out. */
  readonly filter?: string | undefined;
  /** Another root of the venue's REST interface than its own. */
  readonly restUrl?: string | undefined;
  /** For everything together; 15,000 where left out. */
  readonly timeoutMs?: number | undefined;
  /** Gives it up: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const ListSchema = objectOf({
  exchange: oneOf(EXCHANGES),
  filter: v.optional(v.string(expected('a text'))),
  restUrl: v.optional(v.string(expected('an https:// URL'))),
  timeoutMs: v.optional(numberWithin(1, 86_400_000)),
  signal: v.optional(v.instance(AbortSignal, expected('an AbortSignal'))),
});

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkListOptions(options: ListInstrumentsOptions): void {
  check(ListSchema, options, 'option ');
  if (options.restUrl !== undefined) checkRestUrl(options.restUrl, 'option restUrl');
}
