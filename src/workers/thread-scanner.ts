import { readFileSync } from 'node:fs';
import { MEMORY_BYTES } from './scanner/layout.ts';
import { Scanner, type ScannerModule } from './scanner/scanner.ts';

type Functions = Omit<ScannerModule, 'memory' | 'compiled'>;

/** Shapes that were compiled are exported under their keys. */
const SHAPE = 'shape_';
const PAGE_BYTES = 64 * 1024;

let scanner: Scanner | undefined;
let readBuffer: Buffer | undefined;

/**
 * The scanner of this thread, made on first use. Its memory is reserved at once and taken from the system
 * page by page as it is used.
 */
export function threadScanner(): Scanner {
  scanner ??= createScanner(readFileSync(new URL('./scanner/scan.wasm', import.meta.url)));
  return scanner;
}

/** Where sockets of this thread are read into, one at a time: hot messages are scanned where they lie. */
export function threadReadBuffer(): Buffer {
  const { buffer, byteOffset, length } = threadScanner().readBytes;
  readBuffer ??= Buffer.from(buffer, byteOffset, length);
  return readBuffer;
}

/** @param program the WebAssembly module. */
export function createScanner(program: Uint8Array<ArrayBuffer>): Scanner {
  const pages = MEMORY_BYTES / PAGE_BYTES;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program), { env: { memory } });
  const compiled = new Map<string, number>();
  for (const [name, { value }] of Object.entries(exports as Record<string, { readonly value?: number }>))
    if (name.startsWith(SHAPE)) compiled.set(name.slice(SHAPE.length), value!);
  return new Scanner({ ...(exports as unknown as Functions), memory: memory.buffer, compiled });
}
