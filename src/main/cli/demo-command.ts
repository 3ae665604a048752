import { Command } from 'commander';
import { EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { openFeeds } from '../feeds/feeds.ts';
import type { ChannelOption } from '../options/open-options.ts';
import { startSimulator } from '../simulator.ts';
import { choicesArgument, numberArgument } from './arguments.ts';
import { colors } from './colors.ts';
import { DemoStrategy } from './demo-strategy.ts';
import { DemoTable } from './demo-table.ts';
import { endSignal, interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';
import { RunMeter } from './run-meter.ts';
import { summaryText } from './summary-text.ts';

interface DemoOptions {
  readonly exchanges: readonly ExchangeName[];
  readonly blocking: boolean;
  readonly seconds: number;
  readonly rate: number;
  readonly pairs: number;
  readonly json?: boolean;
}

/** Those that can be reached today; the others' protocols are spoken by servers of one's own. */
const EXCHANGES_SHOWN: readonly ExchangeName[] = [
  'kraken',
  'kraken-v1',
  'binance',
  'poloniex',
  'gemini',
  'coinbase',
];

/** Messages per second, over all exchanges. */
const POLL_FROM_RATE = 20_000;

const DRAW_EVERY_MS = 250;
const LINE_EVERY_MS = 2_000;

export const demoCommand = (): Command =>
  new Command('demo')
    .description('watch a verified multi-pair feed flow, on an embedded exchange: no internet, no account')
    .option(
      '--exchanges <list>',
      `which exchanges, separated by commas: ${EXCHANGES.join(', ')}`,
      choicesArgument(EXCHANGES),
      EXCHANGES_SHOWN,
    )
    .option('--seconds <n>', 'how long', numberArgument(1, 86_400, false), 20)
    .option(
      '--rate <n>',
      'messages per second, over all exchanges',
      numberArgument(1, 10_000_000, false),
      5_000,
    )
    .option('--pairs <n>', 'pairs on each exchange', numberArgument(1, 200, true), 10)
    .option('--no-blocking', 'a strategy that never blocks the main thread; else it does in the middle third')
    .option('--json', 'print the summary as one line of JSON and nothing else')
    .action(demo);

/** Trades, tickers and books, as far as the exchange has them; books of the least depth it has. */
function demoChannels(exchange: ExchangeName): ChannelOption[] {
  const { channels } = VENUES[exchange];
  return (['trade', 'ticker', 'book'] as const)
    .filter((name) => channels.has(name))
    .map((name) => {
      const depth = channels.get(name)?.depths?.[0];
      return depth === undefined ? name : { name, depth };
    });
}

async function demo(options: DemoOptions): Promise<void> {
  const { exchanges } = options;
  const interrupted = interruptSignal();
  const output = new Output();
  const simulator = await startSimulator({
    rate: options.rate / exchanges.length,
    pairs: options.pairs,
    seed: 7,
  });
  try {
    await using feeds = await openFeeds({
      // From many exchanges a little comes at any moment: looking once a millisecond costs less than being woken.
      wait: options.rate >= POLL_FROM_RATE ? 'poll' : 'async',
      feeds: exchanges.map((exchange) => ({
        exchange,
        symbols: simulator.symbols.slice(0, options.pairs),
        channels: demoChannels(exchange),
        url: simulator.urls[exchange],
      })),
    });
    const meter = new RunMeter();
    const strategy = new DemoStrategy(feeds, options.pairs * exchanges.length);
    const table = new DemoTable(feeds, strategy, meter, options.seconds);
    const end = endSignal([interrupted, output.closed], options.seconds);
    // The middle third of the run shows a strategy that blocks.
    const third = (options.seconds * 1000) / 3;
    const timers = [
      setTimeout(() => {
        strategy.blocking = options.blocking;
      }, third),
      setTimeout(() => {
        strategy.blocking = false;
      }, 2 * third),
    ];
    let shows: NodeJS.Timeout | undefined;
    if (options.json !== true)
      shows = process.stdout.isTTY
        ? setInterval(() => table.draw(), DRAW_EVERY_MS)
        : setInterval(() => output.line(table.line()), LINE_EVERY_MS);
    const measured = meter.around(strategy);
    await feeds.run(measured, { signal: end });
    for (const timer of timers) clearTimeout(timer);
    clearInterval(shows);
    strategy.stop();
    const summary = await meter.finish(feeds, measured, true, strategy.blockedMs);
    if (options.json === true) output.line(JSON.stringify(summary));
    else {
      if (process.stdout.isTTY) table.draw();
      output.line('');
      for (const line of summaryText(summary)) output.line(line);
      if (options.blocking)
        output.line(
          colors.dim(
            `the strategy blocked the main thread for ${(strategy.blockedMs / 1000).toFixed(1)} s, which counts as latency but not as main-thread time; ${strategy.indicators} indicators were computed on the compute pool`,
          ),
        );
    }
    output.flush();
  } finally {
    await simulator.close();
  }
}
