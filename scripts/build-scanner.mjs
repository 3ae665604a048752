/** Compiles `src/workers/scanner/wasm` to WebAssembly, unless that has been done since the last change. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'src/workers/scanner/wasm/scan.ts',
  'src/workers/scanner/layout.ts',
  'scripts/build-scanner.mjs',
];
const OUTPUT = 'dist/src/workers/scanner/scan.wasm';

const changedAt = (path) => statSync(`${root}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (Math.max(...SOURCES.map(changedAt)) >= changedAt(OUTPUT)) {
  const { error, stderr } = await asc.main([
    ...[SOURCES[0], '--baseDir', root, '--outFile', OUTPUT, '-O3', '--enable', 'simd', '--runtime', 'stub'],
    // The memory is made outside; nothing is allocated inside, and nothing can fail.
    ...['--importMemory', '--noAssert', '--use', 'abort='],
  ]);
  if (error !== null) {
    console.error(String(stderr));
    process.exitCode = 1;
  }
}
