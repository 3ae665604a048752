/**
 * Kraken v1 on the wire. Sources: docs.kraken.com/api/docs/websocket-v1 as of 2026-05-27; order of keys
 * and number of decimals as in recorded sessions of 2021-04-17.
 */
import { KRAKEN_V1 } from '../../shared/venues/kraken.ts';
import type { ChannelName } from '../../shared/venues/venue.ts';
import { LOTS_PER_UNIT, priceText, qtyText, secondsText } from './decimal-text.ts';
import type { MarketSymbol } from './market-symbol.ts';
import { integer, isObject, type JsonObject, parseObject, symbolList } from './request-text.ts';
import type { SentLevel } from './simulated-book.ts';
import type { AnsweredRequest, ClientRequest, TopicParameters, VenueWire } from './venue-wire.ts';
import { VENUE_REFUSALS } from './venue-wire.ts';

const CHANNEL_OF: ReadonlyMap<string, ChannelName> = new Map(
  [...KRAKEN_V1.channels].map(([name, { venueName }]) => [venueName, name]),
);
/** Place of a channel in the numbers the venue gives to channels. */
const CHANNEL_NUMBER: Readonly<Record<ChannelName, number>> = {
  book: 0,
  trade: 1,
  quote: 2,
  candle: 3,
  ticker: 4,
  instrument: 5,
};

const venueName = (channel: ChannelName): string => KRAKEN_V1.channels.get(channel)?.venueName ?? channel;

const channelName = ({ channel, size }: Pick<TopicParameters, 'channel' | 'size'>): string =>
  size === 0 ? venueName(channel) : `${venueName(channel)}-${size}`;

const channelId = (symbol: MarketSymbol, channel: ChannelName): number =>
  336 + symbol.index * 16 + CHANNEL_NUMBER[channel];

const price = (symbol: MarketSymbol, ticks: number): string =>
  `"${priceText(Math.round(ticks), symbol.decimals, symbol.zeros)}"`;

const qty = (lots: number): string => `"${qtyText(lots)}"`;

const qtyOfUnits = (units: number): string => `"${units.toFixed(8)}"`;

const envelope = (symbol: MarketSymbol, topic: TopicParameters, payload: string): string =>
  `[${channelId(symbol, topic.channel)},${payload},"${channelName(topic)}","${symbol.venueSymbol}"]`;

const plain = (channel: ChannelName, size = 0): TopicParameters => ({
  channel,
  size,
  snapshot: true,
  trigger: '',
});

function subscriptionText({ channel, size }: TopicParameters): string {
  if (channel === 'book') return `{"depth":${size},"name":"book"}`;
  if (channel === 'candle') return `{"interval":${size},"name":"ohlc"}`;
  return `{"name":"${venueName(channel)}"}`;
}

const requestIdText = (requestId: number | undefined): string =>
  requestId === undefined ? '' : `"reqid":${requestId},`;

function acknowledgement(request: AnsweredRequest, symbol: MarketSymbol, status: string): string {
  const topic = request.topic!;
  return `{"channelID":${channelId(symbol, topic.channel)},"channelName":"${channelName(topic)}","event":"subscriptionStatus","pair":"${symbol.venueSymbol}",${requestIdText(request.requestId)}"status":"${status}","subscription":${subscriptionText(topic)}}`;
}

function levelText(symbol: MarketSymbol, level: Pick<SentLevel, 'tick' | 'lots' | 'time'>): string {
  return `[${price(symbol, level.tick)},${qty(level.lots)},"${secondsText(level.time)}"`;
}

function sideText(symbol: MarketSymbol, levels: readonly SentLevel[]): string {
  return levels.map((level) => levelText(symbol, level) + (level.republished ? ',"r"]' : ']')).join(',');
}

function readSubscription(request: JsonObject): ClientRequest {
  const kind = request['event'] as 'subscribe' | 'unsubscribe';
  const requestId = integer(request['reqid']);
  const symbols = symbolList(request['pair']);
  const subscription = request['subscription'];
  if (symbols === undefined || !isObject(subscription)) return { kind: 'malformed' };
  const channel = CHANNEL_OF.get(String(subscription['name']));
  const refuse = (topic: TopicParameters | undefined, reason: string): ClientRequest => ({
    kind: 'refused',
    method: kind,
    requestId,
    symbols,
    topic,
    reason,
  });
  if (channel === undefined) return refuse(undefined, VENUE_REFUSALS.channel);
  const { depths, intervals } = KRAKEN_V1.channels.get(channel)!;
  const sizes = depths ?? intervals;
  if (sizes === undefined) return { kind, requestId, symbols, topic: plain(channel) };
  const asked = subscription[depths === undefined ? 'interval' : 'depth'];
  const size = asked === undefined ? sizes[0]! : (integer(asked) ?? -1);
  const topic = plain(channel, size);
  if (!sizes.includes(size))
    return refuse(topic, channel === 'book' ? VENUE_REFUSALS.depth : VENUE_REFUSALS.interval);
  return { kind, requestId, symbols, topic };
}

