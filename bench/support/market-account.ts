import { crc32 } from 'node:zlib';
import {
  type BookSide,
  type BookView,
  OrderBook,
  type StatusView,
  type Strategy,
  type TickerView,
  type TradeView,
} from '../../src/main/index.ts';
import { Level } from '../../src/shared/book/level.ts';
import { formatDecimal } from '../../src/shared/decimal/decimals.ts';
import type { StatusName } from '../../src/shared/faults/status-catalogue.ts';
import type { SymbolTruth } from '../../src/shared/simulator/simulator-protocol.ts';

/** Of each side, as Kraken's checksum has it. */
const CHECKSUM_LEVELS = 10;

/** What is counted of one symbol, snapshots apart. */
export interface MarketCounts {
  readonly trades: number;
  readonly tickers: number;
  readonly updates: number;
}

const NONE: MarketCounts = { trades: 0, tickers: 0, updates: 0 };
const KINDS = Object.keys(NONE) as (keyof MarketCounts)[];

/** The same of what the embedded exchange counted itself. */
function countsOf({ trades, messages }: SymbolTruth): MarketCounts {
  const of = (name: string): number =>
    messages.reduce((sum, { channel, count }) => sum + (channel === name ? count : 0), 0);
  return { trades, tickers: of('ticker'), updates: of('book') };
}

/** What was made of several symbols, from where the account began to count. */
export const madeInAll = (truths: readonly SymbolTruth[], account: MarketAccount): MarketCounts =>
  truths.map((truth) => differenceOf(countsOf(truth), account.of(truth.symbol).truth)).reduce(sumOf, NONE);

const differenceOf = (a: MarketCounts, b: MarketCounts): MarketCounts => ({
  trades: a.trades - b.trades,
  tickers: a.tickers - b.tickers,
  updates: a.updates - b.updates,
});

const sumOf = (a: MarketCounts, b: MarketCounts): MarketCounts => ({
  trades: a.trades + b.trades,
  tickers: a.tickers + b.tickers,
  updates: a.updates + b.updates,
});

/** Computed from the numbers as they are shown, with another program's CRC. */
export function shownChecksum({ asks, bids }: OrderBook): number {
  const level = new Level();
  const digits = (value: number, decimals: number): string =>
    formatDecimal(value, decimals).replace('.', '').replace(/^0+/, '');
  let text = '';
  const add = (side: BookSide): void => {
    for (let i = 0; i < Math.min(CHECKSUM_LEVELS, side.size); i++) {
      side.read(i, level);
      text += digits(level.price, level.priceDecimals) + digits(level.qty, level.qtyDecimals);
    }
  };
  add(asks);
  add(bids);
  return crc32(text);
}

/** What came of one symbol. */
export class SymbolAccount {
  readonly book = new OrderBook();
  trades = 0;
  tickers = 0;
  updates = 0;
  /** Of tickers and books. */
  snapshots = 0;
  /** A ticker came on this connection. Not all venues say that the first one is a state and no event. */
  isTickerKnown = false;
  /** By their ids; none on a venue without ids. */
  missedTrades = 0;
  repeatedTrades = 0;
  /** Id of the newest trade; -1 before the first. */
  newestTrade = -1;
  /** Records after which the book had another checksum than the exchange's. */
  wrongBooks = 0;
  /** Events whose time was before that of the one before of the same kind. */
  stepsBack = 0;
  /** Both as they were when counting began. */
  own = NONE;
  truth = NONE;
  #tickerUs = 0;
  #bookUs = 0;

  trade({ id, snapshot }: TradeView): void {
    if (!snapshot) this.trades++;
    if (id < 0) return;
    const step = this.newestTrade < 0 ? 1 : id - this.newestTrade;
    if (step < 1) this.repeatedTrades++;
    else {
      this.missedTrades += step - 1;
      this.newestTrade = id;
    }
  }

