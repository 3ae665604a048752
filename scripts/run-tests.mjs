// Runs the built tests with this Node: every *.test.js below dist/test, or those whose path holds one of the arguments.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
const files = readdirSync('dist/test', { recursive: true })
  .filter((path) => path.endsWith('.test.js'))
  .map((path) => join('dist/test', path))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no built test matches ${wanted.join(' ')}; run npm run build first`);
  process.exit(1);
}
// The spec reporter lists what failed once more at the end, where a reader of a long log looks first.
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=300000', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
