/** Compiles `src/workers/scanner/wasm`, and shapes with it, to WebAssembly. TypeScript is to be built before. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { compileShapes } from './compile-shapes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'src/workers/scanner/wasm/';

/**
 * The sources by their names.
 *
 * @param programs of the shapes to compile, by their keys.
 */
export function scannerSources(programs) {
  const names = readdirSync(`${root}${FOLDER}`).map((name) => FOLDER + name);
  const files = [...names, 'src/workers/scanner/layout.ts'];
  const sources = new Map(files.map((name) => [name, readFileSync(root + name, 'utf8')]));
  return sources.set(`${FOLDER}shapes.ts`, compileShapes(programs));
}

/** @returns the module, as bytes. @throws Error with what the compiler says. */
export async function compileScanner(sources) {
  let output;
  const options = [
    ...[`${FOLDER}index.ts`, '--outFile', 'scan.wasm', '-O3', '--enable', 'simd', '--runtime', 'stub'],
    // The memory is made outside; nothing is allocated inside, and nothing can fail.
    ...['--importMemory', '--noAssert', '--use', 'abort='],
  ];
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_name, content) => {
      output = content;
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(String(stderr));
  return output;
}
