import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NUMBER_NAMES, numberRule } from '../../src/main/manager/manager-settings.ts';

const document = readFileSync('docs/manager.md', 'utf8');

test('the programs in docs/manager.md are examples, word for word', () => {
  const shown = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const examples = ['06-candle-window', 'candle-time', '07-candle-close'];
  assert.deepEqual(
    shown,
    examples.map((name) => readFileSync(`examples/${name}.ts`, 'utf8')),
  );
});

test('the options in docs/manager.md have the defaults and bounds of the code', () => {
  const rows = [...document.matchAll(/^\| `(\w+)` \| ([\w.]+) \| ([^|]+) \| (?:`([\w.]+)` )?\|$/gm)].map(
    ([, name, standard, allowed, nested]) => [name, standard, allowed, nested],
  );
  const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  assert.deepEqual(
    rows,
    NUMBER_NAMES.map((name) => {
      const { standard, least, most, nested } = numberRule(name);
      return [
        name,
        standard === Number.POSITIVE_INFINITY ? 'none' : String(standard),
        most === undefined ? `${least} or more` : `${least}–${most}`,
        nested === undefined ? undefined : nested.map(snake).join('.'),
      ];
    }),
  );
});
