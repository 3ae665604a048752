import { InvalidArgumentError } from 'commander';
import { type ReconnectOptions, STRATEGIES } from '../options/connection-options.ts';
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

/** `kraken,binance`: names out of those allowed, each once. */
export const choicesArgument =
  <const T extends readonly string[]>(allowed: T) =>
  (text: string): readonly T[number][] => {
    const names = text.split(',').map((name) => choiceArgument(allowed)(name.trim()));
    const twice = names.find((name, n) => names.indexOf(name) !== n);
    if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" is there twice.`);
    return names;
  };

const UNITS_S: ReadonlyMap<string, number> = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

/** `500ms`, `20s`, `1.5m`, `23h` as seconds; a number alone is seconds. */
export function durationArgument(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)?$/.exec(text.trim());
  if (match === null)
    throw new InvalidArgumentError(`"${text}" is no duration, expected a form like 500ms, 20s, 1.5m or 23h.`);
  return Number(match[1]) * UNITS_S.get(match[2] ?? 's')!;
}

/** `fixed`, `fixed:2s`, `exponential:500ms:30s`: a strategy, its first wait and its longest. */
export function reconnectArgument(text: string): ReconnectOptions {
  const [word = '', delay, max, ...rest] = text.split(':');
  if (rest.length > 0)
    throw new InvalidArgumentError(
      `"${text}" is no way to reconnect, expected a form like exponential:500ms:30s.`,
    );
  const strategy = choiceArgument(STRATEGIES)(word);
  return {
    strategy,
    ...(delay === undefined ? {} : { delay: durationArgument(delay) }),
    ...(max === undefined ? {} : { max: durationArgument(max) }),
  };
}

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
