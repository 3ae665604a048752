#!/usr/bin/env node
import { VERSION } from '../version.ts';
import { dumpCommand } from './dump-command.ts';
import { runProgram } from './run-program.ts';

await runProgram(
  dumpCommand()
    .name('wsdump')
    .version(VERSION, '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)'),
);
