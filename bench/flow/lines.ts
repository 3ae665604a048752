/**
 *   embedded exchange: one market, every     ══ line A: loses, delays ══▶ worker ═ ring ═▶ main: account A
 *   connection loses and delays messages     ══ line B: loses, delays ══▶ worker ═ ring ═▶ main: account B
 *   by its own chance                        ══ line C ─┐
 *                                            ══ line D ─┴▶ first arrival ══ worker ═ ring ═▶ main: account of both
 *
 * What a second line is worth, in loss and in latency, beside two feeds with one line each in the same run.
 */
import type { BookView } from '../../src/main/strategy/book-view.ts';
import type { TickerView, TradeView } from '../../src/main/strategy/market-views.ts';
import type { StatusView } from '../../src/main/strategy/notice-views.ts';
import { count, duration } from '../support/format.ts';
import { MarketAccount, type MarketCounts, madeInAll } from '../support/market-account.ts';
import type { Part, Table } from '../support/part.ts';
import { type Staged, StagedMarket } from '../support/staged-market.ts';
import { type Percentiles, percentiles } from '../support/statistics.ts';

const PAIRS = 20;
/** Messages per second on each connection. */
const RATE = 2_000;
const JITTER_MS = 5;
/** The loss that is asked about, and one that a run of this length shows the product of. */
const LOSSES = [0.001, 0.05] as const;
const WAYS = ['one line, A', 'one line, B', 'both lines of a feed'] as const;
const TWO = 2;
/** Of each run, while code warms up. */
const UNMEASURED_SHARE = 0.2;
/** Messages of the market hold more than one trade at times, so that their loss varies more than that of single ones. */
const DISPERSION = 1.5;
const SIGMAS_MAX = 5;

const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1_000;

/** An account that knows how late each event is, and what it was told to be missing. */
class DelayAccount extends MarketAccount {
  readonly delaysUs: number[] = [];
  /** Trades that gaps were told of. */
  toldMissing = 0;

  override onTrade(view: TradeView): void {
    this.#note(view);
    super.onTrade(view);
  }

  override onTicker(view: TickerView): void {
    this.#note(view);
    super.onTicker(view);
  }

  override onBook(view: BookView): void {
    this.#note(view);
    super.onBook(view);
  }

  override onStatus(view: StatusView): void {
    super.onStatus(view);
    if (view.fault === 'SEQUENCE_GAP') this.toldMissing += view.value;
  }

  #note(view: TradeView | TickerView | BookView): void {
    if (!view.snapshot) this.delaysUs.push(nowUs() - view.timeUs);
  }
}

interface Way {
  readonly made: MarketCounts;
  readonly missing: MarketCounts;
  readonly toldMissing: number;
  /** Trades between others that came, by their ids: those that can be known to be missing. */
  readonly missingById: number;
  /** Records that came when a newer one was delivered already. */
  readonly late: number;
  readonly wrongBooks: number;
  readonly delayUs: Percentiles;
}

interface Run {
  readonly loss: number;
  /** Share of the messages that a connection lost, over all of them. */
  readonly lostShare: number;
  readonly ways: readonly Way[];
}

function wayOf({ account, truths }: Staged<DelayAccount>, late: number): Way {
  const { trades, tickers, updates } = account.excess(truths);
  const { delaysUs } = account;
  return {
    made: madeInAll(truths, account),
    missing: { trades: 0 - trades, tickers: 0 - tickers, updates: 0 - updates },
    toldMissing: account.toldMissing,
    missingById: [...account.symbols.values()].reduce((sum, { missedTrades }) => sum + missedTrades, 0),
    late,
    wrongBooks: [...account.symbols.values()].reduce((sum, { wrongBooks }) => sum + wrongBooks, 0),
    delayUs: percentiles(delaysUs.slice(delaysUs.length * UNMEASURED_SHARE)),
  };
}

