import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  EXCHANGES,
  type ExchangeName,
  type FeedOption,
  InstrumentListError,
  listInstruments,
  MisuseError,
  openFeeds,
} from '../../src/main/index.ts';
import { type Simulator, startSimulator } from '../../src/main/simulator.ts';
import { runCli } from '../support/run-cli.ts';
import { QUICK_TIMES, Witness } from './support.ts';

let simulator: Simulator;
/** A server on this machine that answers everything with 503, and how often it was asked. */
let asked = 0;
const down = createServer((_, response) => {
  asked++;
  response.writeHead(503).end();
});
let downUrl: string;

before(async () => {
  simulator = await startSimulator({ pairs: 24, levels: 20, rate: 100 });
  await new Promise<void>((resolve) => down.listen(0, '127.0.0.1', resolve));
  downUrl = `http://127.0.0.1:${(down.address() as AddressInfo).port}`;
});

after(async () => {
  down.closeAllConnections();
  down.close();
  await simulator.close();
});

/** What these lists do not say: the names are all there is, or all that is asked for. */
const NAMES_ALONE: readonly ExchangeName[] = ['poloniex-legacy', 'gemini', 'gemini-v1'];

for (const exchange of EXCHANGES)
  test(`${exchange}: every symbol is listed in the one form, with its decimals where the list has them`, async () => {
    const listed = await listInstruments({ exchange, restUrl: `${simulator.restUrl}/` });
    assert.deepEqual(
      listed.map(({ symbol }) => symbol),
      simulator.symbols.toSorted(),
    );
    const btc = listed.find(({ symbol }) => symbol === 'BTC/USD')!;
    const decimals = NAMES_ALONE.includes(exchange) ? [undefined, undefined] : [1, 8];
    assert.deepEqual([btc.priceDecimals, btc.quantityDecimals], decimals);
    const few = await listInstruments({ exchange, restUrl: simulator.restUrl, filter: 'pepe/' });
    assert.ok(few.length > 0 && few.every((each) => each.symbol.startsWith('PEPE/')));
    if (exchange.startsWith('gemini'))
      assert.deepEqual([few[0]!.priceDecimals, few[0]!.status], [10, 'open']);
  });

test('a list that cannot be had is a typed error, and one that nobody waits for ends with its signal', async () => {
  await assert.rejects(
    listInstruments({ exchange: 'kraken', restUrl: downUrl, timeoutMs: 300 }),
    (error) => error instanceof InstrumentListError && error.fault === 'REST_FAILED',
  );
  await assert.rejects(
    listInstruments({ exchange: 'kraken', restUrl: `${simulator.restUrl}/nowhere` }),
    (error) =>
      error instanceof InstrumentListError && /no list of the instruments of kraken/.test(error.message),
  );
  const reason = new Error('enough');
  const stop = new AbortController();
  const listed = listInstruments({ exchange: 'kraken', restUrl: downUrl, signal: stop.signal });
  stop.abort(reason);
  await assert.rejects(listed, reason);
});

for (const [options, message] of [
  [{ exchange: 'krakn' }, /option exchange is "krakn".*did you mean "kraken"/],
  [{ exchange: 'kraken', restUrl: 'http://example.com' }, /option restUrl/],
  [{ exchange: 'kraken', timeoutMs: 0 }, /option timeoutMs is 0/],
  [{ exchange: 'poloniex-legacy' }, /option restUrl is missing/],
] as const)
  test(`listInstruments(${JSON.stringify(options)}) is refused at once`, async () => {
    await assert.rejects(
      listInstruments(options as never),
      (error) => error instanceof MisuseError && message.test(error.message),
    );
  });

/** A feed on the simulator whose venue's list is asked for there too. */
const feed = (exchange: ExchangeName, given: Partial<FeedOption>): FeedOption => ({
  exchange,
  symbols: ['BTC/USD'],
  channels: ['trade'],
  url: simulator.urls[exchange],
  restUrl: simulator.restUrl,
  times: QUICK_TIMES,
  ...given,
});

