import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the program in the README is the first example, word for word', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, shown = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const example = readFileSync('examples/01-trades.ts', 'utf8');
  const squeezed = (code: string): string => code.replace(/^\/\/.*\n/gm, '').replace(/\s+/g, '');
  assert.equal(squeezed(shown), squeezed(example));
});
