import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TerminalEmulator } from './terminal-emulator.ts';

const CLI = fileURLToPath(new URL('../../src/main/cli/ringfeed.js', import.meta.url));
const DRIVER = fileURLToPath(new URL('../../../test/support/terminal-driver.py', import.meta.url));
/** The system's own: another one that is found first may be of any age. */
const PYTHON = '/usr/bin/python3';
const COLUMNS = 60;
const ROWS = 24;

/** Why programs cannot be run in a terminal here; undefined where they can. */
export function noTerminals(): string | undefined {
  try {
    accessSync(PYTHON, constants.X_OK);
    return undefined;
  } catch {
    return `there is no ${PYTHON} to make a pseudo terminal`;
  }
}

/** The command line in a pseudo terminal, and somebody who types and reads. */
export class Terminal {
  readonly screen = new TerminalEmulator(COLUMNS, ROWS);
  /** Exit code. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #isOver = false;
  #changed: () => void = () => undefined;

  constructor(args: readonly string[], boundMs = 30_000) {
    const child = spawn(PYTHON, [DRIVER, String(COLUMNS), String(ROWS), process.execPath, CLI, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm' },
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.screen.write(text);
      this.#changed();
    });
    // The program in the terminal gets a hang-up when its driver is gone.
    const bound = setTimeout(() => child.kill('SIGKILL'), boundMs);
    this.ended = once(child, 'close').then(([code]) => {
      clearTimeout(bound);
      this.#isOver = true;
      this.#changed();
      return (code ?? -1) as number;
    });
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Resolves when what can be read down to the cursor's row ends so. Rejects where the program has ended without. */
  async until(seen: string): Promise<void> {
    while (!this.screen.upToCursor.endsWith(seen)) {
      if (this.#isOver)
        throw new Error(`the program has ended, and what can be read is\n${this.screen.text.join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
