/**
 * Poloniex's legacy push API on the wire, with the fields that came to it in 2021, and the numbers of pairs it
 * gives over REST. Source: github.com/anders94/api-docs, source/includes/_websockets.md; recorded sessions of
 * 2021-04-17 and 2021-05-02; github.com/vansergen/poloniex-node-api, commit 92da589.
 */
import { millisText, priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import { integer, parseObject } from './request-text.ts';
import { type AnsweredRequest, type TopicParameters, VENUE_REFUSALS, type VenueWire } from './venue-wire.ts';

/** Channels of the whole venue, which lie among the numbers that no pair has. */
const TICKER = 1002;
const HEARTBEAT = 1010;
const CHANNELS_FROM = 1000;
const CHANNELS = 100;

/** What `[channel, flag]` says. */
const FLAG = { unsubscribed: 0, subscribed: 1, already: 2 } as const;

/** Changes show every level. */
const BOOK: TopicParameters = {
  channel: 'book',
  size: Number.POSITIVE_INFINITY,
  snapshot: true,
  trigger: '',
};
const TRADES: TopicParameters = { channel: 'trade', size: 0, snapshot: false, trigger: '' };
// The venue sends the ticker of a pair when it changes. All are sent once here, so that none is long in coming.
const TICKERS: TopicParameters = { channel: 'ticker', size: 0, snapshot: true, trigger: '' };

/** The number of a pair, by its row in the market. */
const idOf = (index: number): number => (index + 1 < CHANNELS_FROM ? index + 1 : index + 1 + CHANNELS);

const price = (symbol: MarketSymbol, ticks: number): string =>
  priceText(Math.round(ticks), symbol.decimals, symbol.zeros);

/** Quantities by their prices. */
function sideText(symbol: MarketSymbol, ladder: Ladder): string {
  const texts: string[] = [];
  for (let rank = 0; rank < ladder.size; rank++)
    texts.push(`"${price(symbol, ladder.tick(rank))}":"${qtyText(ladder.lots(rank))}"`);
  return `{${texts.join(',')}}`;
}

/** A frame of one pair. Its sequence is the number of the state of the book that the frame leads to. */
const frameText = (symbol: MarketSymbol, entries: readonly string[]): string =>
  `[${idOf(symbol.index)},${symbol.book.id},[${entries.join(',')}]]`;

const tradeText = (symbol: MarketSymbol, { id, side, tick, lots, time }: Trade): string =>
  `["t","${id}",${side === 'buy' ? 1 : 0},"${price(symbol, tick)}","${qtyText(lots)}",${Math.floor(time / 1e6)},"${millisText(time)}"]`;

/** A pair by its name, or by its number, which may be written as a text. */
function pairOf(channel: string, market: Market): { readonly id: number; readonly name: string } | undefined {
  for (const { index, venueSymbol } of market.listings)
    if (venueSymbol === channel || String(idOf(index)) === channel)
      return { id: idOf(index), name: venueSymbol };
  return undefined;
}

const flag = (request: AnsweredRequest, value: number): string => `[${request.requestId},${value}]`;

const errorText = (error: string): string => JSON.stringify({ error });

/** What a ticker says of a pair's day, here as over REST. */
function dayOf(symbol: MarketSymbol): {
  readonly last: string;
  readonly lowestAsk: string;
  readonly highestBid: string;
  readonly percentChange: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  readonly high24hr: string;
  readonly low24hr: string;
} {
  const { day, book, decimals } = symbol;
  return {
    last: price(symbol, day.last),
    lowestAsk: price(symbol, book.asks.tick(0)),
    highestBid: price(symbol, book.bids.tick(0)),
    percentChange: ((day.last - day.open) / day.open).toFixed(8),
    // What stands before the underscore is the base here: what a price is in.
    baseVolume: (day.turnover / 10 ** decimals).toFixed(8),
    quoteVolume: day.volume.toFixed(8),
    high24hr: price(symbol, day.high),
    low24hr: price(symbol, day.low),
  };
}

export const WIRE_POLONIEX_LEGACY: VenueWire = {
  heartbeat: `[${HEARTBEAT}]`,

  beatsAlways: true,

  joinsTrades: true,

  countsUpdates: true,

  topicKey: ({ channel }, venueSymbol) => `${channel} ${venueSymbol}`,

  read(text) {
    const request = parseObject(text);
    const kind = request?.['command'];
    const given = request?.['channel'];
    const channel = typeof given === 'string' ? given : String(integer(given));
    if (kind !== 'subscribe' && kind !== 'unsubscribe') return { kind: 'malformed' };
    if (channel === String(TICKER))
      return { kind, requestId: TICKER, symbols: [channel], topic: TICKERS, namesAll: true };
    return { kind, requestId: undefined, symbols: [channel], topic: BOOK, also: [TRADES] };
  },

  resolved(request, market) {
    if (request.kind !== 'subscribe' && request.kind !== 'unsubscribe') return request;
    if (request.namesAll === true)
      return { ...request, symbols: market.listings.map(({ venueSymbol }) => venueSymbol) };
    const channel = request.symbols[0]!;
    const pair = pairOf(channel, market);
    if (pair !== undefined) return { ...request, requestId: pair.id, symbols: [pair.name] };
    return { ...request, kind: 'refused', method: request.kind, reason: VENUE_REFUSALS.channel };
  },

  status: () => '',
  pong: () => '',

  malformed: () => errorText('Invalid command.'),

  // The first frame of a pair is all that says that it is subscribed.
  acknowledged(request) {
    if (request.kind === 'unsubscribe') return flag(request, FLAG.unsubscribed);
    return request.requestId === TICKER ? flag(request, FLAG.subscribed) : '';
  },
  subscribed: () => '',
  unsubscribed: () => '',

  refused(request, venueSymbol, reason) {
    // Once, however many pairs the channel has.
    if (venueSymbol !== request.symbols[0]) return '';
    if (reason === VENUE_REFUSALS.duplicate) return flag(request, FLAG.already);
    if (reason === VENUE_REFUSALS.absent) return flag(request, FLAG.unsubscribed);
    return errorText('Invalid channel.');
  },

  bookSnapshot(symbol, _depth, timeUs) {
    const { asks, bids } = symbol.book;
    const sides = `${sideText(symbol, asks)},${sideText(symbol, bids)}`;
    return frameText(symbol, [
      `["i",{"currencyPair":"${symbol.venueSymbol}","orderBook":[${sides}]},"${millisText(timeUs)}"]`,
    ]);
  },

  bookUpdate(symbol, { levels }, _checksum, timeUs, trades = []) {
    const changes = levels.map(
      ({ side, tick, lots }) =>
        `["o",${side === 'bids' ? 1 : 0},"${price(symbol, tick)}","${qtyText(lots)}","${millisText(timeUs)}"]`,
    );
    return frameText(symbol, [...changes, ...trades.map((trade) => tradeText(symbol, trade))]);
  },

  // There is no checksum; what a damaged message shows by is its place in the sequence.
  corrupted: (text) =>
    text.replace(/^(\[\d+,)(\d+)/, (_, id: string, digits: string) => id + (Number(digits) + 1)),

  trades: (symbol, trades) =>
    frameText(
      symbol,
      trades.map((trade) => tradeText(symbol, trade)),
    ),

  ticker(symbol) {
    const { last, lowestAsk, highestBid, percentChange, baseVolume, quoteVolume, high24hr, low24hr } =
      dayOf(symbol);
    const numbers = [last, lowestAsk, highestBid, percentChange, baseVolume, quoteVolume];
    return `[${TICKER},null,[${idOf(symbol.index)},"${numbers.join('","')}",0,"${high24hr}","${low24hr}",0,0]]`;
  },

  // The venue has none of these.
  candles: () => '',
  quote: () => '',
  instruments: () => '',

  rest(path, query, market) {
    if (path !== '/public') return undefined;
    const command = query.get('command');
    if (command !== 'returnTicker') return { status: 200, text: errorText('Invalid command.') };
    const rows = market.symbols.map(
      (symbol) => [symbol.venueSymbol, { id: idOf(symbol.index), ...dayOf(symbol), isFrozen: '0' }] as const,
    );
    return { status: 200, text: JSON.stringify(Object.fromEntries(rows)) };
  },
};
