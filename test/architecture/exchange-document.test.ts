import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EXCHANGES } from '../../src/shared/venues/venue.ts';

const document = readFileSync('docs/adding-an-exchange.md', 'utf8');

test('the code in docs/adding-an-exchange.md stands in the file that is named above it', () => {
  const shown = [...document.matchAll(/^`([^`]+)`\n```ts\n([\s\S]*?)```/gm)];
  assert.equal(shown.length, [...document.matchAll(/^```ts/gm)].length);
  for (const [, file, code] of shown)
    assert.ok(readFileSync(file!, 'utf8').includes(code!), `${file} has it word for word`);
});

test('what docs/adding-an-exchange.md names is there, for every exchange', () => {
  const named = [...document.matchAll(/`((?:src|test|bench)\/[^`]+\.ts)`/g)].map(([, file]) => file!);
  assert.ok(named.length > 8);
  for (const file of named.filter((file) => !file.includes('<venue>')))
    assert.ok(existsSync(file), `${file} is there`);
  const each = ['venue-case.ts', 'venue-kit.test.ts'];
  for (const exchange of EXCHANGES)
    for (const file of each)
      assert.ok(existsSync(`test/workers/exchanges/${exchange}/${file}`), `${exchange} has a ${file}`);
  for (const exchange of EXCHANGES)
    assert.ok(existsSync(`src/workers/simulator/wire-${exchange}.ts`), `the simulator speaks ${exchange}`);
});
