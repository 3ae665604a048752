/**
 * Binance's spot streams on the wire, raw and combined, and the snapshots of books it gives over REST. Source:
 * github.com/binance/binance-spot-api-docs at a5e0bc3, web-socket-streams.md and rest-api.md.
 */
import { BINANCE_INTERVALS } from '../../shared/venues/binance.ts';
import { LOT_DECIMALS, millisText, priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Market } from './market.ts';
import type { MarketSymbol } from './market-symbol.ts';
import { integer, parseObject, symbolList } from './request-text.ts';
import type { SentLevel } from './simulated-book.ts';
import type { ClientRequest, TopicParameters, VenueWire } from './venue-wire.ts';

/** Streams of changes show every level. */
const ALL_LEVELS = 1_000_000;
/** Levels of a snapshot where none are asked for, and at most. */
const SNAPSHOT_LEVELS = 100;
const SNAPSHOT_LEVELS_MAX = 5000;

const STREAM =
  /^([a-z0-9]+)@(trade|aggTrade|ticker|bookTicker|depth(5|10|20)?(?:@100ms|@1000ms)?|kline_(\w+))$/;

/** By how much aggregated trades are fewer than single ones: only so that no two ids are alike. */
const AGGREGATED_FEWER = 50_000_000;

/** Times of a message; ids have fewer digits. */
const MILLISECONDS = /"([ETtOC])":(\d{13})(?=[,}])/g;

const price = (symbol: MarketSymbol, ticks: number): string =>
  ticks < 0 ? `-${price(symbol, -ticks)}` : priceText(Math.round(ticks), symbol.decimals, '');

const levelText = (symbol: MarketSymbol, tick: number, lots: number): string =>
  `["${price(symbol, tick)}","${qtyText(lots)}"]`;

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

const snapshotText = (symbol: MarketSymbol, levels: number): string =>
  `{"lastUpdateId":${symbol.book.id},"bids":[${ladderText(symbol, symbol.book.bids, levels)}],"asks":[${ladderText(symbol, symbol.book.asks, levels)}]}`;

/** What a stream is called, by what it is here. */
function readStream(name: string): { readonly symbol: string; readonly topic: TopicParameters } | undefined {
  const [, symbol, stream, levels, interval] = STREAM.exec(name) ?? [];
  if (symbol === undefined || stream === undefined) return undefined;
  const plain = { snapshot: false, trigger: '' };
  const venueSymbol = symbol.toUpperCase();
  if (interval !== undefined) {
    const size = BINANCE_INTERVALS.get(interval);
    return size === undefined
      ? undefined
      : { symbol: venueSymbol, topic: { channel: 'candle', size, ...plain } };
  }
  if (stream === 'bookTicker') return { symbol: venueSymbol, topic: { channel: 'quote', size: 0, ...plain } };
  if (stream === 'trade') return { symbol: venueSymbol, topic: { channel: 'trade', size: 0, ...plain } };
  if (stream === 'aggTrade') return { symbol: venueSymbol, topic: { channel: 'trade', size: 1, ...plain } };
  // The venue sends one every second or ten times as often, so one comes soon whatever happens.
  if (stream === 'ticker')
    return { symbol: venueSymbol, topic: { channel: 'ticker', size: 0, snapshot: true, trigger: '' } };
  if (levels !== undefined)
    return {
      symbol: venueSymbol,
      topic: { channel: 'book', size: Number(levels), snapshot: true, trigger: '' },
    };
  return { symbol: venueSymbol, topic: { channel: 'book', size: ALL_LEVELS, ...plain } };
}

/** As many requests as there are streams. What does not exist is acknowledged too, and nothing comes of it. */
const streamRequests = (
  kind: 'subscribe' | 'unsubscribe',
  requestId: number | undefined,
  streams: readonly string[],
): ClientRequest[] =>
  streams.flatMap((name): ClientRequest[] => {
    const stream = readStream(name);
    if (stream === undefined) return [];
    return [{ kind, requestId, symbols: [stream.symbol], topic: stream.topic, name }];
  });