for (const exchange of EXCHANGES)
  test(`${exchange}: openFeeds refuses a symbol that is not listed, and names those nearest to it`, async () => {
    await assert.rejects(
      openFeeds({ feeds: [feed(exchange, { symbols: ['BTC/USD', 'BTC/UDS'] })] }),
      (error) =>
        error instanceof MisuseError &&
        error.message.startsWith(
          `Condition failed: option feeds.0.symbols.1 "BTC/UDS" is not among the 24 instruments that ${exchange} lists (did you mean "BTC/USD" or `,
        ),
    );
  });

/** Opens feeds and closes them; gives the status records until then, as long as it takes to find this one. */
async function statusesOf(option: FeedOption, until: string): Promise<readonly string[]> {
  await using feeds = await openFeeds({ feeds: [option], log: { level: 'silent' } });
  const witness = new Witness();
  const stop = new AbortController();
  witness.onEvent = () => {
    if (witness.statuses().includes(until)) stop.abort();
  };
  const late = setTimeout(() => stop.abort(), 10_000);
  await feeds.run(witness, { signal: stop.signal });
  clearTimeout(late);
  assert.ok(witness.statuses().includes(until), `${until} in ${witness.statuses().join(', ')}`);
  return witness.statuses();
}

test('while the list cannot be had the feed opens all the same, and says so', async () => {
  const statuses = await statusesOf(feed('kraken', { restUrl: downUrl }), 'fault REST_FAILED');
  assert.ok(!statuses.some((status) => status.startsWith('closed')));
  const flows = await statusesOf(feed('kraken', { restUrl: downUrl }), 'subscribed');
  assert.ok(flows.includes('connected'));
});

test('nothing is asked where it is not wanted, nor of a server of one’s own without a word', async () => {
  const before = asked;
  const unlisted = { symbols: ['BTC/UDS'] };
  const refused = 'refused SUBSCRIBE_REFUSED';
  await statusesOf(feed('kraken', { ...unlisted, restUrl: downUrl, checkSymbols: false }), refused);
  await statusesOf(feed('kraken', { ...unlisted, restUrl: undefined }), refused);
  assert.equal(asked, before);
});

test('a server on this machine is asked for its list where we are told to', async () => {
  await assert.rejects(
    openFeeds({
      feeds: [feed('kraken', { symbols: ['USD/BTC'], restUrl: undefined, checkSymbols: true })],
    }),
    /"USD\/BTC" is not among the 24 instruments that kraken lists \(did you mean "BTC\/USD"/,
  );
});

test('the command line lists instruments as lines with tabs in a pipe, and as JSON', async () => {
  const url = ['--url', simulator.restUrl];
  const plain = await runCli(['instruments', 'kraken-v1', 'btc/', ...url]);
  assert.equal(plain.stderr, '');
  assert.equal(plain.stdout, 'BTC/EUR\tXBT/EUR\t1\t8\tonline\nBTC/USD\tXBT/USD\t1\t8\tonline\n');
  assert.equal(plain.code, 0);
  const json = await runCli(['instruments', 'poloniex-legacy', 'BTC_ETH', '--json', ...url]);
  assert.deepEqual(json.lines, [
    {
      exchange: 'poloniex-legacy',
      symbol: 'ETH/BTC',
      venueSymbol: 'BTC_ETH',
      priceDecimals: null,
      quantityDecimals: null,
      status: null,
    },
  ]);
  assert.match(json.stderr, /names without decimals/);
});

test('the command line says what it could not do, by its exit code too', async () => {
  const url = ['--url', simulator.restUrl];
  const nothing = await runCli(['instruments', 'kraken', 'nosuch', ...url]);
  assert.deepEqual([nothing.code, nothing.stdout], [1, '']);
  assert.match(nothing.stderr, /kraken lists no symbol with "nosuch" in it/);
  const failed = await runCli(['instruments', 'kraken', '--url', downUrl, '--timeout', '0.2']);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^error: no list of the instruments of kraken: /);
  const misused = await runCli(['instruments', 'krakn']);
  assert.equal(misused.code, 2);
  assert.match(misused.stderr, /did you mean "kraken"/);
  const watched = await runCli([
    ...['watch', 'kraken', 'BTC/UDS', '--url', simulator.urls.kraken],
    ...['--rest-url', simulator.restUrl],
  ]);
  assert.equal(watched.code, 2);
  assert.match(watched.stderr, /did you mean "BTC\/USD"/);
});
