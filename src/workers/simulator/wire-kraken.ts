/**
 * Kraken v2 on the wire. Sources: docs.kraken.com/api/docs/websocket-v2 as of 2026-05-27; order of keys
 * and trailing zeros as in recorded sessions of 2026-08 to 2026-10.
 */
import { KRAKEN, KRAKEN_V1 } from '../../shared/venues/kraken.ts';
import type { ChannelName } from '../../shared/venues/venue.ts';
import type { Candle } from './candles.ts';
import { LOT_DECIMALS, priceText, qtyText, rfc3339NsText, rfc3339Text } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Market } from './market.ts';
import type { MarketSymbol } from './market-symbol.ts';
import { integer, isObject, type JsonObject, parseObject, symbolList } from './request-text.ts';
import type { SentLevel } from './simulated-book.ts';
import type { AnsweredRequest, ClientRequest, TopicParameters, VenueWire } from './venue-wire.ts';
import { VENUE_REFUSALS } from './venue-wire.ts';

const CHANNEL_OF: ReadonlyMap<string, ChannelName> = new Map(
  [...KRAKEN.channels].map(([name, { venueName }]) => [venueName, name]),
);

const venueName = (channel: ChannelName): string => KRAKEN.channels.get(channel)?.venueName ?? channel;

const price = (symbol: MarketSymbol, ticks: number): string =>
  ticks < 0 ? `-${price(symbol, -ticks)}` : priceText(Math.round(ticks), symbol.decimals, '');

const levelText = (symbol: MarketSymbol, tick: number, lots: number): string =>
  `{"price":${price(symbol, tick)},"qty":${qtyText(lots)}}`;

function sideText(symbol: MarketSymbol, levels: readonly SentLevel[], side: SentLevel['side']): string {
  let text = '';
  for (const level of levels)
    if (level.side === side) text += (text === '' ? '' : ',') + levelText(symbol, level.tick, level.lots);
  return text;
}

function ladderText(symbol: MarketSymbol, ladder: Ladder, depth: number): string {
  const texts: string[] = [];
  for (let rank = 0; rank < Math.min(depth, ladder.size); rank++)
    texts.push(levelText(symbol, ladder.tick(rank), ladder.lots(rank)));
  return texts.join(',');
}

const bookText = (
  type: 'snapshot' | 'update',
  symbol: MarketSymbol,
  bids: string,
  asks: string,
  checksum: number,
  timeUs: number,
): string =>
  `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol.venueSymbol}","bids":[${bids}],"asks":[${asks}],"checksum":${checksum},"timestamp":"${rfc3339Text(timeUs)}"}]}`;

function candleText(symbol: MarketSymbol, candle: Candle, intervalMinutes: number): string {
  const end = candle.beginsAt + intervalMinutes * 60e6;
  const vwap = price(symbol, candle.turnover / candle.volume);
  return `{"symbol":"${symbol.venueSymbol}","open":${price(symbol, candle.open)},"high":${price(symbol, candle.high)},"low":${price(symbol, candle.low)},"close":${price(symbol, candle.close)},"trades":${candle.trades},"volume":${candle.volume.toFixed(8)},"vwap":${vwap},"interval_begin":"${rfc3339NsText(candle.beginsAt)}","interval":${intervalMinutes},"timestamp":"${rfc3339Text(end)}"}`;
}

const requestIdText = (requestId: number | undefined): string =>
  requestId === undefined ? '' : `"req_id":${requestId},`;

const times = (timeUs: number): string =>
  `"time_in":"${rfc3339Text(timeUs)}","time_out":"${rfc3339Text(timeUs + 30)}"`;

/** Keys in alphabetical order, as the venue answers. */
function resultText(topic: TopicParameters, symbol: MarketSymbol | undefined, method: string): string {
  const { channel, size, snapshot, trigger } = topic;
  let text = `{"channel":"${venueName(channel)}"`;
  if (channel === 'book') text += `,"depth":${size}`;
  if (channel === 'ticker') text += `,"event_trigger":"${trigger}"`;
  if (channel === 'candle') text += `,"interval":${size}`;
  text += `,"snapshot":${snapshot}`;
  if (symbol !== undefined) text += `,"symbol":"${symbol.venueSymbol}"`;
  if (method === 'subscribe' && channel === 'candle')
    text += ',"warnings":["timestamp is deprecated, use interval_begin"]';
  if (method === 'subscribe' && channel === 'instrument')
    text += ',"warnings":["tick_size is deprecated, use price_increment"]';
  return `${text}}`;
}

