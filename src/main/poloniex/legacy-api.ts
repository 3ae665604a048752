/**
 * What a client of Poloniex's retired push API sends, word for word. None of the endpoints answers any more,
 * so each of them is an option of the subscriber.
 */

/** Seconds that the list of tickers may take. */
export const DEFAULT_TIME_OUT = 4;

export const DEFAULT_HEADERS = {
  'User-Agent': 'Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:47.0) Gecko/20100101 Firefox/47.0',
  'Content-Type': 'application/x-www-form-urlencoded',
} as const;

export const GET_TICKERS_URL = 'https://poloniex.com/public?command=returnTicker';
export const API_LINK = 'wss://api2.poloniex.com';

/** `$` stands for the channel. */
export const SUBSCRIBE_COMMAND = '{"command":"subscribe","channel":$}';

/** The channel that all tickers share. */
export const TICKER_SUBSCRIBE = 1002;

/** The request for a channel: a number as it is (`1002`), a name in quotes (`"BTC_ETH"`). */
export const poloniexSubscribe = (channel: number | string): string =>
  // A function, because `$` has a meaning in a text that replaces another.
  SUBSCRIBE_COMMAND.replace('$', () => JSON.stringify(channel));
