/**
 * Poloniex's current spot API on the wire. Source: api-docs.poloniex.com/spot/websocket;
 * order of keys as in a recorded session of 2022-08-21. The words of refusals are ours, because none for a
 * bad symbol was ever seen.
 */
import { POLONIEX } from '../../shared/venues/poloniex.ts';
import type { ChannelName } from '../../shared/venues/venue.ts';
import type { Candle } from './candles.ts';
import { LOT_DECIMALS, millisText, priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { MarketSymbol } from './market-symbol.ts';
import { integer, isObject, type JsonObject, parseObject, symbolList } from './request-text.ts';
import type { SentLevel } from './simulated-book.ts';
import {
  type AnsweredRequest,
  type ClientRequest,
  type TopicParameters,
  VENUE_REFUSALS,
  type VenueWire,
} from './venue-wire.ts';

/** The book that is sent by its changes; others are sent whole. */
const CHANGES_DEPTH = 20;
const DEPTHS = POLONIEX.channels.get('book')?.depths ?? [];
const CHANNEL_OF: ReadonlyMap<string, ChannelName> = new Map([
  ...[...POLONIEX.channels].map(([name, { venueName }]) => [venueName, name] as const),
  ['book', 'book'],
]);

const CANDLE_UNITS: readonly (readonly [unit: string, minutes: number])[] = [
  ['week', 10_080],
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
];
const CANDLE_CHANNEL = /^candles_(minute|hour|day|week)_(\d{1,3})$/;

function channelText({ channel, size }: TopicParameters): string {
  if (channel === 'book') return size === CHANGES_DEPTH ? 'book_lv2' : 'book';
  if (channel !== 'candle') return POLONIEX.channels.get(channel)?.venueName ?? channel;
  const [unit, minutes] = CANDLE_UNITS.find(([, length]) => size % length === 0)!;
  return `candles_${unit}_${size / minutes}`;
}

const price = (symbol: MarketSymbol, ticks: number): string =>
  priceText(Math.round(ticks), symbol.decimals, '');

/** With all its decimals, so that a book can be compared by its digits; the venue mostly leaves out zeros. */
const qty = (lots: number): string => (lots === 0 ? '0' : qtyText(lots));

const levelText = (symbol: MarketSymbol, tick: number, lots: number): string =>
  `["${price(symbol, tick)}","${qty(lots)}"]`;

const sideText = (symbol: MarketSymbol, levels: readonly SentLevel[], side: SentLevel['side']): string =>
  levels
    .filter((level) => level.side === side)
    .map(({ tick, lots }) => levelText(symbol, tick, lots))
    .join(',');

function ladderText(symbol: MarketSymbol, ladder: Ladder, depth: number): string {
  const texts: string[] = [];
  for (let rank = 0; rank < Math.min(depth, ladder.size); rank++)
    texts.push(levelText(symbol, ladder.tick(rank), ladder.lots(rank)));
  return texts.join(',');
}

const sides = (symbol: MarketSymbol, asks: string, bids: string, timeUs: number): string =>
  `"symbol":"${symbol.venueSymbol}","createTime":${millisText(timeUs)},"asks":[${asks}],"bids":[${bids}]`;

const changesText = (
  action: 'snapshot' | 'update',
  symbol: MarketSymbol,
  asks: string,
  bids: string,
  timeUs: number,
): string =>
  `{"channel":"book_lv2","data":[{${sides(symbol, asks, bids, timeUs)},"lastId":${symbol.book.lastId},"id":${symbol.book.id},"ts":${millisText(timeUs)}}],"action":"${action}"}`;

function wholeText(symbol: MarketSymbol, depth: number, timeUs: number): string {
  const { asks, bids, id } = symbol.book;
  const both = sides(symbol, ladderText(symbol, asks, depth), ladderText(symbol, bids, depth), timeUs);
  return `{"channel":"book","data":[{${both},"id":${id},"ts":${millisText(timeUs)}}]}`;
}

function candleText(symbol: MarketSymbol, candle: Candle, intervalMinutes: number, timeUs: number): string {
  const { open, high, low, close, volume, turnover, trades, beginsAt } = candle;
  const end = beginsAt + intervalMinutes * 60e6 - 1000;
  return (
    `{"symbol":"${symbol.venueSymbol}","open":"${price(symbol, open)}","high":"${price(symbol, high)}",` +
    `"low":"${price(symbol, low)}","close":"${price(symbol, close)}","quantity":"${volume.toFixed(8)}",` +
    `"amount":"${amount(symbol, turnover)}","tradeCount":${trades},"startTime":${millisText(beginsAt)},` +
    `"closeTime":${millisText(end)},"ts":${millisText(timeUs)}}`
  );
}

/** Quote units of ticks times base units. */
const amount = (symbol: MarketSymbol, turnover: number): string =>
  (turnover / 10 ** symbol.decimals).toFixed(8);

/** The channel of a request, which is a list of one there and a text in the answer. */
function readTopic(request: JsonObject): {
  readonly name: string;
  readonly topic: TopicParameters | undefined;
} {
  const given = request['channel'];
  const name = String(Array.isArray(given) ? given[0] : given);
  const whole = { snapshot: true, trigger: '' };
  const [, unit, count] = CANDLE_CHANNEL.exec(name) ?? [];
  if (unit !== undefined) {
    const minutes = CANDLE_UNITS.find(([each]) => each === unit)![1];
    return { name, topic: { channel: 'candle', size: minutes * Number(count), ...whole } };
  }
  const channel = CHANNEL_OF.get(name);
  if (channel === undefined || channel === 'candle') return { name, topic: undefined };
  const depth = name === 'book' ? (integer(request['depth']) ?? -1) : CHANGES_DEPTH;
  return { name, topic: { channel, size: channel === 'book' ? depth : 0, ...whole } };
}

function readSubscription(kind: 'subscribe' | 'unsubscribe', request: JsonObject): ClientRequest {
  const symbols = symbolList(request['symbols']);
  if (symbols === undefined) return { kind: 'malformed' };
  const { name, topic } = readTopic(request);
  const refuse = (reason: string): ClientRequest => ({
    kind: 'refused',
    method: kind,
    requestId: undefined,
    symbols,
    topic,
    reason,
  });
  if (topic === undefined) return refuse(`Invalid channel value ["${name}"]`);
  const { channel, size } = topic;
  if (channel === 'book' && !DEPTHS.includes(size)) return refuse(VENUE_REFUSALS.depth);
  if (channel === 'candle' && !POLONIEX.channels.get('candle')!.intervals!.includes(size))
    return refuse(VENUE_REFUSALS.interval);
  return { kind, requestId: undefined, symbols, topic };
}

const acknowledgement = (request: AnsweredRequest, symbols: readonly string[]): string => {
  const event = request.kind === 'refused' ? request.method : request.kind;
  return `{"event":"${event}","channel":"${channelText(request.topic!)}","symbols":${JSON.stringify(symbols)}}`;
};

export const WIRE_POLONIEX: VenueWire = {
  // The venue says nothing by itself.
  heartbeat: '',

  topicKey: (topic, venueSymbol) => `${channelText(topic)} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    if (!isObject(request)) return { kind: 'malformed' };
    const event = request['event'];
    if (event === 'ping') return { kind: 'ping', requestId: undefined };
    if (event === 'subscribe' || event === 'unsubscribe') return readSubscription(event, request);
    return { kind: 'malformed' };
  },

  // Told to everybody here, and on the venue to those who subscribe to it.
  status: (condition) =>
    `{"channel":"exchange","action":"snapshot","data":[{"MM":"${condition === 'maintenance' ? 'ON' : 'OFF'}","POM":"OFF"}]}`,

  pong: () => '{"event":"pong"}',

  malformed: () => '{"event":"error","message":"Bad request"}',

  acknowledged: (request, symbols) =>
    acknowledgement(
      request,
      symbols.map(({ venueSymbol }) => venueSymbol),
    ),

  subscribed: (request, symbol) => acknowledgement(request, symbol === undefined ? [] : [symbol.venueSymbol]),

  unsubscribed: (request, symbol) =>
    acknowledgement(request, symbol === undefined ? [] : [symbol.venueSymbol]),

  refused(_request, venueSymbol, reason) {
    const message = reason.includes(venueSymbol) ? reason : `${reason}: ${venueSymbol}`;
    return `{"event":"error","message":${JSON.stringify(message)}}`;
  },

  bookSnapshot(symbol, depth, timeUs) {
    if (depth !== CHANGES_DEPTH) return wholeText(symbol, depth, timeUs);
    const { asks, bids } = symbol.book;
    return changesText(
      'snapshot',
      symbol,
      ladderText(symbol, asks, depth),
      ladderText(symbol, bids, depth),
      timeUs,
    );
  },

  bookUpdate(symbol, { depth, levels }, _checksum, timeUs) {
    if (depth !== CHANGES_DEPTH) return wholeText(symbol, depth, timeUs);
    return changesText(
      'update',
      symbol,
      sideText(symbol, levels, 'asks'),
      sideText(symbol, levels, 'bids'),
      timeUs,
    );
  },

  // There is no checksum; what a damaged message shows by is the one it follows.
  corrupted: (text) =>
    text.replace(/"lastId":(\d+)/, (_, digits: string) => `"lastId":${Number(digits) ^ 1}`),

  trades(symbol, trades) {
    const texts = trades.map(
      ({ side, tick, lots, id, time }) =>
        `{"symbol":"${symbol.venueSymbol}","amount":"${amount(symbol, (tick * lots) / 1e8)}","quantity":"${qty(lots)}","takerSide":"${side}","createTime":${millisText(time)},"price":"${price(symbol, tick)}","id":"${id}","ts":${millisText(time)}}`,
    );
    return `{"channel":"trades","data":[${texts.join(',')}]}`;
  },

  ticker(symbol, _isSnapshot, timeUs) {
    const { day, book } = symbol;
    const change = (day.last - day.open) / day.open;
    const middle = (book.bids.tick(0) + book.asks.tick(0)) / 2;
    return (
      `{"channel":"ticker","data":[{"symbol":"${symbol.venueSymbol}","startTime":${millisText(timeUs - 86_400e6)},` +
      `"open":"${price(symbol, day.open)}","high":"${price(symbol, day.high)}","low":"${price(symbol, day.low)}",` +
      `"close":"${price(symbol, day.last)}","quantity":"${day.volume.toFixed(8)}","amount":"${amount(symbol, day.turnover)}",` +
      `"tradeCount":${day.trades},"dailyChange":"${change.toFixed(4)}","markPrice":"${price(symbol, middle)}",` +
      `"closeTime":${millisText(timeUs)},"ts":${millisText(timeUs)}}]}`
    );
  },

  candles(symbol, { last, intervalMinutes }, _isSnapshot, timeUs) {
    const channel = channelText({ channel: 'candle', size: intervalMinutes, snapshot: true, trigger: '' });
    return `{"channel":"${channel}","data":[${candleText(symbol, last, intervalMinutes, timeUs)}]}`;
  },

  quote: () => '',

  instruments: () => '',

  rest(path, _query, { listings }) {
    if (path !== '/markets') return undefined;
    const markets = listings.map(({ pair, venueSymbol }) => {
      const [base, quote] = pair.symbol.split('/');
      return {
        symbol: venueSymbol,
        baseCurrencyName: base,
        quoteCurrencyName: quote,
        displayName: pair.symbol,
        state: 'NORMAL',
        visibleStartTime: 1659018816626,
        tradableStartTime: 1659018816626,
        symbolTradeLimit: {
          symbol: venueSymbol,
          priceScale: pair.priceDecimals,
          quantityScale: LOT_DECIMALS,
          amountScale: 8,
          minQuantity: '0.0001',
          minAmount: '1',
          highestBid: '0',
          lowestAsk: '0',
        },
      };
    });
    return { status: 200, text: JSON.stringify(markets) };
  },
};
