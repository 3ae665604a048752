/**
 *   embedded exchange: ends every connection at the same age ══ loopback ══▶ worker: old line ─┐
 *     one market, the same for all connections               ══ loopback ══▶         new line ─┴▶ gate ═ ring ═▶ main
 *
 * What a strategy notices of the rotations with which a feed forestalls the end of its connections. Trades are
 * checked by their ids, books by the checksum after every record, and all three kinds by their number against
 * what the exchange counted itself: the run fails where anything is missing, twice or wrong.
 */
import type { BookView } from '../../src/main/strategy/book-view.ts';
import type { TickerView, TradeView } from '../../src/main/strategy/market-views.ts';
import type { StatusView } from '../../src/main/strategy/notice-views.ts';
import type { ExchangeName } from '../../src/shared/venues/venue.ts';
import { count, duration } from '../support/format.ts';
import { MarketAccount, madeInAll } from '../support/market-account.ts';
import type { Part, Table } from '../support/part.ts';
import { type Staged, StagedMarket } from '../support/staged-market.ts';
import { percentiles } from '../support/statistics.ts';

/** Enough for a rotation, which takes half a second, to end before the connection does. */
const LIFE_MS = 5_000;
const MARGIN_MS = 1_250;
const PAIRS = 5;
/** Messages per second on each connection. */
const RATE = 2_000;
/** Of each venue, so that the run takes half as long. */
const FEEDS: readonly ExchangeName[] = ['kraken', 'kraken', 'kraken-v1', 'kraken-v1'];
/** What belongs to a rotation still, ms after the switch. */
const AFTERMATH_MS = 100;
/** From the switch until a window of the same length in which nothing rotates. */
const APART_MS = 150;
/** The first rotations are made by code that is not optimised yet; they are checked, and their pauses not measured. */
const UNMEASURED = 1;
const ROTATION_S_MAX = (4 * LIFE_MS) / 1_000;

interface Switch {
  readonly atMs: number;
  readonly tookMs: number;
}

/** An account that knows when each symbol was heard, and when the connection was replaced. */
class TimedAccount extends MarketAccount {
  readonly switches: Switch[] = [];
  readonly #heard = new Map<string, number[]>();

  override onTrade(view: TradeView): void {
    super.onTrade(view);
    this.#note(view.symbol);
  }

  override onTicker(view: TickerView): void {
    super.onTicker(view);
    this.#note(view.symbol);
  }

  override onBook(view: BookView): void {
    super.onBook(view);
    this.#note(view.symbol);
  }

  override onStatus(view: StatusView): void {
    super.onStatus(view);
    if (view.status === 'rotated') this.switches.push({ atMs: performance.now(), tookMs: view.value });
  }

  /** The longest time without an event of a symbol that any part of lies in the window, for each symbol, ms. */
  pausesMs(fromMs: number, toMs: number): number[] {
    return [...this.#heard.values()].map((times) => {
      let longest = 0;
      for (let n = firstAfter(times, fromMs); n < times.length; n++) {
        if (n > 0) longest = Math.max(longest, times[n]! - times[n - 1]!);
        if (times[n]! > toMs) break;
      }
      return longest;
    });
  }

  #note(symbol: string): void {
    const times = this.#heard.get(symbol);
    if (times === undefined) this.#heard.set(symbol, [performance.now()]);
    else times.push(performance.now());
  }
}

/** Index of the first time after `at` in an ascending list. */
function firstAfter(times: readonly number[], at: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (times[middle]! > at) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Longest pauses of each symbol in windows of one length. */
interface Pauses {
  /** From the beginning of a rotation until shortly after the switch. */
  readonly during: readonly number[];
  /** While nothing rotates. */
  readonly between: readonly number[];
  /** The one pause that the switch falls into. */
  readonly at: readonly number[];
  /** The one that a moment without a switch falls into. */
  readonly elsewhere: readonly number[];
}

function pausesOf(accounts: readonly TimedAccount[], isOver: number): Pauses {
  const during: number[] = [];
  const between: number[] = [];
  const at: number[] = [];
  const elsewhere: number[] = [];
  for (const account of accounts)
    for (const { atMs, tookMs } of account.switches.slice(UNMEASURED)) {
      const length = tookMs + AFTERMATH_MS;
      const apartMs = atMs + APART_MS;
      if (apartMs + length > isOver) continue;
      during.push(...account.pausesMs(atMs - tookMs, atMs + AFTERMATH_MS));
      between.push(...account.pausesMs(apartMs, apartMs + length));
      at.push(...account.pausesMs(atMs, atMs));
      elsewhere.push(...account.pausesMs(apartMs + length / 2, apartMs + length / 2));
    }
  return { during, between, at, elsewhere };
}

const ms = (value: number): string => duration(value * 1e6);

const spread = (samples: readonly number[]): string[] => {
  const { p50, p99 } = percentiles(samples);
  return [
    ms(p50),
    ms(p99),
    ms(samples.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY)),
  ];
};

