/**
 * Coinbase Exchange on the wire. Source: docs.cdp.coinbase.com/exchange/websocket-feed, its pages channels and
 * overview; order of keys as in messages of the feed, see `exchanges/coinbase/wire.ts`. Subscribing twice, and
 * ending what is not subscribed, are answered like any other request, which is ours: no page says what becomes of
 * them. So are several channels in one request, each with a list of its own.
 */
import { COINBASE } from '../../shared/venues/coinbase.ts';
import type { ChannelName } from '../../shared/venues/venue.ts';
import { priceText, qtyText, rfc3339Text } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import { isObject, parseObject, symbolList } from './request-text.ts';
import { type ClientRequest, type TopicParameters, VENUE_REFUSALS, type VenueWire } from './venue-wire.ts';

const CHANNEL_OF: ReadonlyMap<string, ChannelName> = new Map(
  [...COINBASE.channels].map(([name, { venueName }]) => [venueName, name] as const),
);
const HEARTBEAT = 'heartbeat';
/** Lists call the books of this channel otherwise. */
const LISTED_AS: ReadonlyMap<string, string> = new Map([['level2_batch', 'level2_50']]);
const HEARTBEAT_BEGINS = '{"type":"heartbeat",';
const LIST_BEGINS = '{"type":"subscriptions",';

const nameOf = (channel: ChannelName): string => COINBASE.channels.get(channel)?.venueName ?? channel;

const price = (symbol: MarketSymbol, ticks: number): string =>
  priceText(Math.round(ticks), symbol.decimals, '');

/** With all their decimals, so that a book can be compared by its digits; the venue mostly leaves out zeros. */
const size = qtyText;

/** A match states the maker's side. */
const MAKER: Readonly<Record<Trade['side'], Trade['side']>> = { buy: 'sell', sell: 'buy' };

/** Orders have no names in the market: one is made of the trade's number. */
const orderId = (trade: number, party: 'a' | 'b'): string =>
  `${trade.toString(16).padStart(8, '0')}-0000-4000-${party}000-${(trade * 7).toString(16).padStart(12, '0')}`;

/** Grows with every trade and every state of the book, of which each message shows some. */
const sequence = ({ book, nextTradeId }: MarketSymbol): number => book.id + nextTradeId;

function ladderText(symbol: MarketSymbol, ladder: Ladder, depth: number): string {
  const texts: string[] = [];
  for (let rank = 0; rank < Math.min(depth, ladder.size); rank++)
    texts.push(`["${price(symbol, ladder.tick(rank))}","${size(ladder.lots(rank))}"]`);
  return texts.join(',');
}

const listText = (channels: ReadonlyMap<string, ReadonlySet<string>>): string =>
  `${LIST_BEGINS}"channels":${JSON.stringify(
    [...channels].map(([name, products]) => ({ name, product_ids: [...products], account_ids: null })),
  )}}`;

/** What one request changes of the list; the connection makes the whole of it, see `Subscribed`. */
function changeText(kind: 'subscribe' | 'unsubscribe', channel: string, products: readonly string[]): string {
  const name = LISTED_AS.get(channel) ?? channel;
  return kind === 'subscribe'
    ? listText(new Map([[name, new Set(products)]]))
    : `${LIST_BEGINS}"ended":${JSON.stringify({ name, products })}}`;
}

/** All that one connection is subscribed to, which is the answer to each of its requests. */
class Subscribed {
  readonly #channels = new Map<string, Set<string>>();

  own(text: string): string {
    if (text.startsWith(LIST_BEGINS)) return this.#change(text);
    if (!text.startsWith(HEARTBEAT_BEGINS)) return text;
    const [, product = ''] = /"product_id":"([^"]*)"/.exec(text) ?? [];
    return this.#channels.get(HEARTBEAT)?.has(product) === true ? text : '';
  }

  #change(text: string): string {
    const { channels = [], ended } = JSON.parse(text) as {
      readonly channels?: readonly { readonly name: string; readonly product_ids: readonly string[] }[];
      readonly ended?: { readonly name: string; readonly products: readonly string[] };
    };
    for (const { name, product_ids } of channels) {
      const products = this.#channels.get(name) ?? new Set<string>();
      for (const product of product_ids) products.add(product);
      this.#channels.set(name, products);
    }
    if (ended !== undefined) {
      const products = this.#channels.get(ended.name);
      for (const product of ended.products) products?.delete(product);
      if (products?.size === 0) this.#channels.delete(ended.name);
    }
    return listText(this.#channels);
  }
}