export const WIRE_KRAKEN_V1: VenueWire = {
  heartbeat: '{"event":"heartbeat"}',

  topicKey: (topic, venueSymbol) => `${channelName(topic)} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    switch (request?.['event']) {
      case 'ping':
        return { kind: 'ping', requestId: integer(request['reqid']) };
      case 'subscribe':
      case 'unsubscribe':
        return readSubscription(request);
      default:
        return { kind: 'malformed' };
    }
  },

  status: (condition, connectionId) =>
    `{"connectionID":${connectionId},"event":"systemStatus","status":"${condition}","version":"1.9.6"}`,

  pong: (requestId) =>
    requestId === undefined ? '{"event":"pong"}' : `{"event":"pong","reqid":${requestId}}`,

  malformed: () => '{"errorMessage":"Malformed request","event":"error"}',

  subscribed: (request, symbol) => acknowledgement(request, symbol!, 'subscribed'),

  unsubscribed: (request, symbol) => acknowledgement(request, symbol!, 'unsubscribed'),

  refused(request, venueSymbol, reason) {
    const subscription = request.topic === undefined ? '{"name":""}' : subscriptionText(request.topic);
    return `{"errorMessage":${JSON.stringify(reason)},"event":"subscriptionStatus","pair":${JSON.stringify(venueSymbol)},${requestIdText(request.requestId)}"status":"error","subscription":${subscription}}`;
  },

  bookSnapshot(symbol, depth) {
    const side = (name: 'bids' | 'asks'): string => {
      const ladder = symbol.side(name);
      const texts: string[] = [];
      for (let rank = 0; rank < Math.min(depth, ladder.size); rank++)
        texts.push(
          levelText(symbol, { tick: ladder.tick(rank), lots: ladder.lots(rank), time: ladder.time(rank) }) +
            ']',
        );
      return texts.join(',');
    };
    return envelope(symbol, plain('book', depth), `{"as":[${side('asks')}],"bs":[${side('bids')}]}`);
  },

  bookUpdate(symbol, window, checksum) {
    const asks = window.levels.filter(({ side }) => side === 'asks');
    const bids = window.levels.filter(({ side }) => side === 'bids');
    const objects: string[] = [];
    if (asks.length > 0) objects.push(`{"a":[${sideText(symbol, asks)}]`);
    if (bids.length > 0) objects.push(`{"b":[${sideText(symbol, bids)}]`);
    // Only the last object carries the checksum.
    return envelope(symbol, plain('book', window.depth), `${objects.join('},')},"c":"${checksum}"}`);
  },

  corrupted: (text) =>
    text.replace(/"c":"(\d+)"/, (_, digits: string) => `"c":"${(Number(digits) ^ 1) >>> 0}"`),

  trades(symbol, trades) {
    const texts = trades.map(
      ({ tick, lots, time, side, orderType }) =>
        `[${price(symbol, tick)},${qty(lots)},"${secondsText(time)}","${side[0]}","${orderType[0]}",""]`,
    );
    return envelope(symbol, plain('trade'), `[${texts.join(',')}]`);
  },

  ticker(symbol) {
    const { day, book } = symbol;
    const best = (side: 'bids' | 'asks'): string => {
      const ladder = book[side];
      const lots = ladder.lots(0);
      return `[${price(symbol, ladder.tick(0))},${Math.floor(lots / LOTS_PER_UNIT)},${qty(lots)}]`;
    };
    // The day so far, then the last 24 hours; here the one is a fixed part of the other.
    const both = (text: string): string => `[${text},${text}]`;
    return envelope(
      symbol,
      plain('ticker'),
      `{"a":${best('asks')},"b":${best('bids')},"c":[${price(symbol, day.last)},${qty(day.lastLots)}],` +
        `"v":[${qtyOfUnits(day.volume * 0.6)},${qtyOfUnits(day.volume)}],` +
        `"p":${both(price(symbol, day.turnover / day.volume))},` +
        `"t":[${Math.floor(day.trades * 0.6)},${day.trades}],` +
        `"l":${both(price(symbol, day.low))},"h":${both(price(symbol, day.high))},"o":${both(price(symbol, day.open))}}`,
    );
  },

  candles(symbol, { intervalMinutes, last }) {
    const end = last.beginsAt + intervalMinutes * 60e6;
    const texts = [last.open, last.high, last.low, last.close, last.turnover / last.volume].map((ticks) =>
      price(symbol, ticks),
    );
    return envelope(
      symbol,
      plain('candle', intervalMinutes),
      `["${secondsText(last.changedAt)}","${secondsText(end)}",${texts.join(',')},${qtyOfUnits(last.volume)},${last.trades}]`,
    );
  },

  quote(symbol, timeUs) {
    const { bids, asks } = symbol.book;
    return envelope(
      symbol,
      plain('quote'),
      `[${price(symbol, bids.tick(0))},${price(symbol, asks.tick(0))},"${secondsText(timeUs)}",${qty(bids.lots(0))},${qty(asks.lots(0))}]`,
    );
  },

  instruments: () => '',
};
