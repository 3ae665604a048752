/**
 * Compiles the scanner with the shapes of all exchanges, unless that has been done since the last change. To be run
 * once TypeScript is built.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CODECS } from '../dist/src/workers/exchanges/exchange-catalogue.js';
import { MEMORY_BYTES } from '../dist/src/workers/scanner/layout.js';
import { Scanner } from '../dist/src/workers/scanner/scanner.js';
import { programOf, shapeKey } from '../dist/src/workers/scanner/shape.js';
import { compileScanner, scannerSources } from './scanner-compiler.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const OUTPUT = `${dist}src/workers/scanner/scan.wasm`;
/** What the output was made of. */
const MADE_OF = `${dist}scanner-sources.txt`;

/** Takes note of the shapes that codecs ask for. There is nothing to scan with yet. */
class ShapeCollector extends Scanner {
  programs = new Map();

  constructor() {
    super({ memory: new ArrayBuffer(MEMORY_BYTES), compiled: new Map(), hashOf: () => 0 });
  }

  shape(shape) {
    const program = programOf(shape);
    this.programs.set(shapeKey(program), program);
    return 0;
  }
}

function shapesOfExchanges() {
  const scanner = new ShapeCollector();
  const nothing = () => undefined;
  for (const { createCodec } of Object.values(CODECS))
    createCodec({ sink: {}, notices: {}, events: {}, books: {}, scanner, rest: nothing, text: nothing });
  return scanner.programs;
}

const sources = scannerSources(shapesOfExchanges());
const compiler = readFileSync(new URL('scanner-compiler.mjs', import.meta.url), 'utf8');
const madeOf = [compiler, ...sources.values()].join('\n');
if (!existsSync(OUTPUT) || !existsSync(MADE_OF) || readFileSync(MADE_OF, 'utf8') !== madeOf) {
  writeFileSync(OUTPUT, await compileScanner(sources));
  writeFileSync(MADE_OF, madeOf);
}
