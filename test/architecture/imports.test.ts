import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

/**
 * Who may import whom. The first row whose `from` is a prefix of a file's path is that file's row; `may`
 * lists prefixes of our own files, `packages` what comes from outside (`node:` for Node itself).
 */
const TABLE: readonly {
  readonly from: string;
  readonly may: readonly string[];
  readonly packages: readonly string[];
}[] = [
  { from: 'src/shared/node/', may: ['src/shared/'], packages: ['node:'] },
  { from: 'src/shared/', may: ['src/shared/'], packages: [] },
  { from: 'src/workers/feed-events.ts', may: ['src/shared/'], packages: [] },
  {
    // AssemblyScript, which names files without their ending.
    from: 'src/workers/scanner/wasm/',
    may: ['src/workers/scanner/layout', 'src/workers/scanner/wasm/'],
    packages: [],
  },
  { from: 'src/workers/scanner/', may: ['src/shared/', 'src/workers/scanner/'], packages: [] },
  {
    from: 'src/workers/session/',
    may: ['src/shared/', 'src/workers/feed-events.ts', 'src/workers/session/'],
    packages: [],
  },
  {
    from: 'src/workers/publish/',
    may: ['src/shared/', 'src/workers/feed-events.ts', 'src/workers/publish/'],
    packages: [],
  },
  // The places that know every venue.
  ...['exchange', 'instrument'].map((what) => ({
    from: `src/workers/exchanges/${what}-catalogue.ts`,
    may: ['src/shared/', 'src/workers/exchanges/'],
    packages: [],
  })),
  ...[
    'binance',
    'coinbase',
    'gemini',
    'gemini-v1',
    'kraken',
    'kraken-v1',
    'poloniex',
    'poloniex-legacy',
    'raw',
  ].map((venue) => ({
    from: `src/workers/exchanges/${venue}/`,
    may: [
      'src/shared/',
      'src/workers/feed-events.ts',
      'src/workers/scanner/',
      'src/workers/exchanges/*',
      `src/workers/exchanges/${venue}/`,
    ],
    packages: [],
  })),
  {
    from: 'src/workers/exchanges/',
    may: ['src/shared/', 'src/workers/feed-events.ts', 'src/workers/scanner/', 'src/workers/exchanges/*'],
    packages: [],
  },
  {
    from: 'src/workers/rest/',
    may: ['src/shared/', 'src/workers/exchanges/exchange.ts', 'src/workers/session/', 'src/workers/rest/'],
    packages: [],
  },
  {
    from: 'src/workers/lines/',
    may: ['src/shared/', 'src/workers/lines/', 'src/workers/publish/record-gate.ts'],
    packages: [],
  },
  // Where the stages meet. Pure, so that a whole feed can be simulated.
  ...['channel-watch', 'feed-edge', 'feed-line', 'shared-lines', 'feed-pipeline'].map((file) => ({
    from: `src/workers/${file}.ts`,
    may: [
      'src/shared/',
      'src/workers/channel-watch.ts',
      'src/workers/feed-edge.ts',
      'src/workers/feed-events.ts',
      'src/workers/feed-line.ts',
      'src/workers/shared-lines.ts',
      'src/workers/session/',
      'src/workers/publish/',
      'src/workers/exchanges/',
      'src/workers/lines/',
      'src/workers/rest/',
      'src/workers/scanner/',
    ],
    packages: [],
  })),
  {
    from: 'src/workers/socket/',
    may: ['src/shared/', 'src/workers/feed-events.ts', 'src/workers/socket/'],
    packages: ['node:', 'ws'],
  },
  {
    from: 'src/workers/simulator/',
    may: ['src/shared/', 'src/workers/simulator/'],
    packages: ['node:', 'ws'],
  },
  {
    from: 'src/workers/dial/',
    may: ['src/shared/', 'src/workers/dial/'],
    packages: ['node:', 'socks'],
  },
  {
    from: 'src/workers/client/',
    may: [
      'src/shared/',
      'src/workers/client/',
      'src/workers/dial/',
      'src/workers/socket/carry.ts',
      'src/workers/socket/frame-sorter.ts',
      'src/workers/socket/head-end.ts',
      'src/workers/thread-scanner.ts',
    ],
    packages: ['node:'],
  },
  { from: 'src/workers/worker-log.ts', may: ['src/shared/'], packages: ['pino'] },
  { from: 'src/workers/', may: ['src/shared/', 'src/workers/'], packages: ['node:', 'comlink'] },
  {
    from: 'src/main/feeds/worker-control.ts',
    may: ['src/shared/', 'src/main/'],
    packages: ['node:', 'comlink'],
  },
  { from: 'src/main/compute.ts', may: ['src/shared/', 'src/main/'], packages: ['node:', 'piscina'] },
  {
    from: 'src/main/manager/config-file.ts',
    may: ['src/shared/', 'src/main/'],
    packages: ['node:', 'yaml'],
  },
  { from: 'src/main/log.ts', may: ['src/shared/', 'src/main/'], packages: ['pino'] },
  {
    from: 'src/main/websocket-client/logging.ts',
    may: ['src/shared/', 'src/main/'],
    packages: ['pino'],
  },
  { from: 'src/main/options/nearest.ts', may: [], packages: ['fastest-levenshtein'] },
  {
    from: 'src/main/options/serve-options.ts',
    may: ['src/shared/', 'src/main/options/'],
    packages: ['node:', 'valibot'],
  },
  { from: 'src/main/options/', may: ['src/shared/', 'src/main/options/'], packages: ['valibot'] },
  {
    from: 'src/main/cli/',
    may: ['src/shared/', 'src/main/'],
    packages: ['node:', 'commander', 'cli-table3', 'picocolors'],
  },
  { from: 'src/main/websockets/server/', may: ['src/shared/', 'src/main/'], packages: ['node:', 'ws'] },
  { from: 'src/main/', may: ['src/shared/', 'src/main/'], packages: ['node:'] },
];

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join('src', path));

const IMPORT = /^\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'/gm;

const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!);

/** `src/a/*` allows the files directly in `src/a`, a trailing slash everything below. */
const allows = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? dirname(path) === dirname(pattern) : path.startsWith(pattern);

test('every file imports only what its place allows', () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const row = TABLE.find(({ from }) => path.startsWith(from));
    assert.ok(row !== undefined, `${path} has a row in the table`);
    for (const name of importsOf(path)) {
      const allowed = name.startsWith('.')
        ? row.may.some((pattern) => allows(pattern, relative('.', resolve(dirname(path), name))))
        : row.packages.some(
            (packageName) =>
              name === packageName ||
              name.startsWith(packageName + '/') ||
              (packageName === 'node:' && name.startsWith('node:')),
          );
      if (!allowed) wrong.push(`${path} imports ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the main thread names worker files by URL and never imports them', () => {
  const importers = sources.filter(
    (path) => path.startsWith('src/main/') && importsOf(path).some((name) => name.includes('workers/')),
  );
  assert.deepEqual(importers, []);
});

test('every dependency of the package is imported somewhere, and nothing else is', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const used = new Set(
    sources
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) => name.split('/')[0]!),
  );
  assert.deepEqual([...used].sort(), Object.keys(dependencies).sort());
});
