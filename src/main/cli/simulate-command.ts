import { Command, InvalidArgumentError } from 'commander';
import {
  parseFault,
  SIMULATOR_FAULT_NAMES,
  type SimulatorFault,
} from '../../shared/simulator/fault-names.ts';
import {
  parseLimit,
  SIMULATOR_LIMIT_NAMES,
  SIMULATOR_LIMIT_OPTIONS,
  SIMULATOR_LIMITS,
  type SimulatorLimits,
} from '../../shared/simulator/limit-names.ts';
import { PAIRS_MAX } from '../../shared/simulator/market-size.ts';
import { EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { didYouMean } from '../options/nearest.ts';
import { startSimulator } from '../simulator.ts';
import { choiceArgument, numberArgument } from './arguments.ts';
import { endSignal, interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';

interface SimulateOptions {
  readonly port: number;
  readonly exchange: ExchangeName;
  readonly rate: number | 'flood';
  readonly pairs: number;
  readonly seed: number;
  readonly fault: readonly SimulatorFault[];
  readonly limit: SimulatorLimits;
  readonly enforce: boolean;
  readonly seconds?: number;
  readonly json?: boolean;
}

/** More would fill the screen. */
const SYMBOLS_SHOWN = 200;

const rateArgument = (text: string): number | 'flood' =>
  text === 'flood' ? 'flood' : numberArgument(0, 10_000_000, false)(text);

function faultArgument(text: string, before: readonly SimulatorFault[] = []): SimulatorFault[] {
  const parsed = parseFault(text);
  if (parsed.ok) return [...before, parsed.fault];
  const hint = parsed.unknownName === undefined ? '' : didYouMean(parsed.unknownName, SIMULATOR_FAULT_NAMES);
  throw new InvalidArgumentError(`${parsed.reason}${hint}; faults: ${SIMULATOR_FAULT_NAMES.join(', ')}.`);
}

function limitArgument(text: string, before: SimulatorLimits = {}): SimulatorLimits {
  const parsed = parseLimit(text);
  if (parsed.ok) return { ...before, ...parsed.limits };
  const hint =
    parsed.unknownName === undefined ? '' : didYouMean(parsed.unknownName, SIMULATOR_LIMIT_OPTIONS);
  throw new InvalidArgumentError(`${parsed.reason}${hint}; limits: ${SIMULATOR_LIMIT_OPTIONS.join(', ')}.`);
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description('run the embedded exchange alone, for any client')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes any', numberArgument(0, 65_535, true), 0)
    .option('--exchange <name>', EXCHANGES.join(' or '), choiceArgument(EXCHANGES), 'kraken')
    .option('--rate <n>', 'messages per second, or flood', rateArgument, 1_000)
    .option('--pairs <n>', 'symbols', numberArgument(1, PAIRS_MAX, true), 20)
    .option('--seed <n>', 'the same seed makes the same market', numberArgument(0, 2 ** 32 - 1, true), 1)
    .option(
      '--fault <fault>',
      'what goes wrong, e.g. drop-connection:10s, connection-life:20s, lose:0.001; may be repeated',
      faultArgument,
      [] as SimulatorFault[],
    )
    .option(
      '--limit <limit>',
      'what clients may do, e.g. subscriptions-per-connection=200, attempts=150/10m; may be repeated',
      limitArgument,
      {} as SimulatorLimits,
    )
    .option('--no-enforce', 'count what goes beyond a limit, and let it through')
    .option('--seconds <n>', 'end after so many seconds', numberArgument(0.01, 1e9, false))
    .option('--json', 'one JSON object per line')
    .action(simulate);

async function simulate(options: SimulateOptions): Promise<void> {
  const interrupted = interruptSignal();
  const output = new Output();
  const simulator = await startSimulator({
    exchange: options.exchange,
    port: options.port,
    rate: options.rate,
    pairs: options.pairs,
    seed: options.seed,
    faults: options.fault,
    limits: options.limit,
    enforceLimits: options.enforce,
  });
  if (options.json === true)
    output.line(JSON.stringify({ type: 'listening', url: simulator.url, urls: simulator.urls }));
  else {
    output.line(`${options.exchange} at ${simulator.url}`);
    for (const exchange of EXCHANGES)
      if (exchange !== options.exchange) output.line(`${exchange} at ${simulator.urls[exchange]}`);
    const { symbols } = simulator;
    const more = symbols.length - SYMBOLS_SHOWN;
    const shown = symbols.slice(0, SYMBOLS_SHOWN).join(' ');
    output.line(`symbols: ${shown}${more > 0 ? ` and ${more} more` : ''}`);
  }
  output.flush();
  const end = endSignal([interrupted, output.closed], options.seconds);
  if (!end.aborted) await new Promise((resolve) => end.addEventListener('abort', resolve, { once: true }));
  const stats = await simulator.stats();
  await simulator.close();
  if (options.json === true) output.line(JSON.stringify({ type: 'summary', ...stats }));
  else {
    output.line(
      `${stats.connectionsOpened} connections, ${stats.messagesSent} messages, ${stats.bytesSent} bytes`,
    );
    for (const name of SIMULATOR_LIMIT_NAMES)
      if (stats.violations[name] > 0)
        output.line(`${SIMULATOR_LIMITS[name].option}: ${stats.violations[name]} times beyond the limit`);
  }
  output.flush();
}
