/**
 * The kinds of values options are made of. A message says what was given and what is allowed; the path in
 * front of it is added where the options are checked.
 */
import * as v from 'valibot';
import { MisuseError } from '../../shared/invariant.ts';
import { didYouMean } from './nearest.ts';

const SHOWN_LENGTH_MAX = 60;

/** What a person reads of a wrong value: short, and never a whole object graph. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const text = JSON.stringify(value);
      return text.length > SHOWN_LENGTH_MAX ? text.slice(0, SHOWN_LENGTH_MAX - 3) + '...' : text;
    }
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

/** Message for a value that is not `what`. */
export const expected = (what: string) => (issue: { readonly input: unknown }) =>
  `is ${shown(issue.input)}, expected ${what}`;

/** One of these words. */
export const oneOf = <const T extends readonly string[]>(allowed: T) =>
  v.picklist(allowed, (issue) => {
    const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
    return `is ${shown(issue.input)}, allowed: ${allowed.join(', ')}${hint}`;
  });

/** A number within bounds that are included; Infinity is whole where it is the upper one. */
export const numberWithin = (least: number, most: number, whole = true) =>
  v.custom<number>(
    (input) =>
      typeof input === 'number' &&
      input >= least &&
      input <= most &&
      (!whole || Number.isInteger(input) || input === most),
    (issue) =>
      `is ${shown(issue.input)}, allowed: ${whole ? 'whole numbers' : 'numbers'} from ${least} to ${most}`,
  );

export const flag = v.boolean(expected('true or false'));

/** An object with these keys and no others. `what` names it in the message. */
export const objectOf = <const E extends v.ObjectEntries>(entries: E, what = 'an object') => {
  const keys = Object.keys(entries);
  return v.pipe(
    // valibot takes a list for an object that has no required key.
    v.custom<object>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      expected(what),
    ),
    v.strictObject(entries, (issue) =>
      issue.expected === 'never'
        ? `is not known, allowed: ${keys.join(', ')}${didYouMean(String(issue.input), keys)}`
        : 'is missing',
    ),
  );
};

/**
 * @param where what stands before the path in the message: `option ` or `subscribe.`, for example.
 * @throws MisuseError naming the option, what was given and what is allowed. The first mistake is told.
 */
export function check(schema: v.GenericSchema, value: unknown, where: string): void {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new MisuseError(
    `Condition failed: ${path === null ? where.slice(0, -1) : where + path} ${issue.message}`,
  );
}
