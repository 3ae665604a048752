import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the programs in the README are examples, word for word', () => {
  const readme = readFileSync('README.md', 'utf8');
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const examples = ['01-trades', '06-candle-window', '10-kraken-threaded'];
  const squeezed = (code: string): string => code.replace(/^\/\/.*\n/gm, '').replace(/\s+/g, '');
  assert.deepEqual(
    shown.map(squeezed),
    examples.map((name) => squeezed(readFileSync(`examples/${name}.ts`, 'utf8'))),
  );
});
