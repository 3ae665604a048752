import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import * as names from '../../src/main/index.ts';

const PUBLIC = [
  'BookSide',
  'ComputeError',
  'ControlError',
  'EXCHANGES',
  'FAULTS',
  'Feeds',
  'InstrumentListError',
  'InvariantError',
  'MisuseError',
  'OrderBook',
  'STATUSES',
  'formatDecimal',
  'listInstruments',
  'openFeeds',
];

test('the package exports exactly its public names', () => {
  assert.deepEqual(Object.keys(names).sort(), PUBLIC);
});

const folder = mkdtempSync(join(tmpdir(), 'ringfeed-package-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], '.')) as [Packed];

/** A project that has nothing but the packed package, and its dependencies as they are installed here. */
const project = join(folder, 'project');
const installed = join(project, 'node_modules', 'ringfeed');
mkdirSync(installed, { recursive: true });
run('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1'], folder);
for (const name of readdirSync('node_modules').filter((name) => !name.startsWith('.') && name !== 'ringfeed'))
  symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name));
writeFileSync(join(project, 'package.json'), '{ "type": "module" }');

test('the packed package is what was built of src, its documents, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const others = paths.filter(
    (path) => !/^dist\/src\/(main|workers|shared)\/.+\.(js|js\.map|d\.ts|wasm)$/.test(path),
  );
  const documents = ['ARCHITECTURE.md', 'LICENSE', 'README.md', 'package.json'].filter(existsSync);
  assert.deepEqual(others.filter((path) => !/^docs\/[\w-]+\.md$/.test(path)).sort(), documents);
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.includes('/wasm/'),
  );
  const built = sources.map((path) => `dist/src/${path.replace(/\.ts$/, '.js')}`);
  assert.deepEqual(paths.filter((path) => path.endsWith('.js')).sort(), built.sort());
  assert.deepEqual(
    paths.filter((path) => path.endsWith('.wasm')),
    ['dist/src/workers/scanner/scan.wasm'],
  );
});

test('the packed package runs', () => {
  const program = "import * as names from 'ringfeed'; console.log(Object.keys(names).sort().join())";
  assert.equal(run(process.execPath, ['--input-type=module', '-e', program], project).trim(), PUBLIC.join());
  const { version, bin } = JSON.parse(run('cat', [join(installed, 'package.json')], '.')) as {
    version: string;
    bin: { ringfeed: string };
  };
  assert.equal(run(process.execPath, [join(installed, bin.ringfeed), '--version'], project).trim(), version);
});

test('feeds open with the packed package alone, worker included', () => {
  const program = `
    import { openFeeds } from 'ringfeed';
    const feeds = await openFeeds({
      feeds: [{ exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: 'ws://127.0.0.1:9/', times: { attemptsMax: 0 } }],
      log: { level: 'silent' },
    });
    await feeds.run({ onStatus: (s) => console.log(s.status) });
    await feeds.close();`;
  const statuses = run(process.execPath, ['--input-type=module', '-e', program], project).trim().split('\n');
  assert.deepEqual([statuses.at(0), statuses.at(-1)], ['connecting', 'closed']);
});

test('the embedded exchange comes with the package, for the tests of its users', () => {
  const program = `
    import { openFeeds } from 'ringfeed';
    import { startSimulator } from 'ringfeed/simulator';
    const simulator = await startSimulator({ rate: 500, pairs: 2 });
    const feeds = await openFeeds({
      feeds: [{ exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: simulator.url }],
    });
    for await (const event of feeds.events()) if (event.type === 'trade') break;
    await feeds.close();
    await simulator.close();
    console.log('a trade');`;
  assert.equal(run(process.execPath, ['--input-type=module', '-e', program], project).trim(), 'a trade');
});

test('a strict project compiles the examples against the packed types', () => {
  cpSync('examples', join(project, 'examples'), {
    recursive: true,
    filter: (path) => !path.endsWith('.json'),
  });
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023', 'ESNext.Disposable'],
        module: 'NodeNext',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noPropertyAccessFromIndexSignature: true,
        skipLibCheck: true,
        noEmit: true,
        types: ['node'],
      },
      include: ['examples'],
    }),
  );
  const tsc = resolve('node_modules', 'typescript', 'bin', 'tsc');
  assert.equal(run(process.execPath, [tsc, '-p', '.'], project), '');
});
