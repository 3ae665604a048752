import { MisuseError } from '../../../shared/invariant.ts';

const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** A comma behind which another header begins. Others are a part of their value, as is the one in `a, http://b`. */
const BETWEEN = new RegExp(`,(?=\\s*${NAME}\\s*:(?!//))`);
const HEADER = new RegExp(`^${NAME}\\s*:`);

/**
 * `A: 1,B: 2` as lines of a request.
 *
 * @throws MisuseError where one is no header. It shows none, because they may be secrets.
 */
export function headerLines(text: string): string[] {
  const lines = text.split(BETWEEN).map((line) => line.trim());
  if (!lines.every((line) => HEADER.test(line)))
    throw new MisuseError('Condition failed: option --headers has a form like "A: 1,B: 2"');
  return lines;
}
