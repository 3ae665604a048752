import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { documents } from '../support/documents.ts';

for (const [path, text] of documents())
  test(`${path} says what the code says (npm run docs prints it)`, () => {
    assert.equal(readFileSync(path, 'utf8'), text);
  });

/** Blocks of TypeScript in the documents, by where they stand. */
const blocks = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => ({
    path,
    code: code!,
  })),
);

for (const name of readdirSync('examples').filter((name) => /^\d\d-.*\.ts$/.test(name)))
  test(`what a document shows of examples/${name} is what the tests run`, () => {
    const example = readFileSync(`examples/${name}`, 'utf8');
    const [comment, ...code] = example.split('\n');
    const shown = blocks.filter((block) => block.code.startsWith(`${comment}\n`));
    for (const block of shown) assert.equal(block.code, example, block.path);
    // The first one is shown without what it says of itself.
    if (name.startsWith('01-'))
      assert.ok(
        blocks.some((block) => block.code === code.join('\n')),
        'README.md shows the first example',
      );
  });
