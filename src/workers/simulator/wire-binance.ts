/**
 * Binance's raw spot streams on the wire, and the snapshots of books it gives over REST. Source:
 * github.com/binance/binance-spot-api-docs at a5e0bc3, web-socket-streams.md and rest-api.md.
 */
import { BINANCE_INTERVALS } from '../../shared/venues/binance.ts';
import { millisText, priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { MarketSymbol } from './market-symbol.ts';
import { integer, parseObject, symbolList } from './request-text.ts';
import type { SentLevel } from './simulated-book.ts';
import type { ClientRequest, TopicParameters, VenueWire } from './venue-wire.ts';

/** Streams of changes show every level. */
const ALL_LEVELS = 1_000_000;
/** Levels of a snapshot where none are asked for, and at most. */
const SNAPSHOT_LEVELS = 100;
const SNAPSHOT_LEVELS_MAX = 5000;

const STREAM = /^([a-z0-9]+)@(trade|ticker|bookTicker|depth(?:@100ms)?|kline_(\w+))$/;

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
  const [, symbol, stream, interval] = STREAM.exec(name) ?? [];
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
  // The venue sends one every second, so one comes soon whatever happens.
  if (stream === 'ticker')
    return { symbol: venueSymbol, topic: { channel: 'ticker', size: 0, snapshot: true, trigger: '' } };
  return { symbol: venueSymbol, topic: { channel: 'book', size: ALL_LEVELS, ...plain } };
}

const INTERVAL_NAMES: ReadonlyMap<number, string> = new Map(
  [...BINANCE_INTERVALS].map(([name, minutes]) => [minutes, name]),
);

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
    if (streams === undefined || (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE'))
      return { kind: 'malformed' };
    // What does not exist is acknowledged like everything else, and nothing comes of it.
    const requests = streams
      .map(readStream)
      .filter((stream) => stream !== undefined)
      .map(
        ({ symbol, topic }): ClientRequest => ({
          kind: method === 'SUBSCRIBE' ? 'subscribe' : 'unsubscribe',
          requestId: id,
          symbols: [symbol],
          topic,
        }),
      );
    const answer: ClientRequest = { kind: 'answered', text: `{"result":null,"id":${id ?? 'null'}}` };
    return { kind: 'several', requests: [...requests, answer] };
  },

  status: () => '',

  pong: () => '',

  malformed: () => '{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 73"}',

  // A request has one answer, whatever becomes of its streams.
  subscribed: () => '',
  unsubscribed: () => '',
  refused: () => '',

  bookSnapshot: (symbol, depth) => snapshotText(symbol, depth),

  bookUpdate(symbol, { levels }, _checksum, timeUs) {
    const { id, lastId } = symbol.book;
    const bids = sideText(symbol, levels, 'bids');
    const asks = sideText(symbol, levels, 'asks');
    return `{"e":"depthUpdate","E":${millisText(timeUs)},"s":"${symbol.venueSymbol}","U":${lastId + 1},"u":${id},"b":[${bids}],"a":[${asks}]}`;
  },

  // There is no checksum; what a damaged message shows by is the one it follows.
  corrupted: (text) => text.replace(/"U":(\d+)/, (_, digits: string) => `"U":${Number(digits) - 1}`),

  trades(symbol, trades) {
    const { side, tick, lots, id, time } = trades[0]!;
    const at = millisText(time);
    return `{"e":"trade","E":${at},"s":"${symbol.venueSymbol}","t":${id},"p":"${price(symbol, tick)}","q":"${qtyText(lots)}","T":${at},"m":${side === 'sell'},"M":true}`;
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
    if (path !== '/api/v3/depth') return undefined;
    const symbol = market.find(query.get('symbol') ?? '');
    if (symbol === undefined) return { status: 400, text: '{"code":-1121,"msg":"Invalid symbol."}' };
    const limit = Number(query.get('limit') ?? SNAPSHOT_LEVELS);
    const isLimit = Number.isInteger(limit) && limit > 0 && limit <= SNAPSHOT_LEVELS_MAX;
    return { status: 200, text: snapshotText(symbol, isLimit ? limit : SNAPSHOT_LEVELS) };
  },
};
