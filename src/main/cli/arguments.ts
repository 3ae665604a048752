import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../options/nearest.ts';
import type { ChannelOption } from '../options/open-options.ts';

/** A number from the command line, within bounds. */
export const numberArgument =
  (least: number, most: number, whole: boolean) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(
        `allowed: ${whole ? 'whole numbers' : 'numbers'} from ${least}${most === Number.POSITIVE_INFINITY ? ' up' : ` to ${most}`}.`,
      );
    return value;
  };

export const choiceArgument =
  <const T extends readonly string[]>(allowed: T) =>
  (text: string): T[number] => {
    if (!allowed.includes(text))
      throw new InvalidArgumentError(`allowed: ${allowed.join(', ')}${didYouMean(text, allowed)}.`);
    return text;
  };

/** `trade,book:10,ohlc:5` as channel options; the number is a book's depth or a candle's minutes. */
export function channelsArgument(text: string): ChannelOption[] {
  return text.split(',').map((part) => {
    const [name = '', parameter, ...rest] = part.trim().split(':');
    if (name === '' || rest.length > 0)
      throw new InvalidArgumentError(`"${part}" is no channel, expected a form like trade,book:10,ohlc:5.`);
    if (parameter === undefined) return name as ChannelOption;
    const value = Number(parameter);
    if (!Number.isInteger(value) || parameter === '')
      throw new InvalidArgumentError(`"${part}" has "${parameter}" where a whole number is expected.`);
    return { name: name as 'book', ...(name === 'book' ? { depth: value } : { interval: value }) };
  });
}
