import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import {
  MisuseError,
  type PoloniexEventName,
  type PoloniexEvents,
  PoloniexSubscriber,
  type PoloniexSubscriberOptions,
  PoloniexTickersError,
} from '../../../src/main/poloniex.ts';
import { scriptedVenue } from '../../support/scripted-venue.ts';

const TICKERS = '{"BTC_BTS":{"id":14,"last":"0.1"},"BTC_ETH":{"id":148,"last":"0.03"}}';
const SUBSCRIBE = [1002, 'BTC_BTS', 'BTC_ETH'].map((channel) =>
  JSON.stringify({ command: 'subscribe', channel }),
);

const snapshot = (sequence: number): string =>
  `[148,${sequence},[["i",{"currencyPair":"BTC_ETH","orderBook":[{"0.03119500":"8.87619723","0.04":"1"},{"0.03118500":"50.78940000"}]}]]]`;
const update = (sequence: number, ...entries: readonly string[]): string =>
  `[148,${sequence},[${entries.join()}]]`;
const BID = '["o",1,"0.03100000","99.33100000"]';
const GONE = '["o",1,"0.03100000","0.00000000"]';
const ASK = '["o",0,"7500","1"]';
const TRADE = '["t","42706057",1,"0.05567134","0.00181421",1522877119]';

interface Stage {
  readonly subscriber: PoloniexSubscriber;
  /** What was printed, without the time. */
  readonly lines: readonly string[];
  readonly requests: readonly string[];
  of<N extends PoloniexEventName>(name: N): readonly PoloniexEvents[N][];
  /** Fails where it does not hold soon. */
  until(what: string, holds: () => boolean): Promise<void>;
}

