import { MisuseError } from '../../shared/invariant.ts';
import { type Feeds, openFeeds } from '../feeds/feeds.ts';
import { checkEndpoint, checkRestUrl } from '../options/endpoint-options.ts';
import type { FeedOption, OpenOptions } from '../options/open-options.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { EventOutlet } from './event-outlet.ts';
import { API_LINK, DEFAULT_TIME_OUT, GET_TICKERS_URL } from './legacy-api.ts';
import { MarketReader } from './market-reader.ts';
import { NoticeReader } from './notice-reader.ts';
import type { PoloniexEventName, PoloniexEvents } from './subscriber-events.ts';
import {
  buildRequests,
  type Fetch,
  getAllTickers,
  type PoloniexTickers,
  PoloniexTickersError,
} from './tickers.ts';

/** How often is looked whether the connection said anything, ms: as often as the venue sends heartbeats. */
const LOOK_EVERY_MS = 1_000;

/** No limit was ever published; there are hundreds of pairs, and they need not be asked for all at once. */
const REQUESTS_PER_SECOND = 200;

/** The venue sends something every second; it is over with a connection that says nothing for so long, ms. */
const SILENT_AFTER_MS = 10_000;

const TIMEOUT_MAX_S = 3_600;

const TICKERS_PATH = GET_TICKERS_URL.slice(new URL(GET_TICKERS_URL).origin.length);

export interface PoloniexSubscriberOptions extends Pick<FeedOption, 'times' | 'socket' | 'overflow'> {
  /** The push API; `wss://api2.poloniex.com`, which is gone, where left out. */
  readonly apiLink?: string | undefined;
  /** The list of tickers; `https://poloniex.com/public?command=returnTicker` where left out. */
  readonly tickersUrl?: string | undefined;
  /** Seconds that the list of tickers may take; 4 where left out. */
  readonly timeout?: number | undefined;
  /** Sent with the question for the list of tickers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What asks for the list of tickers; Node's own where left out. */
  readonly fetch?: Fetch | undefined;
  /** Where lines are printed, the console where left out; `false` for nowhere. */
  readonly print?: ((line: string) => void) | false | undefined;
  /** Milliseconds since the Unix epoch; the system's where left out. */
  readonly now?: (() => number) | undefined;
  readonly log?: OpenOptions['log'];
}

/**
 * Tickers, books and trades of every pair of Poloniex's retired push API, printed as they come and told to whoever
 * listens. Socket and parsing are in a worker; what was missed is told, and its books are made anew.
 *
 * It does not keep the process alive, but `wait` does.
 *
 * Runs on: main.
 */
export class PoloniexSubscriber implements AsyncDisposable {
  readonly #options: PoloniexSubscriberOptions;
  readonly #tickers: PoloniexTickers;
  readonly #outlet: EventOutlet;
  readonly #market: MarketReader;
  readonly #notices: NoticeReader;
  #heardAt: number | undefined;
  #feeds: Feeds | undefined;
  #starting: Promise<void> | undefined;
  /** Settles when the last record was handed over, and rejects where the end was not asked for. */
  #ran: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Make one with `create`. */
  private constructor(options: PoloniexSubscriberOptions, outlet: EventOutlet, tickers: PoloniexTickers) {
    this.#options = options;
    this.#tickers = tickers;
    this.#outlet = outlet;
    this.#market = new MarketReader(outlet);
    this.#notices = new NoticeReader(outlet, tickers);
  }

  /**
   * A subscriber to every pair there is.
   *
   * @throws MisuseError naming the option that cannot work; PoloniexTickersError where the pairs cannot be had.
   */
  static async create(options: PoloniexSubscriberOptions = {}): Promise<PoloniexSubscriber> {
    checkOptions(options);
    const outlet = new EventOutlet(
      options.now ?? Date.now,
      options.print === false ? undefined : (options.print ?? console.log),
    );
    return new PoloniexSubscriber(options, outlet, await askTickers(options, outlet));
  }

