import type { BookView } from '../strategy/book-view.ts';
import type { TickerView, TradeView } from '../strategy/market-views.ts';
import type { EventOutlet } from './event-outlet.ts';
import { bookTexts, orderText, tradeText } from './output-text.ts';
import type { PoloniexLevel, PoloniexOrder, PoloniexSide } from './subscriber-events.ts';

const US_PER_S = 1_000_000;

/**
 * Makes the venue's own events of records: a message of a book becomes the whole book or its levels one by one.
 * What nobody listens to and nobody prints is not made.
 */
export class MarketReader {
  /** Records that were read. */
  records = 0;
  readonly #outlet: EventOutlet;

  constructor(outlet: EventOutlet) {
    this.#outlet = outlet;
  }

  readTicker(view: TickerView): void {
    this.records++;
    if (!this.#outlet.listens('ticker')) return;
    this.#outlet.emit('ticker', {
      pair: view.venueSymbol,
      last: view.text('last'),
      lowestAsk: view.text('ask'),
      highestBid: view.text('bid'),
      percentChange: fractionOf(view.text('changePct')),
      baseVolume: view.text('turnover'),
      quoteVolume: view.text('volume'),
      isFrozen: undefined,
      high24hr: view.text('high'),
      low24hr: view.text('low'),
    });
  }

  readTrade(view: TradeView): void {
    this.records++;
    const outlet = this.#outlet;
    if (!outlet.prints && !outlet.listens('trade')) return;
    const trade = {
      pair: view.venueSymbol,
      tradeId: String(view.id),
      bookSide: view.side === 'buy' ? 'bid' : 'ask',
      price: view.priceText,
      size: view.qtyText,
      timestamp: view.timeUs < 0 ? undefined : Math.floor(view.timeUs / US_PER_S),
    } as const;
    outlet.print(tradeText(trade));
    outlet.emit('trade', trade);
  }

  readBook(view: BookView): void {
    this.records++;
    if (view.snapshot) this.#readWhole(view);
    else this.#readChanges(view);
  }

  #readWhole(view: BookView): void {
    const outlet = this.#outlet;
    if (!outlet.prints && !outlet.listens('book')) return;
    const levels = (count: number, level: (n: number) => PoloniexLevel): readonly PoloniexLevel[] =>
      Array.from({ length: count }, (_, n) => level(n));
    const book = {
      pair: view.venueSymbol,
      asks: levels(view.askCount, (n) => [view.askPriceText(n), view.askQtyText(n)]),
      bids: levels(view.bidCount, (n) => [view.bidPriceText(n), view.bidQtyText(n)]),
    };
    for (const text of bookTexts(book)) outlet.print(text);
    outlet.emit('book', book);
  }

  /** A record has its bids before its asks, whichever way they were sent. */
  #readChanges(view: BookView): void {
    if (!this.#outlet.prints && !this.#outlet.listens('order')) return;
    const pair = view.venueSymbol;
    for (let n = 0; n < view.bidCount; n++)
      this.#tell(pair, 'bid', view.bidPriceText(n), view.bidQtyText(n), view.bidQty(n) === 0);
    for (let n = 0; n < view.askCount; n++)
      this.#tell(pair, 'ask', view.askPriceText(n), view.askQtyText(n), view.askQty(n) === 0);
  }

  #tell(pair: string, side: PoloniexSide, price: string, size: string, isRemoved: boolean): void {
    const order: PoloniexOrder = { pair, side, price, size, isRemoved };
    this.#outlet.print(orderText(order));
    this.#outlet.emit('order', order);
  }
}

/** A percentage as the fraction that it was sent as, by its digits. */
export function fractionOf(percent: string | undefined): string | undefined {
  const [, sign = '', whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(percent ?? '') ?? [];
  if (whole === undefined) return undefined;
  const digits = whole.padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}${decimals}`;
}