/** A server of tickers and one of the push API that says what is given to each request, and a subscriber to both. */
async function onStage(
  answer: (socket: WebSocket, request: string, nth: number) => void,
  play: (stage: Stage) => Promise<void>,
  options: PoloniexSubscriberOptions = {},
): Promise<void> {
  const rest = createServer((_request, response) => response.end(TICKERS)).listen(0, '127.0.0.1');
  await once(rest, 'listening');
  const venue = await scriptedVenue(answer);
  const lines: string[] = [];
  const events: { readonly name: PoloniexEventName; readonly event: unknown }[] = [];
  await using subscriber = await PoloniexSubscriber.create({
    apiLink: venue.url,
    tickersUrl: `http://127.0.0.1:${(rest.address() as AddressInfo).port}/public?command=returnTicker`,
    now: () => new Date(2020, 2, 1, 9, 5, 7, 42).getTime(),
    print: (line) => {
      assert.match(line, /^2020-03-01 09:05:07\.042 /);
      lines.push(line.slice('2020-03-01 09:05:07.042 '.length));
    },
    times: { backoffMs: 20, ackTimeoutMs: 1_000 },
    log: { level: 'silent' },
    ...options,
  });
  const names = ['ticker', 'book', 'order', 'trade', 'heartbeat', 'ack', 'nack', 'gap', 'error'] as const;
  for (const name of names) subscriber.on(name, (event) => events.push({ name, event }));
  const stage: Stage = {
    subscriber,
    lines,
    requests: venue.requests,
    of: (name) => events.filter((each) => each.name === name).map(({ event }) => event as never),
    until: async (what, holds) => {
      const late = performance.now() + 10_000;
      while (!holds()) {
        if (performance.now() > late) assert.fail(`not in time: ${what}; ${JSON.stringify(events)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
  try {
    await subscriber.startSubscribe();
    await play(stage);
  } finally {
    await subscriber.close();
    await venue.close();
    rest.close();
    rest.closeAllConnections();
  }
}

/** Says these once the last pair is asked for. */
const says =
  (...messages: readonly string[]) =>
  (socket: WebSocket, request: string): void => {
    if (request === SUBSCRIBE[2]) for (const message of messages) socket.send(message);
  };

test('the tickers are subscribed first and then each pair in the order of the venue, without waiting', async () => {
  await onStage(
    () => undefined,
    async ({ subscriber, requests, until }) => {
      assert.deepEqual(subscriber.getTickers(), ['BTC_BTS', 'BTC_ETH']);
      assert.deepEqual(
        [...(await subscriber.getAllTickers())],
        [
          ['BTC_BTS', 14],
          ['BTC_ETH', 148],
        ],
      );
      await until('all is asked for', () => requests.length >= 3);
      assert.deepEqual(requests.slice(0, 3), SUBSCRIBE);
    },
  );
});

test('books, changes and trades are printed and told, with the digits that were sent', async () => {
  await onStage(says('[1002,1]', snapshot(1), update(2, BID, ASK), update(3, GONE, TRADE)), async (stage) => {
    const { lines, of, until } = stage;
    await until('a trade', () => of('trade').length === 1);
    assert.deepEqual(lines, [
      'BTC_ETH book: asks((price,size)): (0.03119500,8.87619723)',
      'BTC_ETH book: bids((price,size)): (0.03118500,50.78940000)',
      'Add or change BTC_ETH,side=bid,price=0.03100000,size=99.33100000',
      'Add or change BTC_ETH,side=ask,price=7500,size=1',
      'Remove BTC_ETH,side=bid,price=0.03100000',
      'TRADE BTC_ETH=42706057(tradeId),bid(bookSide),0.05567134(price),0.00181421(size),1522877119(timestamp)',
    ]);
    assert.deepEqual(of('ack'), [{ channel: 1002 }, { channel: 'BTC_ETH' }]);
    const level = ['0.03119500', '8.87619723'];
    assert.deepEqual(of('book'), [
      { pair: 'BTC_ETH', asks: [level, ['0.04', '1']], bids: [['0.03118500', '50.78940000']] },
    ]);
    assert.deepEqual(of('order').at(-1), {
      pair: 'BTC_ETH',
      side: 'bid',
      price: '0.03100000',
      size: '0.00000000',
      isRemoved: true,
    });
  });
});

test('messages are told apart by their length: a book may have the sequence numbers of answers', async () => {
  await onStage(says('[148,2]', snapshot(0), update(1, BID), update(2, GONE)), async ({ of, until }) => {
    await until('both changes', () => of('order').length === 2);
    assert.deepEqual([of('nack'), of('error'), of('gap')], [[], [], []]);
  });
});

test('a ticker is told and not printed, and one of an unknown pair is passed over', async () => {
  const ticker = (id: number): string =>
    `[1002,null,[${id},"219.42870877","219.85995997","219.00000016","-0.01830508","1617829.38863451","7334.31837942",0,"224.44803729","214.87902002"]]`;
  await onStage(says('[1002,1]', snapshot(5), ticker(999), ticker(148)), async ({ lines, of, until }) => {
    await until('a ticker', () => of('ticker').length === 1);
    const [{ isFrozen, ...others } = assert.fail()] = of('ticker');
    assert.deepEqual(others, {
      pair: 'BTC_ETH',
      last: '219.42870877',
      lowestAsk: '219.85995997',
      highestBid: '219.00000016',
      percentChange: '-0.01830508',
      baseVolume: '1617829.38863451',
      quoteVolume: '7334.31837942',
      high24hr: '224.44803729',
      low24hr: '214.87902002',
    });
    assert.ok(lines.every((line) => !line.startsWith('TICKER')));
    assert.deepEqual(of('error'), []);
  });
});

test('a skipped sequence number is a gap and then a new book, and everything goes on', async () => {
  let snapshots = 0;
  await onStage(
    (socket, request) => {
      if (request !== SUBSCRIBE[2]) return;
      socket.send(snapshot(snapshots++ === 0 ? 10 : 20));
      socket.send(snapshots === 1 ? update(12, BID) : update(21, BID));
      socket.send('[1010]');
    },
    async ({ lines, requests, of, until }) => {
      await until('a change of the new book', () => of('order').length === 1);
      assert.deepEqual(of('gap'), [
        {
          pair: 'BTC_ETH',
          fault: 'SEQUENCE_GAP',
          expected: 11,
          got: 12,
          droppedTrades: 0,
          text: 'Problem with seq number prev_seq=10,message=[148,12]',
        },
      ]);
      assert.ok(lines.includes('Problem with seq number prev_seq=10,message=[148,12]'));
      assert.equal(of('book').length, 2);
      const unsubscribed = requests.indexOf('{"command":"unsubscribe","channel":"BTC_ETH"}');
      assert.equal(requests[unsubscribed + 1], SUBSCRIBE[2]);
    },
  );
});

test('a snapshot that comes after a hole tells of the hole first', async () => {
  await onStage(says(snapshot(3), snapshot(9), update(10, BID)), async ({ of, until }) => {
    await until('a change', () => of('order').length === 1);
    assert.deepEqual(
      of('gap').map(({ pair, expected, got }) => [pair, expected, got]),
      [['BTC_ETH', 4, 9]],
    );
    assert.equal(of('book').length, 2);
  });
});

for (const [what, message, fault, text] of [
  [
    'an error of the venue',
    '{"error":"Permission denied."}',
    'SUBSCRIBE_REFUSED',
    'error arrived message={"error":"Permission denied."}',
  ],
  ['a short message', '[148]', 'MESSAGE_UNKNOWN', 'Short message arrived message=[148]'],
  ['an empty message', '[]', 'MESSAGE_MALFORMED', 'Short message arrived message=[]'],
  ['what is no JSON', 'busy', 'MESSAGE_MALFORMED', 'MESSAGE_MALFORMED: not JSON: busy'],
  [
    'a pair that nobody knows',
    '[999,7,[]]',
    'MESSAGE_MALFORMED',
    'MESSAGE_MALFORMED: a pair that was not asked for: [999,7,[]]',
  ],
] as const)
  test(`${what} is an error that is printed and told, and the market goes on`, async () => {
    await onStage(says(message, snapshot(3), update(4, BID)), async ({ lines, of, until }) => {
      await until('a change', () => of('order').length === 1);
      assert.deepEqual(of('error'), [{ fault, text }]);
      assert.ok(lines.includes(text));
    });
  });

test('a subscription that failed is told, and the others go on', async () => {
  await onStage(
    (socket, request, nth) => {
      says(snapshot(3), update(4, BID))(socket, request);
      if (nth === 1) socket.send('[14,0]');
    },
    async ({ lines, of, until }) => {
      await until('a refusal', () => of('nack').length === 1);
      await until('a change', () => of('order').length === 1);
      assert.deepEqual(of('nack'), [{ channel: 'BTC_BTS', text: 'subscription failed message=[14,0]' }]);
      assert.ok(lines.includes('subscription failed message=[14,0]'));
    },
  );
});

test('an error that can be of one subscription alone says that it failed', async () => {
  const error = '{"error":"Invalid channel."}';
  await onStage(says('[1002,1]', snapshot(3), error), async ({ of, until }) => {
    await until('a refusal', () => of('nack').length === 1);
    const text = 'error arrived message={"error":"Invalid channel."}';
    assert.deepEqual(of('nack'), [{ channel: 'BTC_BTS', text }]);
    assert.deepEqual(of('error'), [{ fault: 'SUBSCRIBE_REFUSED', text }]);
  });
});

test('a subscription that is never answered is given up, and told once for all tickers', async () => {
  const text = 'SUBSCRIBE_TIMEOUT: no answer to 1 requests';
  await onStage(
    (socket, request) => {
      says(snapshot(3))(socket, request);
      if (request === SUBSCRIBE[1]) socket.send('[1010]');
    },
    async ({ of, until }) => {
      await until('both', () => of('nack').length === 2);
      assert.deepEqual(of('nack'), [
        { channel: 1002, text },
        { channel: 'BTC_BTS', text },
      ]);
    },
    { times: { ackTimeoutMs: 300, ackAttempts: 1 } },
  );
});

test('a lost connection is an error and a gap, and another is made', async () => {
  let connections = 0;
  await onStage(
    (socket, request) => {
      if (request !== SUBSCRIBE[2]) return;
      socket.send(snapshot(3));
      if (connections++ === 0) setImmediate(() => socket.close(1001, 'restart'));
    },
    async ({ of, until }) => {
      await until('two books', () => of('book').length === 2);
      const [{ fault, text } = assert.fail()] = of('error');
      assert.equal(fault, 'SERVER_CLOSED');
      assert.match(text, /^disconnected: SERVER_CLOSED: .*restart/);
      assert.deepEqual(
        of('gap').map((gap) => [gap.pair, gap.fault]),
        [['', 'SERVER_CLOSED']],
      );
    },
  );
});

test('a heartbeat is told where the connection says nothing else', async () => {
  await onStage(says(snapshot(3), '[1010]'), async ({ subscriber, of, until }) => {
    assert.equal(subscriber.heardAt, undefined);
    await until('a book', () => of('book').length === 1);
    await until('it was heard', () => subscriber.heardAt !== undefined);
  });
  await onStage(says('[1010]'), async ({ of, until }) => {
    await until('a heartbeat', () => of('heartbeat').length === 1);
    assert.deepEqual(of('heartbeat'), [{ at: new Date(2020, 2, 1, 9, 5, 7, 42).getTime() }]);
  });
});

test('wait lasts until it is closed, and close may be called at any time and often', async () => {
  await onStage(says(snapshot(3)), async ({ subscriber, of, until }) => {
    const waited = subscriber.wait();
    await until('a book', () => of('book').length === 1);
    await Promise.all([subscriber.close(), subscriber.close()]);
    await waited;
    assert.throws(() => void subscriber.startSubscribe(), MisuseError);
  });
});

test('what a listener throws ends the subscriber and is what wait throws', async () => {
  await onStage(says(snapshot(3)), async ({ subscriber }) => {
    subscriber.on('book', () => {
      throw new RangeError('of the listener');
    });
    await assert.rejects(subscriber.wait(), RangeError);
  });
});

test('where the connection is given up wait throws', async () => {
  await onStage(
    (socket) => socket.close(1001),
    async ({ subscriber, of }) => {
      await assert.rejects(subscriber.wait(), /^Error: the subscriber has ended: RETRIES_EXHAUSTED/);
      assert.equal(of('error').at(-1)!.fault, 'RETRIES_EXHAUSTED');
    },
    { times: { attemptsMax: 0 } },
  );
});

test('without tickers there is no subscriber, and what the original prints is printed', async () => {
  const lines: string[] = [];
  await assert.rejects(
    PoloniexSubscriber.create({
      tickersUrl: 'http://127.0.0.1:9/public?command=returnTicker',
      print: (line) => lines.push(line),
    }),
    PoloniexTickersError,
  );
  assert.match(lines.join(), /^\[!]\[_get] \{"url":"http:\/\/127\.0\.0\.1:9\/public\?\*\*\*"/);
});

for (const [option, message] of [
  [{ apiLink: 'http://127.0.0.1/' }, /^Condition failed: option apiLink is "http:/],
  [{ tickersUrl: 'http://poloniex.com/' }, /^Condition failed: option tickersUrl is "http:/],
  [{ timeout: 0 }, /^Condition failed: option timeout is 0, allowed: seconds above 0/],
] as const)
  test(`${JSON.stringify(option)} is misuse`, async () => {
    await assert.rejects(PoloniexSubscriber.create(option), (error) => {
      assert.ok(error instanceof MisuseError);
      assert.match(error.message, message);
      return true;
    });
  });
