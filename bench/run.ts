/** Entry of `npm run bench`: measures, prints a table for each part, fails where a variant's answer is wrong. */
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { PARTS } from './parts.ts';
import { FloodServer } from './support/flood-server-process.ts';
import { machineLine } from './support/machine.ts';
import { DEFAULT_SCALE, type PartResult, QUICK_SCALE, type Scale } from './support/part.ts';
import { documentText, terminalText } from './support/report.ts';

const DOCUMENT = 'docs/benchmarks.md';

interface RunOptions {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly rounds?: number;
  readonly messages?: number;
  readonly rotations?: number;
  readonly json?: string;
  readonly docs: boolean;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('allowed: whole numbers from 1');
  return value;
}

// A reader that goes away (`| head`) does not end the run: what `--json` and `--docs` write is still to come.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const progress = (line: string): void => {
  process.stderr.write(pc.dim(`  ${line}\n`));
};

async function measure(options: RunOptions): Promise<void> {
  const base = options.quick ? QUICK_SCALE : DEFAULT_SCALE;
  const scale: Scale = {
    ...base,
    rounds: options.rounds ?? base.rounds,
    messages: options.messages ?? base.messages,
    rotations: options.rotations ?? base.rotations,
  };
  const parts = PARTS.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const machine = machineLine();
  const began = performance.now();
  const results: { readonly name: string; readonly result: PartResult }[] = [];
  process.stdout.write(`${machine}\n`);
  const server = await FloodServer.start();
  try {
    for (const part of parts) {
      process.stderr.write(`${part.name}\n`);
      const result = await part.run({ server, scale, progress });
      results.push({ name: part.name, result });
      for (const table of result.tables) process.stdout.write(`\n${terminalText(table)}\n`);
    }
  } finally {
    await server.stop();
  }
  process.stdout.write(
    `\n${machine}\n${((performance.now() - began) / 1000).toFixed(0)} s, every answer checked\n`,
  );
  const date = new Date().toISOString();
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  if (options.json !== undefined) {
    const parts = Object.fromEntries(results.map(({ name, result }) => [name, result.samples]));
    writeFileSync(options.json, `${JSON.stringify({ machine, date, command, scale, parts }, null, 2)}\n`);
  }
  if (options.docs) {
    const tables = results.flatMap(({ result }) => result.tables);
    writeFileSync(DOCUMENT, documentText({ command, machine, date: date.slice(0, 10) }, tables));
  }
}

const only = new Option('--only <part...>', 'these parts only')
  .choices(PARTS.map(({ name }) => name))
  .default([]);

await new Command('bench')
  .description('measures ringfeed against what people write today, all in one run')
  .option('--quick', 'few messages and one round: shows that it runs, not how fast', false)
  .addOption(only)
  .option('--rounds <n>', `rounds of each variant; ${DEFAULT_SCALE.rounds} where left out`, wholeNumber)
  .option(
    '--messages <n>',
    `messages of one flood of the slowest variant; ${DEFAULT_SCALE.messages} where left out`,
    wholeNumber,
  )
  .option(
    '--rotations <n>',
    `connections replaced by another; ${DEFAULT_SCALE.rotations} where left out`,
    wholeNumber,
  )
  .option('--json <file>', 'writes every sample of every round')
  .option('--docs', `prints ${DOCUMENT}`, false)
  .showSuggestionAfterError()
  .showHelpAfterError()
  .action(measure)
  .parseAsync();
