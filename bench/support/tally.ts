import type { BookView, Strategy, TickerView, TradeView } from '../../src/main/index.ts';
import type { Sent } from './flood-plan.ts';
import {
  type V1Message,
  type V2Book,
  type V2Message,
  type V2Ticker,
  type V2Trade,
  v1Levels,
} from './wire-numbers.ts';

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

  protected count(): void {
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
    this.sum += ticker.bid;
    this.sum += ticker.bidQty;
    this.sum += ticker.ask;
    this.sum += ticker.askQty;
    this.sum += ticker.last;
    if (this.probe !== undefined) this.#sample(ticker);
    this.count();
  }

  #sample(view: TradeView | BookView | TickerView): void {
    if (this.isMeasured && !view.snapshot) this.probe!.sample(view.timeUs, view.received / 1000);
  }
}

/** Callbacks on the objects of `JSON.parse`, as a bot on plain ws has them. */
export class ObjectTally extends Tally {
  probe: Probe | undefined;
  /** When the message at hand came in, on the clock of `performance.now()`, µs. */
  receivedUs = 0;

  /** The switch over channels that stands in every such bot. */
  readonly takeV2 = (message: V2Message): void => {
    const { type } = message;
    switch (message.channel) {
      case 'trade':
        for (const trade of message.data) this.#onTrade(trade, type);
        break;
      case 'book':
        for (const book of message.data) this.#onBook(book, type);
        break;
      case 'ticker':
        for (const ticker of message.data) this.#onTicker(ticker, type);
        break;
    }
  };

  /** Market messages are arrays, everything else is an object. */
  readonly takeV1 = (message: V1Message): void => {
    if (!Array.isArray(message)) return;
    for (const [price, qty] of v1Levels(message, 'bids')) {
      this.sum += Number(price);
      this.sum += Number(qty);
    }
    for (const [price, qty] of v1Levels(message, 'asks')) {
      this.sum += Number(price);
      this.sum += Number(qty);
    }
    this.count();
  };

  #onTrade(trade: V2Trade, type: string): void {
    this.sum += trade.price;
    this.sum += trade.qty;
    if (this.probe !== undefined && type === 'update') this.#sample(trade);
    this.count();
  }

  #onBook(book: V2Book, type: string): void {
    for (const { price, qty } of book.bids) {
      this.sum += price;
      this.sum += qty;
    }
    for (const { price, qty } of book.asks) {
      this.sum += price;
      this.sum += qty;
    }
    if (this.probe !== undefined && type === 'update') this.#sample(book);
    this.count();
  }

  #onTicker(ticker: V2Ticker, type: string): void {
    this.sum += ticker.bid;
    this.sum += ticker.bid_qty;
    this.sum += ticker.ask;
    this.sum += ticker.ask_qty;
    this.sum += ticker.last;
    if (this.probe !== undefined && type === 'update') this.#sample(ticker);
    this.count();
  }

  #sample({ timestamp }: { readonly timestamp: string }): void {
    if (this.isMeasured) this.probe!.sample(timestampUs(timestamp), this.receivedUs);
  }
}

/** Of `2026-10-06T17:35:55.440295Z`: a Date holds milliseconds only. */
const timestampUs = (text: string): number =>
  Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));
