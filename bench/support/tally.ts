import type { BookView, QuoteView, Strategy, TickerView, TradeView } from '../../src/main/index.ts';
import type { Sent } from './flood-plan.ts';

/** Is told of every message that is measured, but of no snapshot. */
export interface Probe {
  /** @param sentUs when the exchange says it was sent, @param receivedUs when it is said to have arrived. */
  sample(sentUs: number, receivedUs: number): void;
}

/**
 * What every variant's callbacks do: count, and add up prices and quantities in the order of the wire. Both
 * are compared with what the server sent, so that a variant that is fast because it is wrong fails.
 */
export abstract class Tally {
  messages = 0;
  sum = 0;
  /** Called with the first message that is measured and with the last one. */
  begun: () => void = () => undefined;
  whole: () => void = () => undefined;
  readonly #expected: number;
  readonly #unmeasured: number;

  /**
   * @param expected Messages after which all have come.
   * @param unmeasuredShare Of these, for code to warm up: they are checked like all, and not measured.
   */
  constructor(expected: number, unmeasuredShare: number) {
    this.#expected = expected;
    this.#unmeasured = Math.floor(expected * unmeasuredShare);
  }

  get measured(): number {
    return this.#expected - this.#unmeasured;
  }

  protected get isMeasured(): boolean {
    return this.messages >= this.#unmeasured;
  }

  count(): void {
    if (this.messages === this.#unmeasured) this.begun();
    if (++this.messages === this.#expected) this.whole();
  }

  /** @throws Error where this is not exactly what was sent. */
  check(what: string, sent: Sent): void {
    if (this.messages !== sent.messages)
      throw new Error(`${what}: ${this.messages} messages came of ${sent.messages} that were sent`);
    if (this.sum !== sent.sum) throw new Error(`${what}: the sum is ${this.sum} and was sent as ${sent.sum}`);
  }
}

/** Callbacks on ringfeed's views. */
export class RecordTally extends Tally implements Strategy {
  probe: Probe | undefined;

  onTrade(trade: TradeView): void {
    this.sum += trade.price;
    this.sum += trade.qty;
    if (this.probe !== undefined) this.#sample(trade);
    this.count();
  }

  onBook(book: BookView): void {
    const bids = book.bidCount;
    for (let n = 0; n < bids; n++) {
      this.sum += book.bidPrice(n);
      this.sum += book.bidQty(n);
    }
    const asks = book.askCount;
    for (let n = 0; n < asks; n++) {
      this.sum += book.askPrice(n);
      this.sum += book.askQty(n);
    }
    if (this.probe !== undefined) this.#sample(book);
    this.count();
  }

  onTicker(ticker: TickerView): void {
    this.#addSent(ticker.bid);
    this.#addSent(ticker.bidQty);
    this.#addSent(ticker.ask);
    this.#addSent(ticker.askQty);
    this.#addSent(ticker.last);
    if (this.probe !== undefined) this.#sample(ticker);
    this.count();
  }

  onQuote(quote: QuoteView): void {
    this.sum += quote.bid;
    this.sum += quote.bidQty;
    this.sum += quote.ask;
    this.sum += quote.askQty;
    this.count();
  }

  /** Not every venue's tickers have everything. */
  #addSent(value: number): void {
    if (!Number.isNaN(value)) this.sum += value;
  }

  #sample(view: TradeView | BookView | TickerView): void {
    if (this.isMeasured && !view.snapshot) this.probe!.sample(view.timeUs, view.received / 1000);
  }
}

/** Is handed the numbers in the objects of `JSON.parse`, as a bot on plain ws has them. */
export class ObjectTally extends Tally {
  probe: Probe | undefined;
  /** When the message at hand came in, on the clock of `performance.now()`, µs. */
  receivedUs = 0;

  /** Takes a price or a quantity. */
  add(value: number): void {
    this.sum += value;
  }

  /** @param type `update` unless it is a snapshot, whose time is old. */
  sample(timestamp: string, type: string): void {
    if (this.probe !== undefined && type === 'update' && this.isMeasured)
      this.probe.sample(timestampUs(timestamp), this.receivedUs);
  }
}

/** Of `2026-10-06T17:35:55.440295Z`: a Date holds milliseconds only. */
const timestampUs = (text: string): number =>
  Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));