async function measure(loss: number, messages: number): Promise<Run> {
  await using stage = await StagedMarket.open(
    { pairs: PAIRS, seed: 5, faults: [{ name: 'jitter', durationMs: JITTER_MS }] },
    [{ exchange: 'kraken' }, { exchange: 'kraken' }, { exchange: 'kraken', lines: TWO }],
    () => new DelayAccount(),
  );
  const { simulator, feeds } = stage;
  await stage.begin(RATE);
  const trades = (account: DelayAccount, symbol: string): number => account.of(symbol).trades;
  // What is lost before the first trade that came cannot be known to be missing.
  await stage.until('trades of every symbol', 30, () =>
    stage.accounts.every((account) => simulator.symbols.every((symbol) => trades(account, symbol) > 0)),
  );
  await simulator.fault('lose', { probability: loss });
  const seconds = messages / RATE;
  const endMs = performance.now() + seconds * 1_000;
  await stage.until('the market', seconds + 10, () => performance.now() > endMs);
  await simulator.clear('lose');
  // Trades of every symbol once more, so that every hole before is seen to be one.
  const before = stage.accounts.map((account) => simulator.symbols.map((symbol) => trades(account, symbol)));
  await stage.until('trades of every symbol again', 30, () =>
    stage.accounts.every((account, a) =>
      simulator.symbols.every((symbol, s) => trades(account, symbol) > before[a]![s]!),
    ),
  );
  const { connectionsSeen } = await simulator.stats();
  const staged = await stage.settle();
  const lost = connectionsSeen.reduce((sum, each) => sum + each.lost, 0);
  const passed = connectionsSeen.reduce((sum, each) => sum + each.delayed, 0);
  const stats = feeds.stats().feeds;
  return {
    loss,
    lostShare: lost / (lost + passed),
    ways: staged.map((each, n) =>
      wayOf(
        each,
        stats[n]!.lines.reduce((sum, { late }) => sum + late, 0),
      ),
    ),
  };
}

/** @throws Error where something is wrong, or more is missing than chance allows. */
function check({ loss, lostShare, ways }: Run): void {
  for (const [n, { made, missing, missingById, toldMissing, wrongBooks }] of ways.entries()) {
    const way = `lines, ${loss}, ${WAYS[n]}`;
    if (wrongBooks > 0) throw new Error(`${way}: ${wrongBooks} books were wrong`);
    if (missingById !== toldMissing && n === TWO)
      throw new Error(`${way}: ${missingById} trades are missing by their ids, ${toldMissing} were told`);
    // At the very end of a symbol one may be missing that no later one gives away.
    if (Math.abs(missing.trades - missingById) > PAIRS)
      throw new Error(`${way}: ${missing.trades} trades are missing, ${missingById} of them by their ids`);
    const expected = made.trades * (n === TWO ? lostShare ** 2 : lostShare);
    const sigma = Math.sqrt(DISPERSION * expected);
    if (Math.abs(missing.trades - expected) > SIGMAS_MAX * sigma + SIGMAS_MAX)
      throw new Error(
        `${way}: ${missing.trades} trades are missing where ${expected.toFixed(1)} are expected`,
      );
  }
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toPrecision(2)} %`;

function lossTable(runs: readonly Run[]): Table {
  return {
    title: 'Two lines: what is missing where each line loses by its own chance',
    head: [
      'loss',
      'way',
      'trades',
      'expected',
      'missing',
      'tickers missing',
      'book updates missing',
      'wrong books',
    ],
    rows: runs.flatMap(({ loss, lostShare, ways }) =>
      ways.map(({ made, missing, wrongBooks }, n) => {
        const expected = made.trades * (n === TWO ? lostShare ** 2 : lostShare);
        return [
          `${100 * loss} %`,
          WAYS[n]!,
          count(made.trades),
          `${expected.toFixed(1)} ± ${Math.sqrt(DISPERSION * expected).toFixed(1)}`,
          `${count(missing.trades)}`,
          percent(missing.tickers, made.tickers),
          percent(missing.updates, made.updates),
          `${wrongBooks}`,
        ];
      }),
    ),
    notes: [
      `${PAIRS} symbols, ${count(RATE)} messages per second on each connection, each delayed by up to ${JITTER_MS} ms. Expected of two lines is the product of what each loses; the run fails where trades are missing beyond chance, or were not told to be missing.`,
      'A ticker has no number: one that only the later line has is not delivered once a newer one was, so that of tickers more is missing than both lines lost, and what is missing is older than what came.',
      'A book that lost an update is taken anew as a whole, and no update is delivered meanwhile; with two lines the other one goes on.',
    ],
  };
}

function latencyTable({ loss, ways }: Run): Table {
  return {
    title: 'Two lines: from the exchange’s time to the callback',
    head: ['way', 'p50', 'p99', 'p99.9'],
    rows: ways.map(({ delayUs: { p50, p99, p999 } }, n) => [
      WAYS[n]!,
      ...[p50, p99, p999].map((us) => duration(us * 1_000)),
    ]),
    notes: [
      `All three in the same run, ${100 * loss} % lost and up to ${JITTER_MS} ms of delay on each connection by its own chance. Messages of one connection stay in order, so that one which is late holds up those behind it.`,
    ],
  };
}

export const lines: Part = {
  name: 'lines',
  async run({ scale, progress }) {
    const runs: Run[] = [];
    for (const loss of LOSSES) {
      progress(`lines: ${count(scale.lineMessages)} messages, ${100 * loss} % lost`);
      const run = await measure(loss, scale.lineMessages);
      check(run);
      runs.push(run);
    }
    return { tables: [lossTable(runs), latencyTable(runs[0]!)], samples: runs };
  },
};