  /** Names of the pairs, in the order of the venue. */
  getTickers(): string[] {
    return [...this.#tickers.keys()];
  }

  /** Asks anew for all pairs and their numbers. What is subscribed stays. @throws PoloniexTickersError */
  getAllTickers(fetchImpl?: Fetch): Promise<PoloniexTickers> {
    return askTickers(this.#options, this.#outlet, fetchImpl);
  }

  /** When the connection last said anything at all, ms since the Unix epoch; undefined before that. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /**
   * Has every event of a name told. A listener that throws ends the subscriber with its error.
   *
   * @returns what ends it.
   */
  on<N extends PoloniexEventName>(name: N, listener: (event: PoloniexEvents[N]) => void): () => void {
    return this.#outlet.on(name, listener);
  }

  /**
   * Connects, and subscribes to the tickers and then to each pair, all in a worker. Resolves once that is under way.
   *
   * @throws MisuseError where it was started or closed before; ControlError when the worker cannot be started.
   */
  startSubscribe(): Promise<void> {
    if (this.#starting !== undefined || this.#closing !== undefined)
      throw new MisuseError('Condition failed: startSubscribe is called once, before close');
    this.#starting = this.#start();
    return this.#starting;
  }

  /**
   * Keeps the process alive until it was closed.
   *
   * @throws what a listener threw; an Error where the connection is given up.
   */
  async wait(): Promise<void> {
    await this.#starting;
    if (this.#ran === undefined)
      throw new MisuseError('Condition failed: wait is called after startSubscribe');
    this.#feeds?.keepAlive(true);
    await this.#ran;
  }

  /** Ends the connection and its worker. What had arrived is told before it resolves. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const { apiLink = API_LINK, tickersUrl = GET_TICKERS_URL, times, socket, overflow, log } = this.#options;
    const feeds = await openFeeds({
      feeds: [
        {
          exchange: 'poloniex-legacy',
          symbols: this.getTickers(),
          // In this order: the tickers first, and then each pair, which has its book and its trades in one.
          channels: ['ticker', 'book', 'trade'],
          url: apiLink,
          restUrl: rootOf(tickersUrl),
          // They come from the list itself.
          checkSymbols: false,
          limits: {
            requestsPerSecond: REQUESTS_PER_SECOND,
            subscriptionsPerConnection: Number.POSITIVE_INFINITY,
          },
          times: { silentAfterMs: SILENT_AFTER_MS, ...times },
          socket,
          overflow,
        },
      ],
      log,
    });
    feeds.keepAlive(false);
    this.#feeds = feeds;
    this.#ran = this.#run(feeds);
  }

  async #run(feeds: Feeds): Promise<void> {
    const market = this.#market;
    const notices = this.#notices;
    const strategy: Strategy = {
      onTicker: (view) => market.readTicker(view),
      onBook: (view) => market.readBook(view),
      onTrade: (view) => market.readTrade(view),
      onStatus: (view) => notices.readStatus(view),
      onGap: (view) => notices.readGap(view),
    };
    const looking = this.#look(feeds);
    try {
      await feeds.run(strategy);
    } finally {
      clearInterval(looking);
      await feeds.close();
    }
    if (this.#closing === undefined) throw new Error(`the subscriber has ended: ${notices.end}`);
  }

  /** Looks from time to time whether there were messages, and whether any was about the market. */
  #look(feeds: Feeds): NodeJS.Timeout {
    let messages = 0;
    let records = 0;
    const look = (): void => {
      const said = feeds.stats().feeds.reduce((sum, feed) => sum + feed.messages, 0);
      const isMarket = this.#market.records > records;
      const isHeard = said > messages;
      messages = said;
      records = this.#market.records;
      if (!isHeard) return;
      const at = this.#outlet.now;
      this.#heardAt = at;
      if (!isMarket) this.#outlet.emit('heartbeat', { at });
    };
    return setInterval(look, LOOK_EVERY_MS).unref();
  }

  async #close(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#feeds?.close();
    await this.#ran?.catch(() => undefined);
  }
}

async function askTickers(
  { tickersUrl = GET_TICKERS_URL, timeout = DEFAULT_TIME_OUT, headers, fetch }: PoloniexSubscriberOptions,
  outlet: EventOutlet,
  fetchImpl: Fetch | undefined = fetch,
): Promise<PoloniexTickers> {
  try {
    return await getAllTickers(fetchImpl, buildRequests(tickersUrl, headers, timeout));
  } catch (error) {
    if (error instanceof PoloniexTickersError) outlet.printLine(error.output);
    throw error;
  }
}

/** Where the worker asks for the numbers of pairs, which is where the tickers are. */
function rootOf(tickersUrl: string): string {
  return tickersUrl.endsWith(TICKERS_PATH)
    ? tickersUrl.slice(0, -TICKERS_PATH.length)
    : new URL(tickersUrl).origin;
}

function checkOptions({
  apiLink = API_LINK,
  tickersUrl = GET_TICKERS_URL,
  timeout = DEFAULT_TIME_OUT,
  socket,
}: PoloniexSubscriberOptions): void {
  checkEndpoint(apiLink, socket?.allowPlain === true, 'option apiLink');
  checkRestUrl(tickersUrl, 'option tickersUrl');
  if (!(timeout > 0 && timeout <= TIMEOUT_MAX_S))
    throw new MisuseError(
      `Condition failed: option timeout is ${timeout}, allowed: seconds above 0, up to ${TIMEOUT_MAX_S}`,
    );
}