/** Properties and the list of what is subscribed. */
function readQuestion(method: unknown, id: number | undefined, params: unknown): ClientRequest {
  const answered = (result: unknown): string => JSON.stringify({ result, id: id ?? null });
  const [name, value] = Array.isArray(params) ? (params as readonly unknown[]) : [];
  if (method === 'LIST_SUBSCRIPTIONS')
    return { kind: 'about-connection', answer: (_, names) => answered(names) };
  if (method !== 'SET_PROPERTY' && method !== 'GET_PROPERTY') return { kind: 'malformed' };
  if (name !== 'combined')
    return { kind: 'answered', text: `{"code":0,"msg":"Unknown property","id":${id ?? 'null'}}` };
  if (method === 'GET_PROPERTY')
    return { kind: 'about-connection', answer: ({ combined }) => answered(combined) };
  if (typeof value !== 'boolean')
    return { kind: 'answered', text: '{"code":1,"msg":"Invalid value type: expected Boolean"}' };
  return {
    kind: 'about-connection',
    answer: (form) => {
      form.combined = value;
      return answered(null);
    },
  };
}

const INTERVAL_NAMES: ReadonlyMap<number, string> = new Map(
  [...BINANCE_INTERVALS].map(([name, minutes]) => [minutes, name]),
);

/** A step with the eight decimals that all of them are written with, or more where it needs more. */
const step = (decimals: number): string => (10 ** -decimals).toFixed(Math.max(8, decimals));

function exchangeInfoText({ listings }: Market): string {
  const symbols = listings.map(({ pair, venueSymbol }) => {
    const [baseAsset, quoteAsset] = pair.symbol.split('/');
    const tickSize = step(pair.priceDecimals);
    const stepSize = step(LOT_DECIMALS);
    return {
      symbol: venueSymbol,
      status: 'TRADING',
      baseAsset,
      baseAssetPrecision: 8,
      quoteAsset,
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000.00000000', tickSize },
        { filterType: 'LOT_SIZE', minQty: stepSize, maxQty: '90000000.00000000', stepSize },
      ],
      permissions: [],
      permissionSets: [],
    };
  });
  return JSON.stringify({ timezone: 'UTC', serverTime: Date.now(), rateLimits: [], symbols });
}

