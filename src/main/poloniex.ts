/** The public names of `ringfeed/poloniex`, and nothing else. */
export { MisuseError } from '../shared/invariant.ts';
export { ControlError } from './feeds/worker-control.ts';
export {
  API_LINK,
  DEFAULT_HEADERS,
  DEFAULT_TIME_OUT,
  GET_TICKERS_URL,
  poloniexSubscribe,
  SUBSCRIBE_COMMAND,
  TICKER_SUBSCRIBE,
} from './poloniex/legacy-api.ts';
export {
  getTimestamp,
  msg,
  TICKER_OUTPUT,
  TRADE_OUTPUT,
  tickerText,
} from './poloniex/output-text.ts';
export { PoloniexSubscriber, type PoloniexSubscriberOptions } from './poloniex/poloniex-subscriber.ts';
export type {
  PoloniexAck,
  PoloniexBook,
  PoloniexChannel,
  PoloniexError,
  PoloniexEventName,
  PoloniexEvents,
  PoloniexGap,
  PoloniexHeartbeat,
  PoloniexLevel,
  PoloniexOrder,
  PoloniexSide,
  PoloniexTicker,
  PoloniexTrade,
} from './poloniex/subscriber-events.ts';
export {
  buildRequests,
  type Fetch,
  getAllTickers,
  type PoloniexRequest,
  type PoloniexTickers,
  PoloniexTickersError,
} from './poloniex/tickers.ts';
