import { OrderBook } from '../../src/shared/book/order-book.ts';
import type { Overflow } from '../../src/shared/contract.ts';
import { FAULTS, type FaultName, faultName } from '../../src/shared/faults/fault-catalogue.ts';
import { STATUSES, type StatusName, statusName } from '../../src/shared/faults/status-catalogue.ts';
import { BOOK } from '../../src/shared/records/book.ts';
import { GAP } from '../../src/shared/records/gap.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { QUOTE } from '../../src/shared/records/quote.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../src/shared/records/record-header.ts';
import { STATUS } from '../../src/shared/records/status.ts';
import { TICKER } from '../../src/shared/records/ticker.ts';
import { TRADE } from '../../src/shared/records/trade.ts';
import { NO_INSTRUMENT } from '../../src/shared/units.ts';
import type { Told } from './told.ts';

/** What may follow each status of the whole feed. */
const MAY_FOLLOW: Readonly<Partial<Record<StatusName, readonly StatusName[]>>> = {
  connecting: ['connected', 'disconnected'],
  connected: ['disconnected'],
  disconnected: ['reconnecting', 'closed'],
  reconnecting: ['connecting', 'reconnecting', 'closed'],
  closed: [],
};

export type Require = (holds: boolean, rule: string) => void;

export interface PropertiesOptions {
  readonly overflow: Overflow;
  /** Whether the longest book record there can be fits into the ring. */
  readonly booksFit: boolean;
  /** False where messages of the exchange may be missing, repeated or in the wrong order. */
  readonly honest: boolean;
  /** True where the exchange numbers its trades, so that a missing one is noticed. */
  readonly numbered: boolean;
  readonly require: Require;
  /** What the exchange told of an instrument in that epoch. */
  readonly told: (epoch: number, instrument: number) => Told | undefined;
}

/** What the strategy knows of one instrument. */
export class Known {
  readonly mirror = new OrderBook();
  /** Whether the book was said to be live since it was last said not to be. */
  isLive = false;
  ticker: number | undefined;
  quote: number | undefined;
  /** Epoch and place of the last book and of the newest trade among those told. */
  bookEpoch = -1;
  bookPlaces: readonly [first: number, last: number] = [-1, -1];
  tradeEpoch = -1;
  tradeIndex = -1;
  /** A gap was announced since the last book, and since the last trade. */
  bookGap = false;
  tradeGap = false;

  invalidate(): void {
    this.isLive = false;
    this.mirror.invalidate();
  }
}

/** A strategy that believes nothing: what must hold in every world, checked record by record. */
export class Properties {
  readonly known = new Map<number, Known>();
  /** Subscriptions the strategy was told are refused, or given up until the next connection. */
  readonly refused = new Set<string>();
  readonly givenUp = new Set<string>();
  status: StatusName | undefined;
  statuses = 0;
  gaps = 0;
  bytes = 0;
  taken = 0;
  /** Records announced as missing, by how gaps count them. */
  readonly announced = { trade: 0, candle: 0, other: 0 };
  readonly #options: PropertiesOptions;
  /** A gap was announced that concerns every instrument, those included that are not known yet. */
  #gapOfAll = false;
  #epoch = 0;
  #receivedAtNs = 0;

  constructor(options: PropertiesOptions) {
    this.#options = options;
  }

  of(instrument: number): Known {
    let known = this.known.get(instrument);
    if (known === undefined) {
      known = new Known();
      known.bookGap = known.tradeGap = this.#gapOfAll;
      this.known.set(instrument, known);
    }
    return known;
  }

