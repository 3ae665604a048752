import { MarketAccount } from '../../bench/support/market-account.ts';
import type { WorkerProgram } from '../../src/main/feeds/worker-control.ts';
import { type FeedOption, Feeds, type OpenOptions, OrderBook, type Strategy } from '../../src/main/index.ts';
import { type Simulator, startSimulator } from '../../src/main/simulator.ts';
import type { FeedEvent } from '../../src/main/strategy/events.ts';
import type { SimulatorOptions, SymbolTruth } from '../../src/shared/simulator/simulator-protocol.ts';

/** Times short enough for a test that waits for each of them to pass. */
export const QUICK_TIMES = {
  connectTimeoutMs: 3_000,
  ackTimeoutMs: 1_000,
  silentAfterMs: 2_500,
  pingIntervalMs: 1_000,
  pongTimeoutMs: 500,
  closeTimeoutMs: 300,
  backoffMs: 20,
  backoffMaxMs: 100,
  unavailableDelayMs: 100,
} as const;

/** A strategy that keeps everything as plain objects and mirrors every book. */
export class Witness implements Strategy {
  readonly events: FeedEvent[] = [];
  readonly books = new Map<string, OrderBook>();
  /** Rules that were seen broken, as sentences. */
  readonly broken: string[] = [];
  /** Of a single feed: to be compared with what the exchange made. */
  readonly account = new MarketAccount();
  readonly #stale = new Set<string>();
  onEvent: (event: FeedEvent) => void = () => undefined;

  onQuote = (view: { copy(): FeedEvent }): void => this.#keep(view.copy());
  onCandle = this.onQuote;
  onInstrument = this.onQuote;
  onGap = this.onQuote;

  onTrade: NonNullable<Strategy['onTrade']> = (view) => {
    this.account.onTrade(view);
    this.#keep(view.copy());
  };

  onTicker: NonNullable<Strategy['onTicker']> = (view) => {
    this.account.onTicker(view);
    this.#keep(view.copy());
  };

  onBook: NonNullable<Strategy['onBook']> = (view) => {
    const key = `${view.feed} ${view.symbol}`;
    if (this.#stale.has(key) && !view.snapshot)
      this.broken.push(`${key}: a level was shown while the book was stale`);
    if (view.snapshot) this.#stale.delete(key);
    let book = this.books.get(key);
    if (book === undefined) {
      if (!view.snapshot) this.broken.push(`${key}: an update was shown before a snapshot`);
      book = new OrderBook();
      this.books.set(key, book);
    }
    view.applyTo(book);
    this.account.onBook(view);
    if (book.bestBid >= book.bestAsk) this.broken.push(`${key}: the book is crossed`);
    this.#keep(view.copy());
  };

  onStatus: NonNullable<Strategy['onStatus']> = (view) => {
    const key = `${view.feed} ${view.symbol}`;
    if (view.status === 'stale') {
      this.#stale.add(key);
      this.books.get(key)?.invalidate();
    }
    if (view.status === 'disconnected')
      for (const [name, book] of this.books)
        if (name.startsWith(`${view.feed} `)) {
          this.#stale.add(name);
          book.invalidate();
        }
    this.account.onStatus(view);
    this.#keep(view.copy());
  };

  of<T extends FeedEvent['type']>(type: T): Extract<FeedEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<FeedEvent, { type: T }>[];
  }

  statuses(symbol?: string): string[] {
    return this.of('status')
      .filter((event) => symbol === undefined || event.symbol === symbol)
      .map((event) => (event.fault === 'NONE' ? event.status : `${event.status} ${event.fault}`));
  }

  #keep(event: FeedEvent): void {
    this.events.push(event);
    this.onEvent(event);
  }
}

export interface Stage {
  readonly simulator: Simulator;
  readonly feeds: Feeds;
  readonly witness: Witness;
  /** Runs until the condition holds after some record; fails after `seconds`. */
  until(what: string, holds: () => boolean, seconds?: number): Promise<void>;
  /** What the exchange has made so far, by symbol. */
  truths(): Promise<readonly SymbolTruth[]>;
  /**
   * Lets the market begin at this rate once everything is subscribed and every book live, so that both sides
   * count the same events. The stage is to be set with a rate of 0, and trades, tickers and books.
   */
  begin(rate: number): Promise<void>;
  /**
   * Stops the market and takes what is on its way.
   *
   * @returns what was not as the exchange made it, as sentences.
   */
  settle(): Promise<readonly string[]>;
}

/** The embedded exchange, feeds on it, and a witness; all closed again at the end. */
export async function onStage(
  market: SimulatorOptions,
  feed: Partial<FeedOption> & Pick<FeedOption, 'channels'>,
  play: (stage: Stage) => Promise<void>,
  options: Partial<OpenOptions> = {},
  program?: WorkerProgram,
): Promise<void> {
  const simulator = await startSimulator({ pairs: 4, levels: 200, seed: 11, ...market });
  try {
    const exchange = feed.exchange ?? 'kraken';
    await using feeds = new Feeds(
      {
        seed: 1,
        log: { level: 'silent' },
        ...options,
        feeds: [
          {
            symbols: simulator.symbols,
            url: simulator.urls[exchange],
            times: QUICK_TIMES,
            ...feed,
            exchange,
          },
        ],
      },
      program,
    );
    await feeds.start();
    const witness = new Witness();
    const until: Stage['until'] = async (what, holds, seconds = 15) => {
      const stop = new AbortController();
      witness.onEvent = () => {
        if (holds()) stop.abort();
      };
      const late = setTimeout(() => stop.abort(), seconds * 1000);
      // What holds may change without a record.
      const look = setInterval(() => {
        if (holds()) stop.abort();
      }, 20);
      if (!holds()) await feeds.run(witness, { signal: stop.signal });
      clearTimeout(late);
      clearInterval(look);
      if (!holds())
        throw new Error(
          `not within ${seconds} s: ${what}; statuses: ${witness.statuses().slice(-20).join(', ')}`,
        );
    };
    const { account } = witness;
    const truths: Stage['truths'] = () =>
      Promise.all(simulator.symbols.map((symbol) => simulator.truth(symbol, exchange)));
    const begin: Stage['begin'] = async (rate) => {
      await until('everything is subscribed', () => account.isReady(simulator.symbols));
      account.begin(await truths());
      await simulator.setRate(rate);
    };
    const settle: Stage['settle'] = async () => {
      await simulator.setRate(0);
      const made = await truths();
      const isWhole = (): boolean => account.differences(made).length === 0;
      await until('all of it has come', isWhole, 3).catch(() => undefined);
      // What comes twice may come later.
      const { length } = witness.events;
      await until('more', () => witness.events.length > length, 0.3).catch(() => undefined);
      return [...account.differences(made), ...witness.broken];
    };
    await play({ simulator, feeds, witness, until, truths, begin, settle });
  } finally {
    await simulator.close();
  }
}

/** Runs until both lines are connected, and have said so much that each knows its place in everything. */
export const bothLines = ({ feeds, until }: Stage): Promise<void> =>
  until('both lines', () => {
    const { lines } = feeds.stats().feeds[0]!;
    return lines.length === 2 && lines.every(({ state, offered }) => state === 'CONNECTED' && offered > 500);
  });