const answer = (
  method: string,
  request: AnsweredRequest,
  symbol: MarketSymbol | undefined,
  timeUs: number,
): string =>
  `{"method":"${method}",${requestIdText(request.requestId)}"result":${resultText(request.topic!, symbol, method)},"success":true,${times(timeUs)}}`;

function readSubscription(request: JsonObject): ClientRequest {
  const kind = request['method'] as 'subscribe' | 'unsubscribe';
  const requestId = integer(request['req_id']);
  const params = request['params'];
  if (!isObject(params)) return { kind: 'malformed' };
  const channel = CHANNEL_OF.get(String(params['channel']));
  const whole = channel !== undefined && KRAKEN.channels.get(channel)!.wholeVenue === true;
  const symbols = whole ? [''] : symbolList(params['symbol']);
  if (symbols === undefined) return { kind: 'malformed' };
  const refuse = (topic: TopicParameters | undefined, reason: string): ClientRequest => ({
    kind: 'refused',
    method: kind,
    requestId,
    symbols,
    topic,
    reason,
  });
  if (channel === undefined) return refuse(undefined, VENUE_REFUSALS.channel);
  const { depths, intervals } = KRAKEN.channels.get(channel)!;
  const sizes = depths ?? intervals ?? [0];
  const asked = depths ? params['depth'] : intervals ? params['interval'] : undefined;
  const size = asked === undefined ? sizes[0]! : (integer(asked) ?? -1);
  const snapshot = typeof params['snapshot'] === 'boolean' ? params['snapshot'] : channel !== 'trade';
  const trigger = channel === 'ticker' ? (params['event_trigger'] === 'bbo' ? 'bbo' : 'trades') : '';
  const topic: TopicParameters = { channel, size, snapshot, trigger };
  if (!sizes.includes(size)) return refuse(topic, depths ? VENUE_REFUSALS.depth : VENUE_REFUSALS.interval);
  return { kind, requestId, symbols, topic };
}

/** Under the older API's names. Source: docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs. */
function assetPairsText({ listings }: Market): string {
  const pairs = listings.map(({ pair }) => {
    const wsname = KRAKEN_V1.toVenueSymbol(pair.symbol);
    const altname = wsname.replace('/', '');
    const [base, quote] = wsname.split('/');
    const rules = {
      altname,
      wsname,
      aclass_base: 'currency',
      base,
      aclass_quote: 'currency',
      quote,
      lot: 'unit',
      cost_decimals: 5,
      pair_decimals: pair.priceDecimals,
      lot_decimals: LOT_DECIMALS,
      lot_multiplier: 1,
      ordermin: '0.0001',
      costmin: '0.5',
      tick_size: priceText(1, pair.priceDecimals, ''),
      status: 'online',
    };
    return [altname, rules] as const;
  });
  return JSON.stringify({ error: [], result: Object.fromEntries(pairs) });
}

