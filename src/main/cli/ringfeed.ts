#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { MisuseError } from '../../shared/invariant.ts';
import { VERSION } from '../version.ts';
import { connectCommand } from './connect-command.ts';
import { demoCommand } from './demo-command.ts';
import { instrumentsCommand } from './instruments-command.ts';
import { simulateCommand } from './simulate-command.ts';
import { watchCommand } from './watch-command.ts';

/** Exit codes: 0 done, 1 the world did not let us, 2 the command line cannot work. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const program = new Command('ringfeed')
  .description('verified, normalised market data on worker threads')
  .version(VERSION)
  .showSuggestionAfterError()
  .showHelpAfterError('(add --help for the options)');

for (const command of [
  demoCommand(),
  watchCommand(),
  instrumentsCommand(),
  connectCommand(),
  simulateCommand(),
])
  program.addCommand(command.copyInheritedSettings(program));

for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are asked for; everything else commander has already explained on standard error.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof MisuseError) {
    process.stderr.write(`error: ${error.message.replace('Condition failed: ', '')}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_FAILED;
  }
}
