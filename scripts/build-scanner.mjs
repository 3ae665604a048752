/** Compiles `src/workers/scanner/wasm` to WebAssembly, unless that has been done since the last change. */
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'src/workers/scanner/wasm/';
const ENTRY = `${FOLDER}index.ts`;
const SOURCES = [
  ...readdirSync(`${root}${FOLDER}`).map((name) => `${FOLDER}${name}`),
  'src/workers/scanner/layout.ts',
  'scripts/build-scanner.mjs',
];
const OUTPUT = 'dist/src/workers/scanner/scan.wasm';

const changedAt = (path) => statSync(`${root}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (Math.max(...SOURCES.map(changedAt)) >= changedAt(OUTPUT)) {
  const { error, stderr } = await asc.main([
    ...[ENTRY, '--baseDir', root, '--outFile', OUTPUT, '-O3', '--enable', 'simd', '--runtime', 'stub'],
    // The memory is made outside; nothing is allocated inside, and nothing can fail.
    ...['--importMemory', '--noAssert', '--use', 'abort='],
  ]);
  if (error !== null) {
    console.error(String(stderr));
    process.exitCode = 1;
  }
}
