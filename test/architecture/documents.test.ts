import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { documents } from '../support/documents.ts';

for (const [path, text] of documents())
  test(`${path} says what the code says (npm run docs prints it)`, () => {
    assert.equal(readFileSync(path, 'utf8'), text);
  });

/** Blocks of TypeScript in the documents, by where they stand. */
const blocks = readdirSync('docs').flatMap((name) =>
  [...readFileSync(`docs/${name}`, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => ({
    name,
    code: code!,
  })),
);

test('what a document shows of an example is what the tests run', () => {
  let shown = 0;
  for (const name of readdirSync('examples').filter((name) => /^\d\d-.*\.ts$/.test(name))) {
    const example = readFileSync(`examples/${name}`, 'utf8');
    const [comment] = example.split('\n');
    for (const block of blocks.filter(({ code }) => code.startsWith(`${comment}\n`))) {
      assert.equal(block.code, example, block.name);
      shown++;
    }
  }
  assert.ok(shown >= 7, `${shown} examples in documents`);
});
