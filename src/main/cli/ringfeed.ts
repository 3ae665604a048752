#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { connectCommand } from './connect-command.ts';
import { demoCommand } from './demo-command.ts';
import { dumpCommand } from './dump-command.ts';
import { instrumentsCommand } from './instruments-command.ts';
import { runProgram } from './run-program.ts';
import { simulateCommand } from './simulate-command.ts';
import { watchCommand } from './watch-command.ts';

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
  dumpCommand(),
  simulateCommand(),
])
  program.addCommand(command.copyInheritedSettings(program));

await runProgram(program);
