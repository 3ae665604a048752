import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultName } from '../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentQuestion } from '../../src/shared/venues/instrument-list.ts';
import { askInstruments, DETAILS_MAX } from '../../src/workers/ask-instruments.ts';
import type { RestResponse } from '../../src/workers/rest/rest-fetch.ts';

const ROOT = 'https://venue.test';

type Answer = (path: string, nth: number) => RestResponse | Promise<RestResponse>;

/** Asks a venue that answers so, and gives what came of it and which paths it was asked for. */
async function asked(options: Partial<InstrumentQuestion>, answer: Answer) {
  const paths: string[] = [];
  const told = await askInstruments(
    {
      exchange: 'gemini',
      restUrl: ROOT,
      filter: '',
      details: true,
      timeoutMs: 5_000,
      attemptsMax: 2,
      ...options,
    },
    async (url, timeoutMs) => {
      assert.ok(url.startsWith(ROOT));
      assert.ok(timeoutMs > 0 && timeoutMs <= 5_000);
      paths.push(url.slice(ROOT.length));
      return answer(url.slice(ROOT.length), paths.length - 1);
    },
  );
  const words = told.ok
    ? told.instruments.map(
        ({ symbol, priceDecimals, quantityDecimals }) => `${symbol} ${priceDecimals} ${quantityDecimals}`,
      )
    : `${faultName(told.fault)}: ${told.detail}`;
  return { words, paths };
}

const ok = (text: string): RestResponse => ({ status: 200, text });

const details = (base: string, quote: string): RestResponse =>
  ok(
    `{"base_currency":"${base}","quote_currency":"${quote}","tick_size":1E-8,"quote_increment":0.01,"status":"open"}`,
  );

const GEMINI: Answer = (path) => (path === '/v1/symbols' ? ok('["btcusd","ethbtc"]') : details('BTC', 'USD'));

test('a list of names is followed by the details of those that are wanted', async () => {
  assert.deepEqual(await asked({ filter: 'Btc/u' }, GEMINI), {
    words: ['BTC/USD 2 8'],
    paths: ['/v1/symbols', '/v1/symbols/details/btcusd'],
  });
});

test('details of another instrument than was asked for are not taken', async () => {
  const { words } = await asked({}, GEMINI);
  assert.deepEqual(words, ['BTC/USD 2 8', 'ETH/BTC undefined undefined']);
});

test('details tell how a name is split', async () => {
  const { words } = await asked({}, (path) =>
    path === '/v1/symbols' ? ok('["mogusd"]') : details('MOG', 'USD'),
  );
  assert.deepEqual(words, ['MOG/USD 2 8']);
});

test('no details are asked for where they are not wanted, or of too many', async () => {
  assert.deepEqual((await asked({ details: false }, GEMINI)).paths, ['/v1/symbols']);
  const many = JSON.stringify(Array.from({ length: DETAILS_MAX + 1 }, (_, n) => `a${n}usd`));
  assert.deepEqual((await asked({}, () => ok(many))).paths, ['/v1/symbols']);
});

test('what does not answer is asked again, and then given up', async () => {
  const again = await asked({ details: false }, (_, nth) =>
    nth === 0 ? { status: 503, text: '' } : ok('["btcusd"]'),
  );
  assert.deepEqual(again, {
    words: ['BTC/USD undefined undefined'],
    paths: ['/v1/symbols', '/v1/symbols'],
  });
  const { words } = await asked({}, () => Promise.reject(new Error('the host is away')));
  assert.equal(words, 'REST_FAILED: /v1/symbols: 2 attempts, the last: the host is away');
});

test('what is refused is not asked again', async () => {
  assert.deepEqual(await asked({}, () => ({ status: 404, text: 'nothing here' })), {
    words: 'REST_REFUSED: /v1/symbols: HTTP 404 nothing here',
    paths: ['/v1/symbols'],
  });
});

test('what is no list is no answer', async () => {
  const { words } = await asked({}, () => ok('{"result":"error"}'));
  assert.equal(words, 'MESSAGE_MALFORMED: /v1/symbols: the answer is no list of instruments');
});

test('the time for everything together ends the wait, and keeps what there is', async () => {
  const never = new Promise<never>(() => undefined);
  const { words } = await asked({ timeoutMs: 20 }, () => never);
  assert.equal(words, 'REST_FAILED: /v1/symbols: no answer within 20 ms');
  const half = await asked({ timeoutMs: 1_500 }, (path, nth) => (nth < 2 ? GEMINI(path, nth) : never));
  assert.deepEqual(half.words, ['BTC/USD 2 8', 'ETH/BTC undefined undefined']);
});
