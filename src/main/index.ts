/** The public names of ringfeed, and nothing else. */
export { BookSide } from '../shared/book/book-side.ts';
export type { Level } from '../shared/book/level.ts';
export { OrderBook } from '../shared/book/order-book.ts';
export { formatDecimal } from '../shared/decimal/decimals.ts';
export { FAULTS, type FaultName } from '../shared/faults/fault-catalogue.ts';
export { STATUSES, type StatusName } from '../shared/faults/status-catalogue.ts';
export { InvariantError, MisuseError } from '../shared/invariant.ts';
export type { ConnectionState } from '../shared/session/connection-state.ts';
export type { DisconnectReason, ProactiveReason } from '../shared/session/disconnect-reason.ts';
export type { FeedLimits } from '../shared/venues/feed-limits.ts';
export type { ListedInstrument } from '../shared/venues/instrument-list.ts';
export { type ChannelName, EXCHANGES, type ExchangeName } from '../shared/venues/venue.ts';
export { ComputeError, type ComputeRunOptions } from './compute.ts';
export type { DisconnectRequest, StateChange } from './control/control-options.ts';
export type { FeedControl } from './feeds/feed-control.ts';
export { Feeds, openFeeds, type RunOptions, type Stats } from './feeds/feeds.ts';
export type { FeedStats, FlowStats, LineStats, SymbolStats } from './feeds/stats.ts';
export { ControlError } from './feeds/worker-control.ts';
export { InstrumentListError, listInstruments } from './instruments/list-instruments.ts';
export type { ConnectionOptions, ReconnectOptions } from './options/connection-options.ts';
export type { ListInstrumentsOptions } from './options/instrument-options.ts';
export type { ChannelOption, FeedOption, OpenOptions, SubscribeOptions } from './options/open-options.ts';
export type { BookView } from './strategy/book-view.ts';
export type {
  BookEvent,
  CandleEvent,
  FeedEvent,
  GapEvent,
  InstrumentEvent,
  QuoteEvent,
  StatusEvent,
  TickerEvent,
  TradeEvent,
} from './strategy/events.ts';
export type {
  CandleView,
  InstrumentView,
  QuoteView,
  TickerView,
  TradeView,
} from './strategy/market-views.ts';
export type { GapView, StatusView } from './strategy/notice-views.ts';
export type { Strategy } from './strategy/strategy.ts';
