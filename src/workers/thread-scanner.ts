import { readFileSync } from 'node:fs';
import { MEMORY_BYTES } from './scanner/layout.ts';
import { Scanner, type ScannerModule } from './scanner/scanner.ts';

const PAGE_BYTES = 64 * 1024;

let scanner: Scanner | undefined;
let readBuffer: Buffer | undefined;

/**
 * The scanner of this thread, made on first use. Its memory is reserved at once and taken from the system
 * page by page as it is used.
 */
export function threadScanner(): Scanner {
  scanner ??= createScanner();
  return scanner;
}

/** Where sockets of this thread are read into, one at a time: hot messages are scanned where they lie. */
export function threadReadBuffer(): Buffer {
  const { buffer, byteOffset, length } = threadScanner().readBytes;
  readBuffer ??= Buffer.from(buffer, byteOffset, length);
  return readBuffer;
}

function createScanner(): Scanner {
  const pages = MEMORY_BYTES / PAGE_BYTES;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const program = new WebAssembly.Module(readFileSync(new URL('./scanner/scan.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(program, { env: { memory } });
  return new Scanner({ ...(exports as Omit<ScannerModule, 'memory'>), memory: memory.buffer });
}
