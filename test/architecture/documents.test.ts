import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { documents } from '../support/documents.ts';

for (const [path, text] of documents())
  test(`${path} says what the code says (npm run docs prints it)`, () => {
    assert.equal(readFileSync(path, 'utf8'), text);
  });
