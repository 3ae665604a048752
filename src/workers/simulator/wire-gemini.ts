/**
 * Gemini's v2 market data on the wire. Source: docs.gemini.com/websocket/archived/v2; order of keys as in a
 * session recorded on 2021-06-24. What the venue says to a request that it cannot serve is not documented:
 * the form of an error is that of its REST interface.
 */
import { GEMINI_CANDLES } from '../../shared/venues/gemini.ts';
import type { Candle } from './candles.ts';
import { LOT_DECIMALS, priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Listing } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import { isObject, parseObject, symbolList } from './request-text.ts';
import type { ClientRequest, TopicParameters, VenueWire } from './venue-wire.ts';
import { VENUE_REFUSALS } from './venue-wire.ts';

/** Past trades that a stream begins with. */
const PAST_TRADES = 50;

const MINUTES_OF: ReadonlyMap<string, number> = new Map(
  [...GEMINI_CANDLES].map(([minutes, stream]) => [stream, minutes]),
);

/** A book has all its levels. */
const BOOK: TopicParameters = {
  channel: 'book',
  size: Number.POSITIVE_INFINITY,
  snapshot: true,
  trigger: '',
};
const TRADES: TopicParameters = { channel: 'trade', size: 0, snapshot: false, trigger: '' };

const price = (symbol: MarketSymbol, ticks: number): string =>
  priceText(Math.round(ticks), symbol.decimals, '');

/** With the zeros behind the last digit, which the venue leaves out: so the market's own checksum can be compared. */
const qty = (lots: number): string => (lots === 0 ? '0' : qtyText(lots));

const levelText = (symbol: MarketSymbol, side: 'buy' | 'sell', tick: number, lots: number): string =>
  `["${side}","${price(symbol, tick)}","${qty(lots)}"]`;

function ladderTexts(symbol: MarketSymbol, side: 'buy' | 'sell', ladder: Ladder): string[] {
  return Array.from({ length: ladder.size }, (_, rank) =>
    levelText(symbol, side, ladder.tick(rank), ladder.lots(rank)),
  );
}

const msOf = (timeUs: number): number => Math.floor(timeUs / 1000);

const tradeText = (symbol: MarketSymbol, { id, time, tick, lots, side }: Trade): string =>
  `{"type":"trade","symbol":"${symbol.venueSymbol}","event_id":${id},"timestamp":${msOf(time)},"price":"${price(symbol, tick)}","quantity":"${qty(lots)}","side":"${side}"}`;

const candleText = (symbol: MarketSymbol, candle: Candle): string =>
  `[${msOf(candle.beginsAt)},${[candle.open, candle.high, candle.low, candle.close].map((ticks) => price(symbol, ticks)).join(',')},${candle.volume.toFixed(8)}]`;

const errorText = (reason: string, message: string): string =>
  JSON.stringify({ result: 'error', reason, message });

function readSubscription(kind: 'subscribe' | 'unsubscribe', value: unknown): ClientRequest {
  if (!isObject(value)) return { kind: 'malformed' };
  const name = String(value['name']);
  const symbols = symbolList(value['symbols']);
  if (symbols === undefined) return { kind: 'malformed' };
  const requestId = undefined;
  if (name === 'l2') return { kind, requestId, symbols, topic: BOOK, also: [TRADES] };
  const size = MINUTES_OF.get(name);
  if (size !== undefined)
    return { kind, requestId, symbols, topic: { channel: 'candle', size, snapshot: true, trigger: '' } };
  return {
    kind: 'refused',
    method: kind,
    requestId,
    symbols,
    topic: undefined,
    reason: VENUE_REFUSALS.channel,
  };
}

const DETAILS_PATH = /^\/v1\/symbols\/details\/(\w+)$/;

/** Steps are numbers here, small ones with an exponent. */
const step = (decimals: number): string =>
  decimals < 5 ? (10 ** -decimals).toFixed(decimals) : `1E-${decimals}`;

function detailsText({ pair, venueSymbol }: Listing): string {
  const [base, quote] = pair.symbol.split('/');
  return `{"symbol":"${venueSymbol}","base_currency":"${base}","quote_currency":"${quote}","tick_size":${step(LOT_DECIMALS)},"quote_increment":${step(pair.priceDecimals)},"min_order_size":"0.00001","status":"open"}`;
}