/** What a request asks of one channel. */
function readChannel(
  kind: 'subscribe' | 'unsubscribe',
  channel: unknown,
  shared: unknown,
): ClientRequest | undefined {
  const name = isObject(channel) ? channel['name'] : channel;
  const products = symbolList((isObject(channel) ? channel['product_ids'] : undefined) ?? shared);
  if (typeof name !== 'string' || products === undefined) return undefined;
  if (name === HEARTBEAT) return { kind: 'answered', text: changeText(kind, name, products) };
  const known = CHANNEL_OF.get(name);
  const topic: TopicParameters | undefined =
    known === undefined
      ? undefined
      : {
          channel: known,
          size: known === 'book' ? Number.POSITIVE_INFINITY : 0,
          snapshot: true,
          trigger: '',
        };
  if (topic !== undefined) return { kind, requestId: undefined, symbols: products, topic };
  const reason = `${name} is not a valid channel`;
  // Once for the request, however many products it names.
  return {
    kind: 'refused',
    method: kind,
    requestId: undefined,
    symbols: products.slice(0, 1),
    topic,
    reason,
  };
}

/** The first part of a request that names a product which there is not: the whole request is refused for it. */
function invalidIn(
  requests: readonly ClientRequest[],
  market: Market,
): { readonly product: string; readonly topic: TopicParameters } | undefined {
  for (const request of requests) {
    if (request.kind !== 'subscribe') continue;
    const product = request.symbols.find((symbol) => market.find(symbol) === undefined);
    if (product !== undefined) return { product, topic: request.topic };
  }
  return undefined;
}

const errorText = (message: string, reason: string): string =>
  JSON.stringify({ type: 'error', message, reason });