  ticker({ snapshot, timeUs }: TickerView): void {
    if (snapshot) this.snapshots++;
    else this.tickers++;
    this.isTickerKnown = true;
    if (timeUs >= 0 && timeUs < this.#tickerUs) this.stepsBack++;
    this.#tickerUs = timeUs;
  }

  update(view: BookView): void {
    const { snapshot, checksum, timeUs } = view;
    if (snapshot) this.snapshots++;
    else this.updates++;
    if (timeUs >= 0 && timeUs < this.#bookUs) this.stepsBack++;
    this.#bookUs = timeUs;
    view.applyTo(this.book);
    if (checksum !== undefined && shownChecksum(this.book) !== checksum) this.wrongBooks++;
  }

  disconnected(): void {
    this.book.invalidate();
    this.isTickerKnown = false;
  }
}

/**
 * A strategy that keeps account of what it is told and compares it with what the embedded exchange made:
 * nothing may be missing, nothing twice, no book wrong after any record.
 */
export class MarketAccount implements Strategy {
  readonly symbols = new Map<string, SymbolAccount>();
  readonly statuses = new Map<StatusName, number>();
  /** How long each rotation took, ms. */
  readonly rotationsMs: number[] = [];
  gaps = 0;
  /** What is subscribed on the connection there is, by symbol and channel. */
  readonly #subscribed = new Set<string>();

  onTrade(view: TradeView): void {
    this.of(view.symbol).trade(view);
  }

  onTicker(view: TickerView): void {
    this.of(view.symbol).ticker(view);
  }

  onBook(view: BookView): void {
    this.of(view.symbol).update(view);
  }

  onStatus(view: StatusView): void {
    const { status, symbol } = view;
    this.statuses.set(status, this.count(status) + 1);
    // Words of the exchange follow a colon.
    const subscription = `${symbol} ${view.detail.split(':', 1)[0]}`;
    if (status === 'subscribed') this.#subscribed.add(subscription);
    if (status === 'unsubscribed') this.#subscribed.delete(subscription);
    if (status === 'rotated') this.rotationsMs.push(view.value);
    if (status === 'stale') this.of(symbol).book.invalidate();
    if (status !== 'disconnected') return;
    this.#subscribed.clear();
    for (const account of this.symbols.values()) account.disconnected();
  }

  onGap(): void {
    this.gaps++;
  }

  of(symbol: string): SymbolAccount {
    let account = this.symbols.get(symbol);
    if (account === undefined) {
      account = new SymbolAccount();
      this.symbols.set(symbol, account);
    }
    return account;
  }

  count(status: StatusName): number {
    return this.statuses.get(status) ?? 0;
  }

  /**
   * Everything that is told once on subscribing to trades, tickers and books of these symbols was told, on the
   * connection there is now.
   */
  isReady(symbols: readonly string[]): boolean {
    return (
      this.#subscribed.size >= 3 * symbols.length &&
      symbols
        .map((symbol) => this.of(symbol))
        .every(({ book, isTickerKnown }) => book.isLive && isTickerKnown)
    );
  }

  /** Both sides count from here on; where it is not called, from the first subscription on. */
  begin(truths: readonly SymbolTruth[]): void {
    for (const truth of truths) {
      const account = this.of(truth.symbol);
      const { trades, tickers, updates } = account;
      account.own = { trades, tickers, updates };
      account.truth = countsOf(truth);
    }
  }

  /** How many more of each kind came than were made, over all symbols; below 0 where some are missing. */
  excess(truths: readonly SymbolTruth[]): MarketCounts {
    return truths.map((truth) => excessOf(this.of(truth.symbol), truth)).reduce(sumOf, NONE);
  }

  /** What is not as the exchange made it, as sentences; none where everything is. */
  differences(truths: readonly SymbolTruth[]): string[] {
    return truths.flatMap((truth) => {
      const account = this.of(truth.symbol);
      const excess = excessOf(account, truth);
      const wrong: string[] = KINDS.filter((kind) => excess[kind] !== 0).map((kind) =>
        excess[kind] < 0 ? `${-excess[kind]} ${kind} missing` : `${excess[kind]} ${kind} too many`,
      );
      return [...wrong, ...tradeFlaws(account, truth), ...bookFlaws(account, truth)].map(
        (sentence) => `${truth.symbol}: ${sentence}`,
      );
    });
  }
}

const excessOf = (account: SymbolAccount, truth: SymbolTruth): MarketCounts =>
  differenceOf(differenceOf(account, account.own), differenceOf(countsOf(truth), account.truth));

/** What is wrong of a symbol's trades by their ids. */
function tradeFlaws(
  { missedTrades, repeatedTrades, newestTrade }: SymbolAccount,
  truth: SymbolTruth,
): string[] {
  return sentences([
    [missedTrades > 0, `${missedTrades} trades missing by id`],
    [repeatedTrades > 0, `${repeatedTrades} trades twice`],
    [newestTrade >= 0 && newestTrade !== truth.lastTradeId, `the newest trade is ${newestTrade}`],
  ]);
}

/** What is wrong of a symbol's book, or goes back in time, whatever was counted. */
export function bookFlaws({ wrongBooks, stepsBack, book }: SymbolAccount, truth: SymbolTruth): string[] {
  return sentences([
    [wrongBooks > 0, `the book was wrong after ${wrongBooks} records`],
    [stepsBack > 0, `${stepsBack} steps back in time`],
    [book.isLive && shownChecksum(book) !== truth.checksum, 'the book is not the exchange’s'],
  ]);
}

const sentences = (flaws: readonly (readonly [boolean, string])[]): string[] =>
  flaws.filter(([holds]) => holds).map(([, sentence]) => sentence);
