import { colors } from '../colors.ts';
import type { Output } from '../output.ts';
import { openedText } from '../screen/connection-text.ts';
import { PromptScreen } from '../screen/prompt-screen.ts';
import { plainLines, type TypedLines } from '../screen/typed-lines.ts';
import { visibleJson } from '../screen/visible-text.ts';
import { type DumpTelling, jsonDump, plainDump } from './dump-telling.ts';

export interface DumpScreenOptions {
  readonly json: boolean;
  readonly raw: boolean;
  readonly timings: boolean;
  readonly names: boolean;
}

/** Where somebody, or some program, watches a connection. */
export interface DumpScreen {
  /** Once the connection is open, and not before: from then on lines are read. */
  open(): { readonly telling: DumpTelling; readonly typed: TypedLines };
  /** Takes a trace, JSON with its line end. */
  readonly trace: (text: string) => void;
}

/** A line of JSON as one, whatever characters that JSON does not escape the network has put into it. */
const steeringNothing = (json: string): string => visibleJson(JSON.parse(json));

const notice = (text: string): void => void process.stderr.write(`${text}\n`);

/** A prompt where a person sits at a terminal; elsewhere lines, without colour. */
export function dumpScreen(output: Output, { json, raw, timings, names }: DumpScreenOptions): DumpScreen {
  const { stdin, stdout, env } = process;
  if (json || raw || !stdin.isTTY || !stdout.isTTY || env['TERM'] === 'dumb') {
    const wording = { names, timings, raw: raw || !stdout.isTTY };
    const telling = json ? jsonDump(output.line, timings) : plainDump(output.line, notice, wording);
    return {
      open: () => ({ telling, typed: plainLines(stdin) }),
      trace: (text) => notice(steeringNothing(text)),
    };
  }
  let screen: PromptScreen | undefined;
  const print = (line: string): void => (screen === undefined ? notice(line) : screen.print(line));
  return {
    open: () => {
      // The same as the signal that ^C is everywhere else; a second one ends the process at once.
      screen = new PromptScreen(stdin, stdout, () => process.emit('SIGINT'));
      const frames = plainDump((line) => print(colors.blue(`< ${line}`)), print, {
        names,
        timings,
        raw: false,
      });
      return {
        typed: screen,
        telling: {
          ...frames,
          opened: (url) => print(`${openedText(url)} Press Ctrl+C to quit.`),
        },
      };
    },
    trace: (text) => print(steeringNothing(text)),
  };
}