  take(view: DataView, at: number): void {
    this.taken++;
    const { typeId, bytes, epoch, flags, receivedAtNs } = HEADER.field;
    this.bytes += bytes.get(view, at);
    const type = typeId.get(view, at);
    const isRefreshed = (flags.get(view, at) & FLAG.refreshed) !== 0;
    if (type === TYPE.status) this.#takeStatus(view, at);
    else if (type === TYPE.gap) this.#takeGap(view, at);
    else {
      const { require } = this.#options;
      require(this.status === 'connected' || isRefreshed, 'market data comes while connected');
      if (!isRefreshed) {
        require(epoch.get(view, at) >= this.#epoch, 'epochs never go back');
        if (epoch.get(view, at) > this.#epoch) this.#receivedAtNs = 0;
        require(receivedAtNs.get(view, at) >= this.#receivedAtNs, 'records come in the order received');
        this.#epoch = epoch.get(view, at);
        this.#receivedAtNs = receivedAtNs.get(view, at);
      } else require(this.#options.overflow === 'conflate', 'nothing is written anew where nothing is lost');
      this.#takeMarketData(type, view, at, isRefreshed);
    }
  }

  #takeMarketData(type: number, view: DataView, at: number, isRefreshed: boolean): void {
    const instrument = HEADER.field.instrument.get(view, at);
    if (instrument === NO_INSTRUMENT) return;
    const known = this.of(instrument);
    if (type === TYPE.book) this.#takeBook(known, view, at, isRefreshed);
    else if (type === TYPE.trade) this.#takeTrade(known, view, at);
    else if (type === TYPE.ticker) known.ticker = TICKER.field.bid.get(view, at);
    else if (type === TYPE.quote) known.quote = QUOTE.field.bid.get(view, at);
  }

  #takeBook(known: Known, view: DataView, at: number, isRefreshed: boolean): void {
    const { require, told, honest } = this.#options;
    const { epoch, exchangeAtUs, flags, instrument } = BOOK.field;
    const isSnapshot = (flags.get(view, at) & FLAG.snapshot) !== 0;
    require(known.isLive, 'no level is shown between stale or disconnected and live');
    require(known.mirror.isLive || isSnapshot, 'the first book record after live is a snapshot');
    const wasLive = known.mirror.isLive;
    known.mirror.applyRecord(view, at);
    const now = epoch.get(view, at);
    const books = told(now, instrument.get(view, at))?.booksAt(exchangeAtUs.get(view, at)) ?? [];
    const same = books.filter((book) => book.equals(known.mirror));
    require(same.length > 0, 'a mirror is the book the exchange had at that message');
    // The same book may have been told more than once, so of its place only the bounds are known.
    const [first, last] = known.bookEpoch === now ? known.bookPlaces : [-1, -1];
    const places = same
      .map(({ index }) => index)
      .filter((index) => index > first || (isRefreshed && index === first));
    if (honest) {
      require(places.length > 0, 'a book never goes back');
      if (wasLive)
        require(known.bookGap ||
          places[0]! <= last + 1, `a hole from book ${last} to ${places[0]} is announced`);
    }
    known.bookEpoch = now;
    known.bookPlaces = [places[0] ?? first, places.at(-1) ?? last];
    known.bookGap = false;
  }

  #takeTrade(known: Known, view: DataView, at: number): void {
    const { require, told, honest, numbered } = this.#options;
    const { epoch, instrument, exchangeAtUs, price, qty, flags } = TRADE.field;
    if ((flags.get(view, at) & FLAG.snapshot) !== 0) return;
    const now = epoch.get(view, at);
    const all = told(now, instrument.get(view, at));
    const trades = all?.trades ?? [];
    const us = exchangeAtUs.get(view, at);
    const isIt = (n: number): boolean =>
      trades[n]!.us === us &&
      trades[n]!.price === price.get(view, at) &&
      trades[n]!.qty === qty.get(view, at);
    const isFirst = known.tradeEpoch !== now;
    const last = isFirst ? -1 : known.tradeIndex;
    let index = last + 1;
    while (index < trades.length && !isIt(index)) index++;
    if (index === trades.length) {
      require(!honest && trades.some((_, n) => isIt(n)), 'a trade comes once, as the exchange told it');
      return;
    }
    // Nobody notices that a trade is missing which has no number, or none before it.
    const unnoticed = !numbered || isFirst || all!.tradeRequests > 1;
    for (let n = last + 1; n < index && !known.tradeGap; n++)
      require(trades[n]!.spoilt &&
        unnoticed, `trade ${n} is missing before trade ${index}, and nobody said so`);
    known.tradeEpoch = now;
    known.tradeIndex = index;
    known.tradeGap = false;
  }

  #takeGap(view: DataView, at: number): void {
    const { require, overflow, booksFit } = this.#options;
    const { field } = GAP;
    this.gaps++;
    this.announced.trade += field.droppedTrades.get(view, at);
    this.announced.candle += field.droppedCandles.get(view, at);
    this.announced.other += field.droppedOther.get(view, at);
    const isFull = field.fault.get(view, at) === FAULTS.RING_FULL.id;
    if (isFull) require(overflow === 'conflate' || !booksFit, 'under backpressure a full ring loses nothing');
    this.#announce(field.instrument.get(view, at));
  }

  #announce(instrument: number): void {
    if (instrument === NO_INSTRUMENT) this.#gapOfAll = true;
    const concerned = instrument === NO_INSTRUMENT ? this.known.values() : [this.of(instrument)];
    for (const known of concerned) {
      known.bookGap = true;
      known.tradeGap = true;
    }
  }

  #takeStatus(view: DataView, at: number): void {
    this.statuses++;
    const { field } = STATUS;
    const name = statusName(field.code.get(view, at));
    const fault = faultName(field.fault.get(view, at));
    const instrument = field.instrument.get(view, at);
    if (
      instrument !== NO_INSTRUMENT ||
      STATUSES[name].scope === 'instrument' ||
      fault === 'SUBSCRIBE_TIMEOUT'
    ) {
      this.#takeInstrumentStatus(name, fault, instrument, detailOf(view, at));
      return;
    }
    if (name === 'fault' || name === 'venue') return;
    const may = this.status === undefined ? ['connecting', 'closed'] : MAY_FOLLOW[this.status];
    this.#options.require(may?.includes(name) ?? false, `${name} may follow ${this.status}`);
    this.status = name;
    if (name === 'connected') this.givenUp.clear();
    if (name === 'disconnected') for (const known of this.known.values()) known.invalidate();
  }

  #takeInstrumentStatus(name: StatusName, fault: FaultName, instrument: number, detail: string): void {
    const known = this.of(instrument);
    const which = `${detail.split(':')[0]} ${instrument}`;
    switch (name) {
      case 'stale':
        known.invalidate();
        break;
      case 'live':
        known.invalidate();
        known.isLive = true;
        break;
      case 'unsubscribed':
        if (detail.startsWith('book')) known.invalidate();
        break;
      case 'subscribed':
        this.givenUp.delete(which);
        this.refused.delete(which);
        break;
      case 'refused':
        this.refused.add(which);
        break;
      default:
        if (fault === 'SUBSCRIBE_TIMEOUT') this.givenUp.add(which);
        if (fault === 'SEQUENCE_GAP') known.tradeGap = true;
    }
  }
}

function detailOf(view: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < STATUS.field.detailBytes.get(view, at); i++)
    text += String.fromCharCode(view.getUint8(at + STATUS.size + i));
  return text;
}
