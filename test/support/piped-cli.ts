import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/main/cli/', import.meta.url));
const LONGEST_MS = 30_000;

export interface PipedRun {
  /** Exit code, or the name of the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string[];
  readonly stderr: string[];
}

export interface PipedOptions {
  /** Once this is in its output, it gets the signal, or its output is closed. */
  readonly until?: string;
  /** The same, once this resolves. */
  readonly when?: Promise<unknown>;
  readonly signal?: NodeJS.Signals | 'close';
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its file. */
  readonly program?: 'ringfeed' | 'wsdump';
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/**
 * Runs the command line with pipes for its input and output.
 *
 * @param input what comes from the pipe before its end; undefined where it does not end.
 */
export async function pipedCli(
  args: readonly string[],
  input: string | undefined,
  { until, when, signal, env, program = 'ringfeed' }: PipedOptions = {},
): Promise<PipedRun> {
  const child = spawn(process.execPath, [`${CLI}${program}.js`, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
  const bound = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  let stdout = '';
  let stderr = '';
  let hasActed = false;
  const act = (): void => {
    if (hasActed) return;
    hasActed = true;
    if (signal === 'close') child.stdout.destroy();
    else if (signal !== undefined) child.kill(signal);
  };
  void when?.then(act);
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!hasActed && until !== undefined && stdout.includes(until)) act();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  if (input !== undefined) child.stdin.end(input);
  const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(bound);
  return { code: code ?? killedBy!, stdout: linesOf(stdout), stderr: linesOf(stderr) };
}