export const WIRE_BINANCE: VenueWire = {
  // The venue says nothing by itself.
  heartbeat: '',

  sendsTradesApart: true,

  countsUpdates: true,

  topicKey: ({ channel, size }, venueSymbol) => `${channel} ${size} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    const id = integer(request?.['id']);
    const streams = symbolList(request?.['params']);
    const method = request?.['method'];
    if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE')
      return readQuestion(method, id, request?.['params']);
    if (streams === undefined) return { kind: 'malformed' };
    const requests = streamRequests(method === 'SUBSCRIBE' ? 'subscribe' : 'unsubscribe', id, streams);
    const answer: ClientRequest = { kind: 'answered', text: `{"result":null,"id":${id ?? 'null'}}` };
    return { kind: 'several', requests: [...requests, answer] };
  },

  connected(path, query) {
    const combined = path === '/stream';
    const names = combined ? query.get('streams') : path.replace(/^\/ws\/?/, '');
    const microseconds = query.get('timeUnit')?.toUpperCase() === 'MICROSECOND';
    const requests = streamRequests('subscribe', undefined, (names ?? '').split('/'));
    return { form: { combined, microseconds }, request: { kind: 'several', requests } };
  },

  // Milliseconds are as precise as this market's times are written.
  addressed(text, name, { combined, microseconds }) {
    const timed = microseconds ? text.replace(MILLISECONDS, '"$1":$2000') : text;
    return combined ? `{"stream":"${name}","data":${timed}}` : timed;
  },

  status: () => '',

  pong: () => '',

  malformed: () => '{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 73"}',

  // A request has one answer, whatever becomes of its streams.
  subscribed: () => '',
  unsubscribed: () => '',
  refused: () => '',

  bookSnapshot: (symbol, depth) => snapshotText(symbol, depth),

  bookUpdate(symbol, { levels, depth }, _checksum, timeUs) {
    // The best levels are sent whole.
    if (depth < ALL_LEVELS) return snapshotText(symbol, depth);
    const { id, lastId } = symbol.book;
    const bids = sideText(symbol, levels, 'bids');
    const asks = sideText(symbol, levels, 'asks');
    return `{"e":"depthUpdate","E":${millisText(timeUs)},"s":"${symbol.venueSymbol}","U":${lastId + 1},"u":${id},"b":[${bids}],"a":[${asks}]}`;
  },

  // There is no checksum; what a damaged message shows by is the one it follows.
  corrupted: (text) =>
    text
      .replace(/"U":(\d+)/, (_, digits: string) => `"U":${Number(digits) - 1}`)
      .replace(/"lastUpdateId":(\d+)/, (_, digits: string) => `"lastUpdateId":${Number(digits) - 2}`),

  trades(symbol, trades) {
    const { side, tick, lots, id, time } = trades[0]!;
    const at = millisText(time);
    return `{"e":"trade","E":${at},"s":"${symbol.venueSymbol}","t":${id},"p":"${price(symbol, tick)}","q":"${qtyText(lots)}","T":${at},"m":${side === 'sell'},"M":true}`;
  },

  // A level is taken by one trade here, so each is one of its own.
  aggregateTrade(symbol, { side, tick, lots, id, time }) {
    const at = millisText(time);
    return `{"e":"aggTrade","E":${at},"s":"${symbol.venueSymbol}","a":${id - AGGREGATED_FEWER},"p":"${price(symbol, tick)}","q":"${qtyText(lots)}","f":${id},"l":${id},"T":${at},"m":${side === 'sell'},"M":true}`;
  },

  ticker(symbol, _isSnapshot, timeUs) {
    const { day, book, venueSymbol } = symbol;
    const { bids, asks } = book;
    const change = ((day.last - day.open) / day.open) * 100;
    const last = symbol.nextTradeId - 1;
    return (
      `{"e":"24hrTicker","E":${millisText(timeUs)},"s":"${venueSymbol}","p":"${price(symbol, day.last - day.open)}","P":"${change.toFixed(3)}",` +
      `"w":"${price(symbol, day.turnover / day.volume)}","x":"${price(symbol, day.open)}","c":"${price(symbol, day.last)}","Q":"${qtyText(day.lastLots)}",` +
      `"b":"${price(symbol, bids.tick(0))}","B":"${qtyText(bids.lots(0))}","a":"${price(symbol, asks.tick(0))}","A":"${qtyText(asks.lots(0))}",` +
      `"o":"${price(symbol, day.open)}","h":"${price(symbol, day.high)}","l":"${price(symbol, day.low)}","v":"${day.volume.toFixed(8)}",` +
      `"q":"${(day.turnover / 10 ** symbol.decimals).toFixed(8)}","O":${millisText(timeUs - 86_400e6)},"C":${millisText(timeUs)},"F":${last - day.trades},"L":${last},"n":${day.trades}}`
    );
  },

  candles(symbol, { last, intervalMinutes }, _isSnapshot, timeUs) {
    const { beginsAt, open, high, low, close, volume, turnover, trades } = last;
    const lastId = symbol.nextTradeId - 1;
    return (
      `{"e":"kline","E":${millisText(timeUs)},"s":"${symbol.venueSymbol}","k":{"t":${millisText(beginsAt)},"T":${millisText(beginsAt + intervalMinutes * 60e6 - 1000)},` +
      `"s":"${symbol.venueSymbol}","i":"${INTERVAL_NAMES.get(intervalMinutes)}","f":${lastId - trades + 1},"L":${lastId},"o":"${price(symbol, open)}","c":"${price(symbol, close)}",` +
      `"h":"${price(symbol, high)}","l":"${price(symbol, low)}","v":"${volume.toFixed(8)}","n":${trades},"x":false,"q":"${(turnover / 10 ** symbol.decimals).toFixed(8)}","V":"0.00000000","Q":"0.00000000","B":"0"}}`
    );
  },

  quote(symbol) {
    const { bids, asks, id } = symbol.book;
    return `{"u":${id},"s":"${symbol.venueSymbol}","b":"${price(symbol, bids.tick(0))}","B":"${qtyText(bids.lots(0))}","a":"${price(symbol, asks.tick(0))}","A":"${qtyText(asks.lots(0))}"}`;
  },

  instruments: () => '',

  rest(path, query, market) {
    if (path === '/api/v3/exchangeInfo') return { status: 200, text: exchangeInfoText(market) };
    if (path !== '/api/v3/depth') return undefined;
    const symbol = market.find(query.get('symbol') ?? '');
    if (symbol === undefined) return { status: 400, text: '{"code":-1121,"msg":"Invalid symbol."}' };
    const limit = Number(query.get('limit') ?? SNAPSHOT_LEVELS);
    const isLimit = Number.isInteger(limit) && limit > 0 && limit <= SNAPSHOT_LEVELS_MAX;
    return { status: 200, text: snapshotText(symbol, isLimit ? limit : SNAPSHOT_LEVELS) };
  },
};