export const WIRE_KRAKEN: VenueWire = {
  heartbeat: '{"channel":"heartbeat"}',

  // A message names no depth, so a symbol has one book per connection; candles do name their interval.
  topicKey: ({ channel, size }, venueSymbol) =>
    channel === 'candle' ? `ohlc-${size} ${venueSymbol}` : `${venueName(channel)} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    switch (request?.['method']) {
      case 'ping':
        return { kind: 'ping', requestId: integer(request['req_id']) };
      case 'subscribe':
      case 'unsubscribe':
        return readSubscription(request);
      default:
        return { kind: 'malformed' };
    }
  },

  status: (condition, connectionId) =>
    `{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"${condition}","api_version":"v2","connection_id":${connectionId}}]}`,

  pong: (requestId, timeUs) => `{"method":"pong",${requestIdText(requestId)}${times(timeUs)}}`,

  malformed: (timeUs) => `{"error":"Malformed request","success":false,${times(timeUs)}}`,

  subscribed: (request, symbol, timeUs) => answer('subscribe', request, symbol, timeUs),

  unsubscribed: (request, symbol, timeUs) => answer('unsubscribe', request, symbol, timeUs),

  refused(request, venueSymbol, reason, timeUs) {
    const method = request.kind === 'refused' ? request.method : request.kind;
    const symbol = venueSymbol === '' ? '' : `,"symbol":${JSON.stringify(venueSymbol)}`;
    return `{"error":${JSON.stringify(reason)},"method":"${method}",${requestIdText(request.requestId)}"success":false${symbol},${times(timeUs)}}`;
  },

  bookSnapshot(symbol, depth, timeUs) {
    const { bids, asks } = symbol.book;
    return bookText(
      'snapshot',
      symbol,
      ladderText(symbol, bids, depth),
      ladderText(symbol, asks, depth),
      symbol.book.checksum(),
      timeUs,
    );
  },

  bookUpdate(symbol, { levels }, checksum, timeUs) {
    const bids = sideText(symbol, levels, 'bids');
    const asks = sideText(symbol, levels, 'asks');
    return bookText('update', symbol, bids, asks, checksum, timeUs);
  },

  corrupted: (text) =>
    text.replace(/"checksum":(\d+)/, (_, digits: string) => `"checksum":${(Number(digits) ^ 1) >>> 0}`),

  trades(symbol, trades, isSnapshot) {
    const texts = trades.map(
      ({ side, tick, lots, orderType, id, time }) =>
        `{"symbol":"${symbol.venueSymbol}","side":"${side}","price":${price(symbol, tick)},"qty":${qtyText(lots)},"ord_type":"${orderType}","trade_id":${id},"timestamp":"${rfc3339Text(time)}"}`,
    );
    return `{"channel":"trade","type":"${isSnapshot ? 'snapshot' : 'update'}","data":[${texts.join(',')}]}`;
  },

  ticker(symbol, isSnapshot, timeUs) {
    const { day, book } = symbol;
    const { bids, asks } = book;
    const change = ((day.last - day.open) / day.open) * 100;
    return (
      `{"channel":"ticker","type":"${isSnapshot ? 'snapshot' : 'update'}","data":[{"symbol":"${symbol.venueSymbol}",` +
      `"bid":${price(symbol, bids.tick(0))},"bid_qty":${qtyText(bids.lots(0))},"ask":${price(symbol, asks.tick(0))},"ask_qty":${qtyText(asks.lots(0))},` +
      `"last":${price(symbol, day.last)},"volume":${day.volume.toFixed(8)},"vwap":${price(symbol, day.turnover / day.volume)},` +
      `"low":${price(symbol, day.low)},"high":${price(symbol, day.high)},"change":${price(symbol, day.last - day.open)},` +
      `"change_pct":${change.toFixed(2)},"trades":${day.trades},"timestamp":"${rfc3339Text(timeUs)}"}]}`
    );
  },

  candles(symbol, { all, last, intervalMinutes }, isSnapshot, timeUs) {
    const shown = isSnapshot ? all : [last];
    const texts = shown.map((candle) => candleText(symbol, candle, intervalMinutes));
    return `{"channel":"ohlc","type":"${isSnapshot ? 'snapshot' : 'update'}","timestamp":"${rfc3339NsText(timeUs)}","data":[${texts.join(',')}]}`;
  },

  quote: () => '',

  instruments(market) {
    const assets = new Set(market.listings.flatMap(({ pair }) => pair.symbol.split('/')));
    const assetTexts = [...assets].map(
      (id) =>
        `{"id":"${id}","status":"enabled","precision":10,"precision_display":5,"borrowable":true,"collateral_value":1.0,"margin_rate":0.015}`,
    );
    const pairTexts = market.listings.map(({ pair, venueSymbol }) => {
      const [base, quote] = pair.symbol.split('/');
      // Small increments have an exponent on the wire: 1e-08.
      const decimals = pair.priceDecimals;
      const increment = decimals < 5 ? priceText(1, decimals, '') : `1e-${String(decimals).padStart(2, '0')}`;
      return (
        `{"symbol":"${venueSymbol}","base":"${base}","quote":"${quote}","status":"online","qty_precision":${LOT_DECIMALS},"qty_increment":1e-08,` +
        `"price_precision":${decimals},"cost_precision":5,"marginable":false,"has_index":true,"cost_min":0.5,"tick_size":${increment},"price_increment":${increment},"qty_min":0.0001}`
      );
    });
    return `{"channel":"instrument","type":"snapshot","data":{"assets":[${assetTexts.join(',')}],"pairs":[${pairTexts.join(',')}]}}`;
  },

  // Of both APIs.
  rest: (path, _query, market) =>
    path === '/0/public/AssetPairs' ? { status: 200, text: assetPairsText(market) } : undefined,
};