export const WIRE_GEMINI: VenueWire = {
  /** The time of the host, which nobody compares with the market's. */
  get heartbeat() {
    return `{"type":"heartbeat","timestamp":${Date.now()}}`;
  },

  sendsTradesApart: true,

  topicKey: ({ channel, size }, venueSymbol) => `${channel} ${size} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    const type = request?.['type'];
    const subscriptions = request?.['subscriptions'];
    if ((type !== 'subscribe' && type !== 'unsubscribe') || !Array.isArray(subscriptions))
      return { kind: 'malformed' };
    const requests = subscriptions.map((subscription) => readSubscription(type, subscription));
    return { kind: 'several', requests };
  },

  // Neither states nor acknowledges anything, and answers no pings.
  status: () => '',
  pong: () => '',
  subscribed: () => '',
  unsubscribed: () => '',

  malformed: () => errorText('InvalidJson', 'Malformed request'),

  refused(_request, venueSymbol, reason) {
    if (reason === VENUE_REFUSALS.duplicate || reason === VENUE_REFUSALS.absent) return '';
    return errorText('InvalidSubscription', `${reason}: ${venueSymbol}`);
  },

  bookSnapshot(symbol) {
    const { bids, asks } = symbol.book;
    const changes = [...ladderTexts(symbol, 'buy', bids), ...ladderTexts(symbol, 'sell', asks)];
    const past = symbol.trades.slice(-PAST_TRADES).reverse();
    return `{"type":"l2_updates","symbol":"${symbol.venueSymbol}","changes":[${changes.join(',')}],"trades":[${past.map((trade) => tradeText(symbol, trade)).join(',')}],"auction_events":[]}`;
  },

  bookUpdate(symbol, { levels }) {
    const texts = (['bids', 'asks'] as const).flatMap((side) =>
      levels
        .filter((level) => level.side === side)
        .map(({ tick, lots }) => levelText(symbol, side === 'bids' ? 'buy' : 'sell', tick, lots)),
    );
    return `{"type":"l2_updates","symbol":"${symbol.venueSymbol}","changes":[${texts.join(',')}]}`;
  },

  // There is no checksum to spoil. What shows is a price on the wrong side, of as many characters.
  corrupted: (text) =>
    text.replace(
      /\["(buy|sell)","([\d.]+)","([\d.]+)"\]/,
      (_, side: string, priced: string, quantity: string) =>
        `["${side}","${side === 'buy' ? priced.replace(/\d/g, '9') : lowest(priced)}","${quantity === '0' ? '1' : quantity}"]`,
    ),

  trades: (symbol, trades) => trades.map((trade) => tradeText(symbol, trade)).join(','),

  // The venue has none of these.
  ticker: () => '',
  quote: () => '',
  instruments: () => '',

  candles(symbol, { all, last, intervalMinutes }, isSnapshot) {
    const shown = isSnapshot ? [...all].reverse() : [last];
    const texts = shown.map((candle) => candleText(symbol, candle));
    return `{"type":"${GEMINI_CANDLES.get(intervalMinutes)}_updates","symbol":"${symbol.venueSymbol}","changes":[${texts.join(',')}]}`;
  },

  rest(path, _query, { listings }) {
    if (path === '/v1/symbols')
      return {
        status: 200,
        text: JSON.stringify(listings.map(({ venueSymbol }) => venueSymbol.toLowerCase())),
      };
    const [, name] = DETAILS_PATH.exec(path) ?? [];
    if (name === undefined) return undefined;
    const listing = listings.find(({ venueSymbol }) => venueSymbol === name.toUpperCase());
    if (listing === undefined)
      return { status: 400, text: errorText('InvalidSymbol', `${name} is no symbol`) };
    return { status: 200, text: detailsText(listing) };
  },
};

/** The lowest price above zero that is written with the same digits before and after the point. */
function lowest(priced: string): string {
  const zeros = priced.replace(/\d/g, '0');
  return zeros.startsWith('0.') || zeros === '0' ? zeros.replace(/0$/, '1') : zeros.replace(/^0/, '1');
}