const ofVenue = (staged: readonly Staged<TimedAccount>[], exchange: ExchangeName) =>
  staged.filter((_, n) => FEEDS[n] === exchange);

function rotationsTable(staged: readonly Staged<TimedAccount>[], cut: number): Table {
  return {
    title: `Rotations: connections replaced before the venue ends them at ${LIFE_MS / 1_000} s`,
    head: [
      'venue',
      'rotations',
      'trades',
      'tickers',
      'book updates',
      'missed',
      'twice',
      'wrong books',
      'took p50',
      'p99',
      'max',
    ],
    rows: [...new Set(FEEDS)].map((exchange) => {
      const those = ofVenue(staged, exchange);
      const took = those.flatMap(({ account }) => account.rotationsMs);
      const made = those.map(({ account, truths }) => madeInAll(truths, account));
      const sum = (of: (counts: (typeof made)[number]) => number) =>
        made.reduce((all, each) => all + of(each), 0);
      return [
        exchange,
        count(took.length),
        count(sum(({ trades }) => trades)),
        count(sum(({ tickers }) => tickers)),
        count(sum(({ updates }) => updates)),
        '0',
        '0',
        '0',
        ...spread(took),
      ];
    }),
    notes: [
      `${PAIRS} symbols with trades, tickers and books of depth 10, ${count(RATE)} messages per second on each of ${FEEDS.length} feeds; ${cut} connections lived to their end.`,
      'Compared with what the exchange counted itself: trades by their ids where the venue has any, all by their number, books by their checksum after every record. The run fails where one is missing, comes twice or is wrong.',
      'A rotation waits half a second after everything is subscribed anew, so that what was sent before is no longer on its way.',
    ],
  };
}

function pausesTable({ during, between, at, elsewhere }: Pauses): Table {
  return {
    title: 'Rotations: the longest time without an event of a symbol',
    head: ['where', 'p50', 'p99', 'max'],
    rows: [
      ['at the switch', ...spread(at)],
      ['at another moment', ...spread(elsewhere)],
      [`from the beginning of a rotation until ${AFTERMATH_MS} ms after the switch`, ...spread(during)],
      ['as long a time without a rotation', ...spread(between)],
    ],
    notes: [
      `One sample for each rotation and symbol, ${count(during.length)} of each; times are those of the callbacks. The market itself pauses by chance: every other line is the same measure where nothing rotates.`,
    ],
  };
}

export const rotation: Part = {
  name: 'rotation',
  async run({ scale, progress }) {
    const each = Math.max(1, Math.ceil(scale.rotations / FEEDS.length));
    const limits = { connectionLifeMs: LIFE_MS, connectionMarginMs: MARGIN_MS, attempts: 10_000 };
    await using stage = await StagedMarket.open(
      {
        pairs: PAIRS,
        seed: 7,
        blockMessages: 0,
        faults: [{ name: 'connection-life', durationMs: LIFE_MS }],
      },
      FEEDS.map((exchange) => ({ exchange, limits })),
      () => new TimedAccount(),
    );
    await stage.begin(RATE);
    progress(`rotation: ${each} rotations of each of ${FEEDS.length} feeds`);
    const done = (): number => Math.min(...stage.accounts.map(({ switches }) => switches.length));
    for (let next = 1; next <= each; next++) {
      await stage.until(`${next} rotations`, ROTATION_S_MAX, () => done() >= next);
      if (next % 10 === 0) progress(`rotation: ${next} of ${each}`);
    }
    // Some time without a rotation follows the last one too.
    const lastMs = performance.now();
    await stage.until('after the last', 10, () => performance.now() > lastMs + 2 * APART_MS + 600);
    const isOver = performance.now();
    const staged = await stage.settle();
    const wrong = staged.flatMap(({ feed, account, truths }) =>
      account.differences(truths).map((difference) => `${feed} ${difference}`),
    );
    if (wrong.length > 0) throw new Error(`rotation: ${wrong.join('; ')}`);
    for (const { feed, account } of staged)
      for (const status of ['disconnected', 'stale', 'fault'] as const)
        if (account.count(status) > 0) throw new Error(`rotation: ${feed} was ${status}`);
    const cut = (await stage.simulator.stats()).faults['connection-life'];
    const pauses = pausesOf(
      staged.map(({ account }) => account),
      isOver,
    );
    return {
      tables: [rotationsTable(staged, cut), pausesTable(pauses)],
      samples: {
        rotationsMs: staged.map(({ feed, account }) => ({ feed, tookMs: account.rotationsMs })),
        pausesMs: pauses,
        cut,
      },
    };
  },
};
