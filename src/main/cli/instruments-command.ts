import Table from 'cli-table3';
import { Command } from 'commander';
import type { ListedInstrument } from '../../shared/venues/instrument-list.ts';
import { EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { listInstruments } from '../instruments/list-instruments.ts';
import { numberArgument } from './arguments.ts';
import { colors, noticeColors } from './colors.ts';
import { interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';

interface InstrumentsOptions {
  readonly url?: string;
  readonly timeout?: number;
  readonly json?: boolean;
}

export const instrumentsCommand = (): Command =>
  new Command('instruments')
    .description('list the symbols of an exchange, with the decimals of their prices and quantities')
    .argument('<exchange>', EXCHANGES.join(' or '))
    .argument('[filter]', 'part of the symbols wanted, e.g. btc or /usd')
    .option('--url <url>', 'another root of the REST interface than the exchange’s own')
    .option('--timeout <seconds>', 'how long to try', numberArgument(0.001, 86_400, false))
    .option('--json', 'one JSON object per line')
    .action(instruments);

const NOT_SAID = '-';
const decimals = (count: number | undefined): string => (count === undefined ? NOT_SAID : String(count));

async function instruments(
  exchange: string,
  filter: string | undefined,
  { url, timeout, json = false }: InstrumentsOptions,
): Promise<void> {
  const output = new Output();
  const listed = await listInstruments({
    exchange: exchange as ExchangeName,
    filter,
    restUrl: url,
    timeoutMs: timeout === undefined ? undefined : Math.ceil(1000 * timeout),
    signal: interruptSignal(),
  });
  if (json) for (const instrument of listed) output.line(jsonText(exchange, instrument));
  else if (!process.stdout.isTTY) for (const instrument of listed) output.line(row(instrument).join('\t'));
  else for (const line of tableLines(listed)) output.line(line);
  output.flush();
  const say = (text: string): void => {
    process.stderr.write(`${noticeColors.bold('ringfeed')}: ${text}\n`);
  };
  if (listed.length === 0) {
    say(`${exchange} lists no symbol with ${JSON.stringify(filter)} in it`);
    process.exitCode = 1;
  } else if (listed.some(({ priceDecimals }) => priceDecimals === undefined))
    say(
      `${exchange} lists names without decimals; where it has more to say, a filter that leaves few tells it`,
    );
}

const row = (instrument: ListedInstrument): readonly string[] => [
  instrument.symbol,
  instrument.venueSymbol,
  decimals(instrument.priceDecimals),
  decimals(instrument.quantityDecimals),
  instrument.status === '' ? NOT_SAID : instrument.status,
];

function tableLines(listed: readonly ListedInstrument[]): readonly string[] {
  const table = new Table({
    head: ['symbol', 'at the exchange', 'price decimals', 'quantity decimals', 'status'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'left'],
  });
  for (const instrument of listed) {
    const [symbol = '', ...rest] = row(instrument);
    table.push([colors.bold(symbol), ...rest]);
  }
  return table.toString().split('\n');
}

const jsonText = (exchange: string, instrument: ListedInstrument): string =>
  JSON.stringify({
    exchange,
    symbol: instrument.symbol,
    venueSymbol: instrument.venueSymbol,
    priceDecimals: instrument.priceDecimals ?? null,
    quantityDecimals: instrument.quantityDecimals ?? null,
    status: instrument.status === '' ? null : instrument.status,
  });
