import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import type { FeedLimits } from '../../shared/venues/feed-limits.ts';
import { type ChannelName, EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { openFeeds } from '../feeds/feeds.ts';
import { type ReconnectOptions, STRATEGIES } from '../options/connection-options.ts';
import type { ChannelOption } from '../options/open-options.ts';
import type { Strategy } from '../strategy/strategy.ts';
import {
  channelsArgument,
  choiceArgument,
  durationArgument,
  numberArgument,
  reconnectArgument,
} from './arguments.ts';
import { noticeColors } from './colors.ts';
import { endSignal, interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';
import { FORMATS, type Format, formatter } from './record-formats.ts';
import { RunMeter } from './run-meter.ts';
import { visibleText } from './screen/visible-text.ts';
import { summaryText } from './summary-text.ts';

interface WatchOptions {
  readonly channels: ChannelOption[];
  readonly url?: string;
  readonly restUrl?: string;
  readonly format: Format;
  readonly seconds?: number;
  readonly count?: number;
  readonly overflow?: 'conflate' | 'backpressure';
  readonly threads?: number;
  /** False for `--no-reconnect`. */
  readonly reconnect?: ReconnectOptions | false;
  readonly lines?: 1 | 2;
  /** Seconds. */
  readonly rotateEvery?: number;
  readonly log?: string;
}

export const watchCommand = (): Command =>
  new Command('watch')
    .description('show the verified market data of one exchange')
    .argument('<exchange>', EXCHANGES.join(' or '))
    .argument('<symbol...>', 'symbols, e.g. BTC/USD')
    .option('--channels <list>', 'e.g. trade,book:10,ohlc:5,ticker', channelsArgument, [
      'trade',
    ] as ChannelOption[])
    .option('--url <url>', 'another endpoint than the exchange’s own')
    .option('--rest-url <url>', 'another root of the exchange’s REST interface')
    .option('--format <format>', FORMATS.join(', '), choiceArgument(FORMATS), 'pretty')
    .option('--seconds <n>', 'end after so many seconds', numberArgument(0.01, 1e9, false))
    .option(
      '--count <n>',
      'end after so many market records',
      numberArgument(1, Number.MAX_SAFE_INTEGER, true),
    )
    .option('--overflow <policy>', 'conflate or backpressure', choiceArgument(['conflate', 'backpressure']))
    .option(
      '--threads <n>',
      'spread the symbols over at least so many connections, and all connections over so many workers; as few connections as the exchange allows, a worker each, where left out',
      numberArgument(1, 64, true),
    )
    .option(
      '--reconnect <way>',
      `how a lost connection comes back, as strategy[:delay[:max]]: ${STRATEGIES.join(', ')}; e.g. exponential:500ms:30s`,
      reconnectArgument,
    )
    .option('--no-reconnect', 'end with exit code 1 when the connection cannot be made or is lost')
    .option(
      '--lines <n>',
      '1, or 2 for two connections to the same, of which the first to say something is heard',
      linesArgument,
    )
    .option(
      '--rotate-every <duration>',
      'replace each connection without a gap at this age, e.g. 20s or 23h',
      durationArgument,
    )
    .option('--log <level>', 'level of the log on standard error')
    .action(watch);

const isExchange = (text: string): text is ExchangeName => (EXCHANGES as readonly string[]).includes(text);

const linesArgument = (text: string): 1 | 2 => (choiceArgument(['1', '2'])(text) === '1' ? 1 : 2);

/** A limit low enough that the symbols need so many connections. */
function spreadLimits(
  exchange: ExchangeName,
  symbols: number,
  channels: readonly ChannelOption[],
  connections: number,
): FeedLimits {
  const { limits, channels: rules } = VENUES[exchange];
  // A channel of the whole venue is one subscription, whatever the symbols.
  const perSymbol = channels.filter(
    (channel) =>
      rules.get((typeof channel === 'string' ? channel : channel.name) as ChannelName)?.wholeVenue !== true,
  ).length;
  const perConnection = Math.max(1, Math.ceil(symbols / connections) * perSymbol);
  return { subscriptionsPerConnection: Math.min(perConnection, limits.subscriptionsPerConnection) };
}

async function watch(exchange: string, symbols: string[], options: WatchOptions): Promise<void> {
  const interrupted = interruptSignal();
  const { channels, threads, reconnect, rotateEvery } = options;
  const feeds = await openFeeds({
    feeds: [
      {
        exchange: exchange as ExchangeName,
        symbols,
        channels,
        url: options.url,
        restUrl: options.restUrl,
        overflow: options.overflow,
        reconnect: reconnect === false ? { attempts: 0 } : reconnect,
        lines: options.lines,
        rotateEveryMs: rotateEvery === undefined ? undefined : Math.round(1000 * rotateEvery),
        limits:
          threads === undefined || !isExchange(exchange)
            ? undefined
            : spreadLimits(exchange, symbols.length, channels, threads),
      },
    ],
    threads,
    log: { level: options.log as never },
  });
  const output = new Output();
  const counted = new AbortController();
  const end = endSignal([interrupted, output.closed, counted.signal], options.seconds);
  const meter = new RunMeter();
  const strategy = limited(
    meter.around(formatter(options.format, output.line)),
    options.count,
    meter,
    counted,
  );
  const told = telling(strategy);
  await feeds.run(told.strategy, { signal: end });
  const drain = !counted.signal.aborted && !output.closed.aborted;
  const summary = await meter.finish(feeds, told.strategy, drain);
  if (options.format === 'json' || options.format === 'none') output.line(JSON.stringify(summary));
  else if (options.format === 'pretty') for (const line of summaryText(summary)) output.line(line);
  else process.stderr.write(JSON.stringify(summary) + '\n');
  output.flush();
  if (reconnect === false && !end.aborted && told.failed) process.exitCode = 1;
  // Let standard output drain before the process may end by itself.
  await delay(0);
}

/** Stops at `count` market records: the ones after that are neither shown nor measured. */
function limited(
  strategy: Strategy,
  count: number | undefined,
  meter: RunMeter,
  counted: AbortController,
): Strategy {
  if (count === undefined) return strategy;
  const upTo =
    <V>(callback: ((view: V) => void) | undefined) =>
    (view: V): void => {
      if (meter.records >= count) return;
      callback?.(view);
      if (meter.records >= count) counted.abort();
    };
  const { onTrade, onBook, onTicker, onQuote, onCandle, onInstrument, onStatus, onGap } = strategy;
  return {
    onTrade: upTo(onTrade),
    onBook: upTo(onBook),
    onTicker: upTo(onTicker),
    onQuote: upTo(onQuote),
    onCandle: upTo(onCandle),
    onInstrument: upTo(onInstrument),
    onStatus: upTo(onStatus),
    onGap: upTo(onGap),
  };
}

/** Tells people on standard error when a connection is lost or cannot be made, whatever the format. */
function telling(strategy: Strategy): { readonly strategy: Strategy; readonly failed: boolean } {
  const told = {
    failed: false,
    strategy: {
      ...strategy,
      onStatus: (status) => {
        strategy.onStatus?.(status);
        const { status: what, detail, value, feed } = status;
        const say = (text: string): void => {
          process.stderr.write(`${noticeColors.bold('ringfeed')}: ${feed}: ${visibleText(text)}\n`);
        };
        if (what === 'disconnected' && status.fault !== 'NONE') say(detail);
        else if (what === 'reconnecting') say(`trying again in ${(value / 1000).toFixed(1)} s`);
        else if (what === 'refused') say(`${status.symbol} refused: ${detail}`);
        else if (what === 'closed' && status.fault !== 'NONE') {
          told.failed = true;
          say(detail);
        }
      },
    } satisfies Strategy as Strategy,
  };
  return told;
}
