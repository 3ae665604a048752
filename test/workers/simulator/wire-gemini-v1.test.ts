import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { isHeartbeat, NaiveBook, NaiveClient } from './naive-client.ts';
import { shapeOf } from './wire-shape.ts';

/**
 * Messages of one symbol as Gemini's documentation shows them. Source: docs.gemini.com/websocket/archived/v1; of
 * a trade and what it changes in the book only each alone, because the simulated market sends them apart.
 */
const DOCUMENTED = [
  '{"type":"update","eventId":5375461993,"socket_sequence":0,"events":[{"type":"change","reason":"initial","price":"3641.61","delta":"0.83372051","remaining":"0.83372051","side":"bid"},{"type":"change","reason":"initial","price":"3641.62","delta":"4.072","remaining":"4.072","side":"ask"}]}',
  '{"type":"update","eventId":5375503736,"timestamp":1547759964,"timestampms":1547759964051,"socket_sequence":2,"events":[{"type":"change","side":"bid","price":"3628.01","remaining":"0","delta":"-2","reason":"cancel"}]}',
  '{"type":"update","eventId":5375547515,"timestamp":1547760288,"timestampms":1547760288001,"socket_sequence":15,"events":[{"type":"trade","tid":5375547515,"price":"3632.54","amount":"0.1362819142","makerSide":"ask"}]}',
  '{"type":"heartbeat","timestampms":1547742998508,"sequence":31,"trace_id":"b8biknoqppr32kc7gfgg","socket_sequence":37}',
];

/** With the symbol that each event has where there are several. Source: docs.gemini.com/websocket/archived/multi-market-data. */
const DOCUMENTED_OF_SEVERAL = DOCUMENTED.map((text) =>
  text.replaceAll(/("type":"(?:change|trade)"[^}]*)}/g, '$1,"symbol":"BTCUSD"}'),
);

const FLAGS = 'heartbeat=true&bids=true&offers=true&trades=true';

interface Event {
  readonly type: 'change' | 'trade';
  readonly symbol?: string;
  readonly side?: 'bid' | 'ask';
  readonly price: string;
  readonly remaining?: string;
  readonly delta?: string;
  readonly reason?: string;
  readonly tid?: number;
  readonly makerSide?: 'bid' | 'ask';
}

interface Message {
  readonly type: 'update' | 'heartbeat';
  readonly socket_sequence: number;
  readonly timestampms?: number;
  readonly events?: readonly Event[];
}

const parse = (text: string): Message => JSON.parse(text) as Message;

/** Plays with clients of a market that makes messages when it is told to. */
async function play(
  act: (open: (address: string) => Promise<NaiveClient>, exchange: SimulatedExchange) => Promise<void>,
): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, levels: 60 });
  const { urls } = await exchange.start();
  try {
    await act((address) => NaiveClient.open(`${urls['gemini-v1']}/${address}`), exchange);
  } finally {
    await exchange.stop();
  }
}

