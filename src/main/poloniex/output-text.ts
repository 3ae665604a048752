/** What the subscriber prints. Each `{}` stands for the next value. */
import type { PoloniexBook, PoloniexOrder, PoloniexTicker, PoloniexTrade } from './subscriber-events.ts';

export const TICKER_OUTPUT =
  'TICKER UPDATE {}={}(last),{}(lowestAsk),{}(highestBid),{}(percentChange),{}(baseVolume),{}(quoteVolume),{}(isFrozen),{}(high24hr),{}(low24hr)';
export const TRADE_OUTPUT = 'TRADE {}={}(tradeId),{}(bookSide),{}(price),{}(size),{}(timestamp)';
export const ASKS_OUTPUT = '{} book: asks((price,size)): ({},{})';
export const BIDS_OUTPUT = '{} book: bids((price,size)): ({},{})';
export const REMOVE_OUTPUT = 'Remove {},side={},price={}';
export const CHANGE_OUTPUT = 'Add or change {},side={},price={},size={}';
export const ERROR_OUTPUT = 'error arrived message={}';
export const SHORT_OUTPUT = 'Short message arrived message={}';
export const FAILURE_OUTPUT = 'subscription failed message={}';
export const SEQUENCE_OUTPUT = 'Problem with seq number prev_seq={},message={}';
export const GET_OUTPUT = '[!][_get] {}';
export const JSON_DECODE_OUTPUT = '[!][json_decode] {}';

/** Puts values into an output. One that is missing leaves its place empty. */
export function fill(output: string, ...values: readonly (string | number | undefined)[]): string {
  const [first = '', ...rest] = output.split('{}');
  return rest.reduce((text, part, n) => text + (values[n] ?? '') + part, first);
}

export const tickerText = (ticker: PoloniexTicker): string =>
  fill(
    TICKER_OUTPUT,
    ticker.pair,
    ticker.last,
    ticker.lowestAsk,
    ticker.highestBid,
    ticker.percentChange,
    ticker.baseVolume,
    ticker.quoteVolume,
    ticker.isFrozen,
    ticker.high24hr,
    ticker.low24hr,
  );

/** The first level of each side that has one. */
export const bookTexts = ({ pair, asks, bids }: PoloniexBook): readonly string[] => [
  ...asks.slice(0, 1).map(([price, size]) => fill(ASKS_OUTPUT, pair, price, size)),
  ...bids.slice(0, 1).map(([price, size]) => fill(BIDS_OUTPUT, pair, price, size)),
];

export const orderText = ({ pair, side, price, size, isRemoved }: PoloniexOrder): string =>
  isRemoved ? fill(REMOVE_OUTPUT, pair, side, price) : fill(CHANGE_OUTPUT, pair, side, price, size);

export const tradeText = ({ pair, tradeId, bookSide, price, size, timestamp }: PoloniexTrade): string =>
  fill(TRADE_OUTPUT, pair, tradeId, bookSide, price, size, timestamp);

/** `2020-03-01 09:05:07.042`, local time. @param now milliseconds since the Unix epoch. */
export function getTimestamp(now: number = Date.now()): string {
  const time = new Date(now);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${day} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** Prints a text behind the time. @param now milliseconds since the Unix epoch. */
export const msg = (
  text: string,
  now: number = Date.now(),
  print: (line: string) => void = console.log,
): void => print(`${getTimestamp(now)} ${text}`);
