import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { API_LINK, DEFAULT_TIME_OUT, GET_TICKERS_URL } from '../../src/main/poloniex/legacy-api.ts';
import * as outputs from '../../src/main/poloniex/output-text.ts';

const document = readFileSync('docs/poloniex-subscriber.md', 'utf8');

test('the program in docs/poloniex-subscriber.md is an example, word for word', () => {
  const shown = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  assert.deepEqual(shown, [readFileSync('examples/08-poloniex-subscriber.ts', 'utf8')]);
});

test('the outputs in docs/poloniex-subscriber.md are those of the code', () => {
  const shown = [...document.matchAll(/^\| .* \| `([^`]*\{\}[^`]*)` \|$/gm)].map(([, output]) => output!);
  const printed = Object.entries(outputs).filter(
    ([name]) =>
      /_OUTPUT$/.test(name) && !['TICKER_OUTPUT', 'GET_OUTPUT', 'JSON_DECODE_OUTPUT'].includes(name),
  );
  assert.deepEqual(shown.sort(), printed.map(([, output]) => String(output)).sort());
});

test('the defaults in docs/poloniex-subscriber.md are those of the code', () => {
  const defaults = [...document.matchAll(/^\| `(\w+)` \| `?([^`| ]+)`?(?: \(seconds\))? \|$/gm)].map(
    ([, option, standard]) => [option, standard],
  );
  assert.deepEqual(defaults.slice(0, 3), [
    ['apiLink', API_LINK],
    ['tickersUrl', GET_TICKERS_URL],
    ['timeout', String(DEFAULT_TIME_OUT)],
  ]);
});
