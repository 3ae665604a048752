import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildRequests,
  DEFAULT_HEADERS,
  DEFAULT_TIME_OUT,
  type Fetch,
  GET_TICKERS_URL,
  getAllTickers,
  PoloniexTickersError,
} from '../../../src/main/poloniex.ts';

const answers =
  (body: string | ReadableStream, status = 200): Fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));

test('all tickers are asked for as the original does', async () => {
  const asked: { url: string; init: RequestInit }[] = [];
  const tickers = await getAllTickers((url, init) => {
    asked.push({ url, init });
    return answers('{"BTC_BTS":{"id":14,"last":"0.1"},"BTC_ETH":{"id":148},"BTC_STR":{"id":89}}')(url, init);
  });
  assert.deepEqual(
    [...tickers],
    [
      ['BTC_BTS', 14],
      ['BTC_ETH', 148],
      ['BTC_STR', 89],
    ],
  );
  const [{ url, init } = assert.fail()] = asked;
  assert.equal(url, 'https://poloniex.com/public?command=returnTicker');
  assert.deepEqual(init.headers, {
    'User-Agent': 'Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:47.0) Gecko/20100101 Firefox/47.0',
    'Content-Type': 'application/x-www-form-urlencoded',
  });
});

test('headers of one question are not sent with the next', () => {
  assert.deepEqual(buildRequests('https://a/', { 'X-Key': '1' }).headers, {
    ...DEFAULT_HEADERS,
    'X-Key': '1',
  });
  assert.deepEqual(buildRequests('https://a/'), {
    url: 'https://a/',
    headers: DEFAULT_HEADERS,
    timeout: DEFAULT_TIME_OUT,
  });
});

const GET_FAILED = `[!][_get] ${JSON.stringify({ url: 'https://poloniex.com/public?***', headers: DEFAULT_HEADERS, timeout: 4 })}`;
const long = (): ReadableStream =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) });

for (const [what, fetchImpl, message, output] of [
  [
    'no connection',
    () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })),
    'connect ECONNREFUSED',
    GET_FAILED,
  ],
  ['HTTP 503', answers('{}', 503), 'HTTP 503', GET_FAILED],
  ['an endless answer', answers(long()), 'an answer of more than 4194304 bytes', GET_FAILED],
  ['a page', answers('<html>'), 'the answer is no JSON object: <html>', '[!][json_decode] <html>'],
  ['a list', answers('[1]'), 'the answer is no JSON object: [1]', '[!][json_decode] [1]'],
  ['no pair', answers('{}'), 'the answer has no pair: {}', '[!][json_decode] {}'],
  [
    'an error',
    answers('{"error":"x"}'),
    '"error" is no pair: {"error":"x"}',
    '[!][json_decode] {"error":"x"}',
  ],
  ['a name in other letters', answers('{"btc_eth":{"id":1}}'), '"btc_eth" is no pair: {"btc_eth":{"id":1}}'],
  [
    'a name of a prototype',
    answers('{"__proto__":{"id":1}}'),
    '"__proto__" is no pair: {"__proto__":{"id":1}}',
  ],
  ['no id', answers('{"BTC_ETH":{"id":"1"}}'), 'BTC_ETH has no id: {"BTC_ETH":{"id":"1"}}'],
  [
    'the same id twice',
    answers('{"BTC_ETH":{"id":1},"BTC_BTS":{"id":1}}'),
    'BTC_BTS has the id of another pair, 1: {"BTC_ETH":{"id":1},"BTC_BTS":{"id":1}}',
  ],
] as const satisfies readonly (readonly [string, Fetch, string, string?])[])
  test(`${what} instead of tickers is an error with a type`, async () => {
    await assert.rejects(getAllTickers(fetchImpl), (error) => {
      assert.ok(error instanceof PoloniexTickersError);
      assert.equal(error.message, `no tickers from https://poloniex.com/public?***: ${message}`);
      if (output !== undefined) assert.equal(error.output, output);
      return true;
    });
  });

test('an answer that does not come is not waited for', async () => {
  const never: Fetch = (_url, { signal }) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  // What the timer of a signal does, and the process goes on for it, is Node's.
  const keeps = setInterval(() => undefined, 1_000);
  await assert.rejects(
    getAllTickers(never, buildRequests(GET_TICKERS_URL, {}, 0.01)),
    /no answer within 0.01 s$/,
  );
  clearInterval(keeps);
});
