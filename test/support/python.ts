import { spawn, spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';

/** Debian's, which has its own packages: another Python on the path may have other ones. */
const PYTHON = '/usr/bin/python3';

/** A test that is skipped, saying so, where this Python or this module is not installed. */
export function pythonTest(
  title: string,
  module: string,
  run: (t: TestContext) => Promise<void>,
  timeout = 30_000,
): void {
  test(title, { timeout }, async (t) => {
    const found = spawnSync(PYTHON, ['-c', `import ${module}`]);
    if (found.status !== 0) return t.skip(`${PYTHON} has no module ${module}`);
    await run(t);
  });
}

/** Runs a program to its end. @returns what it has printed, read as JSON. Rejects with its complaints. */
export function python(program: string, ...args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, ['-c', program, ...args]);
    let out = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(out));
      else reject(new Error(`Python ended with ${status}: ${complaints}`));
    });
  });
}
