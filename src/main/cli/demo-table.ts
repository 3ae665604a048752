import { clearScreenDown, cursorTo } from 'node:readline';
import Table from 'cli-table3';
import type { OrderBook } from '../../shared/book/order-book.ts';
import { formatDecimal } from '../../shared/decimal/decimals.ts';
import type { Feeds } from '../feeds/feeds.ts';
import { colors } from './colors.ts';
import { BLOCK, type DemoStrategy } from './demo-strategy.ts';
import type { RunMeter } from './run-meter.ts';

const whole = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: 0 });
const us = (ns: number): string =>
  ns < 1_000_000 ? `${(ns / 1000).toFixed(0)} µs` : `${(ns / 1e6).toFixed(1)} ms`;
/** A price with the decimals that the best bid was sent with. */
const price = (value: number, book: OrderBook): string =>
  Number.isNaN(value) ? '-' : formatDecimal(value, book.bids.priceDecimals(0));

/** Lines below the table, and the table's own frame. */
const LINES_BESIDE_ROWS = 12;

/** Shows a running demo: a table that is drawn over itself on a terminal, a line now and then in a pipe. */
export class DemoTable {
  readonly #feeds: Feeds;
  readonly #strategy: DemoStrategy;
  readonly #meter: RunMeter;
  readonly #seconds: number;
  readonly #before = new Map<string, number>();
  #recordsBefore = 0;
  #atMs = performance.now();
  #drawn = false;

  constructor(feeds: Feeds, strategy: DemoStrategy, meter: RunMeter, seconds: number) {
    this.#feeds = feeds;
    this.#strategy = strategy;
    this.#meter = meter;
    this.#seconds = seconds;
  }

  /** One line of progress, for a pipe. */
  line(): string {
    const { rate } = this.#turn();
    const { latencyNs: l, seconds, utilization } = this.#meter;
    const lost = this.#losses();
    const live = this.#strategy.pairs.filter(({ book }) => book.isLive).length;
    return (
      `${seconds.toFixed(0).padStart(3)} s  ${whole(rate).padStart(9)} records/s  ${live}/${this.#strategy.pairs.length} books live` +
      `  latency p50 ${us(l.p50)} p99 ${us(l.p99)}  main loop ${(utilization * 100).toFixed(0)} %` +
      `  dropped ${whole(lost.dropped)} conflated ${whole(lost.conflated)}${this.#strategy.blocking ? '  (strategy blocks)' : ''}`
    );
  }

  draw(): void {
    const { rate, elapsedS } = this.#turn();
    const rows = Math.max(5, (process.stdout.rows ?? 40) - LINES_BESIDE_ROWS);
    const table = new Table({
      head: ['exchange', 'pair', 'bid', 'ask', 'last', 'spread', 'records/s', 'book', 'deviation'],
      style: { head: [], border: ['gray'], compact: true },
      colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left', 'right'],
    });
    for (const pair of this.#strategy.pairs.slice(0, rows)) {
      const key = `${pair.exchange} ${pair.symbol}`;
      const perSecond = (pair.records - (this.#before.get(key) ?? 0)) / elapsedS;
      this.#before.set(key, pair.records);
      const { book } = pair;
      table.push([
        pair.exchange,
        colors.bold(pair.symbol),
        colors.green(price(book.bestBid, book)),
        colors.red(price(book.bestAsk, book)),
        price(pair.last, book),
        price(book.spread, book),
        whole(perSecond),
        book.isLive ? colors.green('live') : colors.yellow('stale'),
        Number.isNaN(pair.deviation) ? '-' : pair.deviation.toFixed(2),
      ]);
    }
    const hidden = this.#strategy.pairs.length - rows;
    if (!this.#drawn) process.stdout.write('\n'.repeat(process.stdout.rows ?? 40));
    this.#drawn = true;
    cursorTo(process.stdout, 0, 0);
    clearScreenDown(process.stdout);
    const lines = [
      table.toString(),
      hidden > 0 ? colors.dim(`… and ${hidden} more pairs`) : '',
      ...this.#feedLines(),
      this.#mainLine(rate),
      this.#strategy.blocking
        ? colors.yellow(
            `the strategy blocks the main thread ${BLOCK.forMs} of every ${BLOCK.everyMs} ms now, on purpose: the feeds do not care`,
          )
        : colors.dim('the strategy behaves'),
      this.#strategy.lastNotice === '' ? '' : colors.dim(`last notice: ${this.#strategy.lastNotice}`),
    ];
    process.stdout.write(lines.filter((text) => text !== '').join('\n') + '\n');
  }

  #feedLines(): string[] {
    return this.#feeds.stats().feeds.map((feed) => {
      const fill = (100 * feed.ring.heldBytes) / feed.ring.bytes;
      return (
        `${colors.bold(feed.feed)} ${feed.state}  messages ${whole(feed.messages)}  checksums ${whole(feed.checksums.checked)} held` +
        `, ${feed.checksums.failed} failed  ring ${fill.toFixed(1)} %  dropped ${whole(feed.dropped)}  conflated ${whole(feed.conflated)}  reconnects ${feed.reconnects}`
      );
    });
  }

  #mainLine(rate: number): string {
    const { latencyNs: l, seconds, utilization } = this.#meter;
    return (
      `${seconds.toFixed(0)}/${this.#seconds} s  ${whole(rate)} records/s  latency p50 ${us(l.p50)} p99 ${us(l.p99)} max ${us(l.max)}` +
      `  main loop ${(utilization * 100).toFixed(0)} % busy  indicators ${whole(this.#strategy.indicators)}`
    );
  }

  #losses(): { readonly dropped: number; readonly conflated: number } {
    const { feeds } = this.#feeds.stats();
    const sum = (key: 'dropped' | 'conflated'): number => feeds.reduce((total, feed) => total + feed[key], 0);
    return { dropped: sum('dropped'), conflated: sum('conflated') };
  }

  #turn(): { readonly rate: number; readonly elapsedS: number } {
    const now = performance.now();
    const elapsedS = Math.max((now - this.#atMs) / 1000, 0.001);
    const rate = (this.#meter.records - this.#recordsBefore) / elapsedS;
    this.#recordsBefore = this.#meter.records;
    this.#atMs = now;
    return { rate, elapsedS };
  }
}