export const WIRE_COINBASE: VenueWire = {
  // Each product has its own.
  heartbeat: '',

  sendsTradesApart: true,

  connected() {
    const subscribed = new Subscribed();
    return { request: { kind: 'several', requests: [] }, own: (text) => subscribed.own(text) };
  },

  topicKey: ({ channel }, venueSymbol) => `${nameOf(channel)} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    const kind = request?.['type'];
    const channels = request?.['channels'];
    if ((kind !== 'subscribe' && kind !== 'unsubscribe') || !Array.isArray(channels))
      return { kind: 'malformed' };
    const requests = channels.map((channel) => readChannel(kind, channel, request?.['product_ids']));
    const whole = requests.filter((each) => each !== undefined);
    if (whole.length === 0 || whole.length < requests.length) return { kind: 'malformed' };
    return whole.find((each) => each.kind === 'refused') ?? { kind: 'several', requests: whole };
  },

  resolved(request, market) {
    const invalid = invalidIn(request.kind === 'several' ? request.requests : [request], market);
    if (invalid === undefined) return request;
    const { product, topic } = invalid;
    const reason = `${product} is not a valid product`;
    return { kind: 'refused', method: 'subscribe', requestId: undefined, symbols: [product], topic, reason };
  },

  // Of the venue's condition the feed says nothing.
  status: () => '',

  pong: () => '',

  malformed: () => errorText('Failed to subscribe', 'Type has to be either subscribe or unsubscribe'),

  acknowledged: ({ topic, ...request }, symbols) =>
    changeText(
      request.kind === 'unsubscribe' ? 'unsubscribe' : 'subscribe',
      nameOf(topic!.channel),
      symbols.map(({ venueSymbol }) => venueSymbol),
    ),

  subscribed: ({ topic }, symbol) =>
    changeText('subscribe', nameOf(topic!.channel), symbol === undefined ? [] : [symbol.venueSymbol]),

  unsubscribed: ({ topic }, symbol) =>
    changeText('unsubscribe', nameOf(topic!.channel), symbol === undefined ? [] : [symbol.venueSymbol]),

  refused({ topic, ...request }, venueSymbol, reason) {
    if (topic !== undefined && reason === VENUE_REFUSALS.duplicate)
      return changeText('subscribe', nameOf(topic.channel), [venueSymbol]);
    if (topic !== undefined && reason === VENUE_REFUSALS.absent)
      return changeText('unsubscribe', nameOf(topic.channel), [venueSymbol]);
    const method = request.kind === 'refused' ? request.method : request.kind;
    const isNamed = reason.includes(venueSymbol) || topic === undefined;
    const words =
      reason === VENUE_REFUSALS.unknownPair(venueSymbol) ? `${venueSymbol} is not a valid product` : reason;
    return errorText(`Failed to ${method}`, isNamed ? words : `${words}: ${venueSymbol}`);
  },

  productHeartbeat: (symbol, timeUs) =>
    `${HEARTBEAT_BEGINS}"last_trade_id":${symbol.nextTradeId - 1},"product_id":"${symbol.venueSymbol}","sequence":${sequence(symbol)},"time":"${rfc3339Text(timeUs)}"}`,

  bookSnapshot(symbol, depth) {
    const { asks, bids } = symbol.book;
    return `{"type":"snapshot","product_id":"${symbol.venueSymbol}","asks":[${ladderText(symbol, asks, depth)}],"bids":[${ladderText(symbol, bids, depth)}]}`;
  },

  bookUpdate(symbol, { levels }, _checksum, timeUs) {
    const changes = levels.map(
      (level) =>
        `["${level.side === 'bids' ? 'buy' : 'sell'}","${price(symbol, level.tick)}","${size(level.lots)}"]`,
    );
    return `{"type":"l2update","product_id":"${symbol.venueSymbol}","changes":[${changes.join(',')}],"time":"${rfc3339Text(timeUs)}"}`;
  },

  // There is neither checksum nor sequence: a damaged message shows by a level that is no number.
  corrupted: (text) => text.replace(/"(?=[\d.]+"\])/, '"-'),

  trades(symbol, trades, isSnapshot) {
    const trade = trades.at(-1)!;
    const { id, tick, lots, side: taker, time } = trade;
    return (
      `{"type":"${isSnapshot ? 'last_match' : 'match'}","trade_id":${id},"maker_order_id":"${orderId(id, 'a')}",` +
      `"taker_order_id":"${orderId(id, 'b')}","side":"${MAKER[taker]}","size":"${size(lots)}",` +
      `"price":"${price(symbol, tick)}","product_id":"${symbol.venueSymbol}","sequence":${sequence(symbol)},` +
      `"time":"${rfc3339Text(time)}"}`
    );
  },

  ticker(symbol, _isSnapshot, timeUs) {
    const { day, book } = symbol;
    const { bids, asks } = book;
    const last = symbol.trades.at(-1)!;
    return (
      `{"type":"ticker","sequence":${sequence(symbol)},"product_id":"${symbol.venueSymbol}",` +
      `"price":"${price(symbol, day.last)}","open_24h":"${price(symbol, day.open)}",` +
      `"volume_24h":"${day.volume.toFixed(8)}","low_24h":"${price(symbol, day.low)}",` +
      `"high_24h":"${price(symbol, day.high)}","volume_30d":"${(day.volume * 30).toFixed(8)}",` +
      `"best_bid":"${price(symbol, bids.tick(0))}","best_bid_size":"${size(bids.lots(0))}",` +
      `"best_ask":"${price(symbol, asks.tick(0))}","best_ask_size":"${size(asks.lots(0))}",` +
      `"side":"${last.side}","time":"${rfc3339Text(timeUs)}","trade_id":${last.id},` +
      `"last_size":"${size(day.lastLots)}"}`
    );
  },

  candles: () => '',

  quote: () => '',

  instruments: () => '',

  rest(path, _query, { listings }) {
    if (path !== '/products') return undefined;
    const products = listings.map(({ pair, venueSymbol }) => {
      const [base, quote] = pair.symbol.split('/');
      return {
        id: venueSymbol,
        base_currency: base,
        quote_currency: quote,
        quote_increment: priceText(1, pair.priceDecimals, ''),
        base_increment: qtyText(1),
        display_name: venueSymbol.replace('-', '/'),
        min_market_funds: '1',
        margin_enabled: false,
        post_only: false,
        limit_only: false,
        cancel_only: false,
        status: 'online',
        status_message: '',
        trading_disabled: false,
        fx_stablecoin: false,
        auction_mode: false,
      };
    });
    return { status: 200, text: JSON.stringify(products) };
  },
};
