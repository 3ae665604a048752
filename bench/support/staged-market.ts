import { type FeedOption, type Feeds, openFeeds } from '../../src/main/index.ts';
import { type Simulator, startSimulator } from '../../src/main/simulator.ts';
import type { BookView } from '../../src/main/strategy/book-view.ts';
import type { TickerView, TradeView } from '../../src/main/strategy/market-views.ts';
import type { StatusView } from '../../src/main/strategy/notice-views.ts';
import type { Strategy } from '../../src/main/strategy/strategy.ts';
import type { SimulatorOptions, SymbolTruth } from '../../src/shared/simulator/simulator-protocol.ts';
import type { MarketAccount } from './market-account.ts';

/** How often it is looked whether what is waited for holds. */
const LOOK_EVERY_MS = 5;
/** Longer than the silence after which another line is taken at its word. */
const QUIET_MS = 1_000;
/** What has not come by then never will. */
const SETTLE_MS = 3_000;

/** Hands each record to the account of its feed. */
class Accounts<A extends MarketAccount> implements Strategy {
  readonly byFeed = new Map<string, A>();
  readonly #make: () => A;

  constructor(make: () => A) {
    this.#make = make;
  }

  of(feed: string): A {
    let account = this.byFeed.get(feed);
    if (account === undefined) {
      account = this.#make();
      this.byFeed.set(feed, account);
    }
    return account;
  }

  onTrade(view: TradeView): void {
    this.of(view.feed).onTrade(view);
  }

  onTicker(view: TickerView): void {
    this.of(view.feed).onTicker(view);
  }

  onBook(view: BookView): void {
    this.of(view.feed).onBook(view);
  }

  onStatus(view: StatusView): void {
    this.of(view.feed).onStatus(view);
  }

  onGap(view: { readonly feed: string }): void {
    this.of(view.feed).onGap();
  }
}

export type StagedFeed = Omit<FeedOption, 'symbols' | 'url' | 'channels'>;

/** One feed of a staged market: its account beside what the exchange itself counted. */
export interface Staged<A> {
  readonly feed: string;
  readonly account: A;
  readonly truths: readonly SymbolTruth[];
}

/**
 * The embedded exchange with feeds on it that take trades, tickers and books of all its symbols, each with an
 * account of its own. The market stands still until everything is subscribed, so that both sides count the
 * same events, and stands still again before they are compared.
 */
export class StagedMarket<A extends MarketAccount> implements AsyncDisposable {
  readonly simulator: Simulator;
  readonly feeds: Feeds;
  readonly #accounts: Accounts<A>;

  static async open<A extends MarketAccount>(
    market: SimulatorOptions,
    feeds: readonly StagedFeed[],
    make: () => A,
  ): Promise<StagedMarket<A>> {
    const simulator = await startSimulator({ ...market, rate: 0 });
    const opened = await openFeeds({
      feeds: feeds.map((feed) => ({
        ...feed,
        symbols: simulator.symbols,
        channels: ['trade', 'ticker', { name: 'book', depth: 10 }],
        url: simulator.urls[feed.exchange],
        overflow: 'backpressure',
      })),
      threads: feeds.length,
      seed: market.seed ?? 1,
      log: { level: 'error' },
    });
    return new StagedMarket(simulator, opened, make);
  }

  private constructor(simulator: Simulator, feeds: Feeds, make: () => A) {
    this.simulator = simulator;
    this.feeds = feeds;
    this.#accounts = new Accounts(make);
  }

  get accounts(): readonly A[] {
    return this.feeds.stats().feeds.map(({ feed }) => this.#accounts.of(feed));
  }

  /** Drains the feeds until something holds. @throws Error where it does not within the time. */
  async until(what: string, seconds: number, holds: () => boolean): Promise<void> {
    const stop = new AbortController();
    const endMs = performance.now() + seconds * 1_000;
    const look = setInterval(() => {
      if (holds() || performance.now() > endMs) stop.abort();
    }, LOOK_EVERY_MS);
    try {
      await this.feeds.run(this.#accounts, { signal: stop.signal });
    } finally {
      clearInterval(look);
    }
    if (!holds()) throw new Error(`not within ${seconds} s: ${what}`);
  }

  /** Lets the market begin once everything is subscribed. */
  async begin(rate: number): Promise<void> {
    const { symbols } = this.simulator;
    await this.until('everything is subscribed', 30, () =>
      this.accounts.every((account) => account.isReady(symbols)),
    );
    // Of two lines the second may be taken at its word where the first one is silent: that is no event.
    const readyMs = performance.now();
    await this.until('quiet', QUIET_MS, () => performance.now() > readyMs + QUIET_MS);
    for (const { account, truths } of await this.#staged()) account.begin(truths);
    await this.simulator.setRate(rate);
  }

  /** Stops the market and takes what is on its way. */
  async settle(): Promise<readonly Staged<A>[]> {
    await this.simulator.setRate(0);
    const staged = await this.#staged();
    const isWhole = (): boolean =>
      staged.every(({ account, truths }) => account.differences(truths).length === 0);
    const endMs = performance.now() + SETTLE_MS;
    await this.until('all has come', SETTLE_MS, () => isWhole() || performance.now() > endMs);
    return staged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feeds.close();
    await this.simulator.close();
  }

  async #staged(): Promise<Staged<A>[]> {
    const { simulator } = this;
    return Promise.all(
      this.feeds.stats().feeds.map(async ({ feed, exchange }) => ({
        feed,
        account: this.#accounts.of(feed),
        truths: await Promise.all(simulator.symbols.map((symbol) => simulator.truth(symbol, exchange))),
      })),
    );
  }
}