for (const [title, address, documentation] of [
  ['one symbol', `marketdata/btcusd?${FLAGS}`, DOCUMENTED],
  ['several symbols', `multimarketdata?symbols=BTCUSD,ETHUSD&${FLAGS}`, DOCUMENTED_OF_SEVERAL],
] as const) {
  test(`messages of ${title} have the keys, order and spacing of the documented ones`, async () => {
    await play(async (open, exchange) => {
      const client = await open(address);
      await client.text(() => true, 'the books');
      exchange.step(1000);
      await client.text(isHeartbeat, 'a heartbeat after a quiet second');
      const documented = new Set(documentation.map(shapeOf));
      const seen = new Set<string>();
      for (const text of client.texts) {
        const shape = shapeOf(text);
        assert.ok(documented.has(shape), `${text.slice(0, 300)}\nhas the shape ${shape.slice(0, 300)}`);
        seen.add(shape);
      }
      assert.equal(seen.size, documented.size);
    });
  });

  test(`a connection of ${title} counts its messages, and its books are whole and never cross`, async () => {
    await play(async (open, exchange) => {
      const client = await open(address);
      await client.text(() => true, 'the books');
      exchange.step(500);
      await client.collect(501, () => true, 'the messages made');
      const messages = client.texts.map(parse);
      assert.deepEqual(
        messages.map((message) => message.socket_sequence),
        messages.map((_, n) => n),
      );
      const books = new Map<string, NaiveBook>();
      const held = new Map<string, number>();
      for (const { timestampms, socket_sequence: number, events = [] } of messages) {
        assert.equal(timestampms === undefined, number === 0);
        for (const { type, symbol = '', side, price, remaining, delta, reason } of events) {
          if (type !== 'change') continue;
          assert.equal(reason === 'initial', number === 0);
          const book = books.get(symbol) ?? new NaiveBook(Number.POSITIVE_INFINITY);
          books.set(symbol, book);
          const level = [{ price, qty: remaining! }];
          if (side === 'bid') book.apply(level, []);
          else book.apply([], level);
          // What a change says it does is what it does.
          const key = `${symbol} ${side} ${price}`;
          const difference = Number(remaining) - (held.get(key) ?? 0);
          assert.ok(Math.abs(difference - Number(delta)) < 1e-6, `${key}: ${difference} and ${delta}`);
          held.set(key, Number(remaining));
        }
        for (const book of books.values()) assert.ok(!book.isCrossed);
      }
      assert.equal(books.size, title === 'one symbol' ? 1 : 2);
    });
  });
}

test('only what the address asks for is sent, and a heartbeat only where it asks for that', async () => {
  await play(async (open, exchange) => {
    const trades = await open('marketdata/BTCUSD?trades=true');
    const books = await open('marketdata/BTCUSD?bids=true&offers=true&heartbeat=true');
    const all = await open('marketdata/BTCUSD');
    await all.text(() => true, 'the book');
    exchange.step(300);
    await books.text(isHeartbeat, 'a heartbeat');
    const typesOf = ({ texts }: NaiveClient): string[] => [
      ...new Set(
        texts.map(parse).flatMap(({ type, events }) => events?.map((event) => event.type) ?? [type]),
      ),
    ];
    assert.deepEqual(typesOf(trades), ['trade']);
    assert.deepEqual(parse(trades.texts[0]!).events, [], 'trades begin with nothing');
    assert.deepEqual(typesOf(books).sort(), ['change', 'heartbeat']);
    assert.deepEqual(typesOf(all).sort(), ['change', 'trade']);
  });
});

test('what is skipped has a number, what comes again has the same, and what comes late its own', async () => {
  await play(async (open, exchange) => {
    const client = await open(`marketdata/BTCUSD?${FLAGS}`);
    await client.text(() => true, 'the book');
    for (const name of ['skip-update', 'repeat', 'reorder'] as const) {
      const before = client.texts.length;
      const newest = parse(client.texts.at(-1)!).socket_sequence;
      exchange.fault({ name });
      exchange.step(300);
      await client.collect(before + 200, () => true, name);
      const numbers = client.texts.slice(before).map((text) => parse(text).socket_sequence);
      const breaks = numbers.flatMap((number, n) => {
        const last = numbers[n - 1] ?? newest;
        return number === last + 1 ? [] : [number - last];
      });
      const expected = { 'skip-update': [2], repeat: [0], reorder: [2, -1, 2] }[name];
      assert.deepEqual(breaks, expected, name);
    }
  });
});

test('a symbol that is not listed is an error, and the others are served', async () => {
  await play(async (open) => {
    const client = await open(`multimarketdata?symbols=NOSUCH,BTCUSD&${FLAGS}`);
    const [error, book] = await client.collect(2, () => true, 'an error and a book');
    assert.deepEqual(JSON.parse(error!), {
      result: 'error',
      reason: 'InvalidSymbol',
      message: 'Currency pair not supported NOSUCH: NOSUCH',
    });
    assert.equal(parse(book!).socket_sequence, 0, 'an error is not counted');
  });
});
