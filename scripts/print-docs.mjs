// Prints docs/records.md and docs/faults.md from the declarations in the code. With --check it only says
// whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from '../dist/test/support/documents.js';

const check = process.argv.includes('--check');
let stale = 0;
for (const [path, text] of documents()) {
  let now = '';
  try {
    now = readFileSync(path, 'utf8');
  } catch {
    // Not there yet.
  }
  if (now === text) continue;
  stale++;
  if (check) console.error(`${path} is not what the code says: run npm run docs`);
  else {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
process.exit(check && stale > 0 ? 1 : 0);
