/**
 * Gemini's v1 market data on the wire, of one symbol or several on a connection. Source:
 * docs.gemini.com/websocket/archived/v1 and /archived/multi-market-data; order of keys as shown there and as in
 * messages recorded in 2019, 2020 and 2022. What the venue does with a symbol that it does not know is not
 * documented: the form of an error is that of its REST interface, and the other symbols are served.
 */
import { priceText, qtyText } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import type { SentLevel } from './simulated-book.ts';
import type { ClientRequest, ConnectionAsked, TopicParameters, VenueWire } from './venue-wire.ts';
import { VENUE_REFUSALS } from './venue-wire.ts';

/** A book has all its levels. What a connection begins with answers for all its symbols at once. */
const BOOK: TopicParameters = {
  channel: 'book',
  size: Number.POSITIVE_INFINITY,
  snapshot: false,
  trigger: '',
};
const TRADES: TopicParameters = { channel: 'trade', size: 0, snapshot: false, trigger: '' };

/** Stands where a connection has its own number. */
const UNNUMBERED = '"socket_sequence":?';

const HEARTBEAT = '{"type":"heartbeat"';

const price = (symbol: MarketSymbol, ticks: number): string =>
  priceText(Math.round(ticks), symbol.decimals, '');

/** With the zeros behind the last digit, which the venue leaves out: so the market's own checksum can be compared. */
const qty = (lots: number): string => (lots === 0 ? '0' : qtyText(lots));

const delta = (lots: number): string => (lots < 0 ? `-${qty(-lots)}` : qty(lots));

const initialTexts = (symbol: MarketSymbol, side: 'bid' | 'ask', ladder: Ladder): string[] =>
  Array.from({ length: ladder.size }, (_, rank) => {
    const quantity = qty(ladder.lots(rank));
    return `{"type":"change","reason":"initial","price":"${price(symbol, ladder.tick(rank))}","delta":"${quantity}","remaining":"${quantity}","side":"${side}","symbol":"${symbol.venueSymbol}"}`;
  });

const changeText = (symbol: MarketSymbol, { side, tick, lots, before }: SentLevel): string =>
  `{"type":"change","side":"${side === 'bids' ? 'bid' : 'ask'}","price":"${price(symbol, tick)}","remaining":"${qty(lots)}","delta":"${delta(lots - before)}","reason":"${lots > before ? 'place' : 'cancel'}","symbol":"${symbol.venueSymbol}"}`;

/** The maker is on the other side than the taker, whose side the market knows. */
const tradeText = (symbol: MarketSymbol, { id, tick, lots, side }: Trade): string =>
  `{"type":"trade","tid":${id},"price":"${price(symbol, tick)}","amount":"${qty(lots)}","makerSide":"${side === 'buy' ? 'ask' : 'bid'}","symbol":"${symbol.venueSymbol}"}`;

function updateText(eventId: number, timeUs: number, events: readonly string[]): string {
  const ms = Math.floor(timeUs / 1000);
  return `{"type":"update","eventId":${eventId},"timestamp":${Math.floor(ms / 1000)},"timestampms":${ms},${UNNUMBERED},"events":[${events.join(',')}]}`;
}

const errorText = (reason: string, message: string): string =>
  JSON.stringify({ result: 'error', reason, message });

export const WIRE_GEMINI_V1: VenueWire = {
  /** The time of the host, which nobody compares with the market's. */
  get heartbeat() {
    return `${HEARTBEAT},"timestampms":${Date.now()},"sequence":0,"trace_id":"simulated",${UNNUMBERED}}`;
  },

  // Each trade is an event of the venue, and each event a message.
  sendsTradesApart: true,
  countsUpdates: true,

  connected(path, query): ConnectionAsked {
    const one = /\/marketdata\/([^/]+)$/.exec(path)?.[1];
    const names = one === undefined ? (query.get('symbols') ?? '').split(',') : [decodeURIComponent(one)];
    const symbols = names.map((name) => name.toUpperCase()).filter((name) => name !== '');
    const isGiven = ['bids', 'offers', 'trades', 'auctions'].some((flag) => query.has(flag));
    const has = (flag: string): boolean => !isGiven || query.get(flag) === 'true';
    const topics = [...(has('bids') && has('offers') ? [BOOK] : []), ...(has('trades') ? [TRADES] : [])];
    const [topic, ...also] = topics;
    const request: ClientRequest =
      topic === undefined
        ? { kind: 'malformed' }
        : { kind: 'subscribe', requestId: undefined, symbols, topic, also, namesAll: true };
    const hasHeartbeats = query.get('heartbeat') === 'true';
    let number = 0;
    return {
      request,
      own(text) {
        if (!hasHeartbeats && text.startsWith(HEARTBEAT)) return '';
        if (!text.includes(UNNUMBERED)) return text;
        const numbered = text.replace(UNNUMBERED, `"socket_sequence":${number++}`);
        return one === undefined ? numbered : numbered.replaceAll(/,"symbol":"[^"]*"/g, '');
      },
    };
  },

  topicKey: ({ channel, size }, venueSymbol) => `${channel} ${size} ${venueSymbol}`,

  // It takes no requests, states nothing, and answers no pings.
  read: () => ({ kind: 'malformed' }),
  status: () => '',
  pong: () => '',
  subscribed: () => '',
  unsubscribed: () => '',

  malformed: () => errorText('InvalidJson', 'Nothing is asked for here'),

  refused: (_request, venueSymbol, reason) =>
    reason === VENUE_REFUSALS.duplicate ? '' : errorText('InvalidSymbol', `${reason}: ${venueSymbol}`),

  /** The state of all symbols, which is the first message of a connection and has no time. */
  acknowledged({ topic }, symbols) {
    const events =
      topic?.channel !== 'book'
        ? []
        : symbols.flatMap((symbol) => [
            ...initialTexts(symbol, 'bid', symbol.book.bids),
            ...initialTexts(symbol, 'ask', symbol.book.asks),
          ]);
    const eventId = Math.max(...symbols.map(({ book }) => book.id));
    return `{"type":"update","eventId":${eventId},${UNNUMBERED},"events":[${events.join(',')}]}`;
  },

  bookSnapshot: () => '',

  bookUpdate: (symbol, { levels }, _checksum, timeUs) =>
    updateText(
      symbol.book.id,
      timeUs,
      levels.map((level) => changeText(symbol, level)),
    ),

  // There is no checksum to spoil. What shows is a price on the wrong side, of as many characters.
  corrupted: (text) =>
    text.replace(
      /"side":"(bid|ask)","price":"([\d.]+)","remaining":"([\d.]+)"/,
      (_, side: string, priced: string, quantity: string) =>
        `"side":"${side}","price":"${side === 'bid' ? priced.replace(/\d/g, '9') : lowest(priced)}","remaining":"${quantity === '0' ? '1' : quantity}"`,
    ),

  trades: (symbol, trades) =>
    trades.map((trade) => updateText(trade.id, trade.time, [tradeText(symbol, trade)])).join(','),

  // The venue has none of these.
  ticker: () => '',
  quote: () => '',
  instruments: () => '',
  candles: () => '',
};

/** The lowest price above zero that is written with the same digits before and after the point. */
function lowest(priced: string): string {
  const zeros = priced.replace(/\d/g, '0');
  return zeros.startsWith('0.') || zeros === '0' ? zeros.replace(/0$/, '1') : zeros.replace(/^0/, '1');
}
