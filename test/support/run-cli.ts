import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/main/cli/ringfeed.js', import.meta.url));

export interface CliRun {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/**
 * Starts the real command line in a process of its own, which is killed if it runs longer than
 * `boundMs`. It believes to be on a build server, where its output must be as plain as in any pipe.
 */
export function startCli(args: readonly string[], boundMs = 60_000): CliRun {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, CI: 'true' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const bound = setTimeout(() => child.kill('SIGKILL'), boundMs);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(bound);
    return (code ?? signal) as number | string;
  });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

export async function runCli(
  args: readonly string[],
): Promise<{ code: number | string; stdout: string; stderr: string; lines: Record<string, unknown>[] }> {
  const run = startCli(args);
  const code = await run.ended;
  const stdout = run.stdout();
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stdout, stderr: run.stderr(), lines };
}
