import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where an interpreter may be that has Debian's packages: the first on the path may be another one. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'] as const;

/** What a script of ours prints. */
export interface PythonReceived {
  readonly messages: number;
  readonly characters: number;
  readonly seconds: number;
}

/** @returns an interpreter that has the module, and the version of that, or undefined. */
export function pythonWith(
  module: string,
): { readonly python: string; readonly version: string } | undefined {
  for (const python of INTERPRETERS) {
    const { status, stdout } = spawnSync(python, ['-c', `import ${module}; print(${module}.__version__)`], {
      encoding: 'utf8',
    });
    if (status === 0) return { python, version: stdout.trim() };
  }
  return undefined;
}

/** Runs a script in `bench/support/python` and reads what it prints. */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[],
): Promise<PythonReceived> {
  // The build leaves scripts where they are.
  const path = fileURLToPath(new URL(`../../../bench/support/python/${script}`, import.meta.url));
  const { stdout } = await run(python, [path, ...args]);
  return JSON.parse(stdout) as PythonReceived;
}
