import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../src/shared/contract.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import type { SessionInput } from '../../../src/workers/session/session-actions.ts';
import {
  ack,
  book,
  gone,
  live,
  no,
  OPENED,
  type Play,
  play,
  RESET,
  type Script,
  START,
  stale,
  trade,
  unwant,
  want,
} from '../../support/session-player.ts';

/** What is done about subscriptions on a connection that opens at second 0. */
const on = (subscriptions: readonly Subscription[], script: Script, options?: Play): string[] =>
  play([[0, START], [0, OPENED], ...script], { subscriptions, ...options }).filter(
    (line) => !/connect|done/.test(line),
  );

const BTC = trade('BTC');
const ETH = trade('ETH');
const BOOK = book('BTC');

test('subscriptions that differ in the instrument only share a request', () => {
  assert.deepEqual(on([BTC, book('BTC'), ETH, book('ETH', 25), book('ETH')], []), [
    '0s subscribe trade BTC ETH',
    '0s subscribe book 10 BTC ETH',
    '0s subscribe book 25 ETH',
  ]);
});

/** As many trades as that. */
const many = (count: number): Subscription[] =>
  Array.from({ length: count }, (_, i) => ({ channel: 'trade', instrument: i as InstrumentId }));

test('a request holds no more symbols than the venue takes, and a second no more requests', () => {
  const limits = { symbolsPerRequest: 100, requestsPerSecond: 3 };
  const sent = on(many(1_000), [], { limits, until: 4, times: { ackTimeoutMs: 60_000 } });
  assert.deepEqual(
    sent.map((line) => line.split(' ')[0]),
    ['0s', '0s', '0s', '1s', '1s', '1s', '2s', '2s', '2s', '3s'],
  );
  for (const line of sent) assert.equal(line.split(' ').length, 103);
});

test('requests are paced over every second, not from full second to full second', () => {
  const limits = { requestsPerSecond: 2 };
  const script: Script = [
    [0.6, want(trade('ETH'))],
    [0.8, want(trade('SOL'))],
    [0.9, want(trade('ADA'))],
  ];
  assert.deepEqual(on([BTC], script, { limits, until: 2 }), [
    '0s subscribe trade BTC',
    '0.6s subscribe trade ETH',
    '1s subscribe trade SOL ADA',
  ]);
});

test('a subscription that is not answered is asked for again, then given up, and the others go on', () => {
  assert.deepEqual(on([BTC, ETH], [[1, ack(ETH)]], { until: 100 }), [
    '0s subscribe trade BTC ETH',
    '1s subscribed ETH trade',
    '5s subscribe trade BTC',
    '10s subscribe trade BTC',
    '15s fault SUBSCRIBE_TIMEOUT BTC trade: no answer to 3 requests',
  ]);
});

test('an answer that comes after the subscription was given up is as good as one in time', () => {
  assert.deepEqual(
    on(
      [BTC],
      [
        [17, ack(BTC)],
        [18, ack(BTC)],
      ],
    ).slice(3),
    ['15s fault SUBSCRIBE_TIMEOUT BTC trade: no answer to 3 requests', '17s subscribed BTC trade'],
  );
});

test('the answers to a request that was repeated are heard once', () => {
  const twice = on(
    [BTC],
    [
      [6, ack(BTC)],
      [7, ack(BTC)],
    ],
    { until: 60 },
  );
  const already = on(
    [BTC],
    [
      [6, ack(BTC)],
      [7, no(BTC, 'Currency pair not supported')],
    ],
    { until: 60 },
  );
  const lines = ['0s subscribe trade BTC', '5s subscribe trade BTC', '6s subscribed BTC trade'];
  assert.deepEqual(twice, lines);
  assert.deepEqual(already, lines);
});

test('"already subscribed" is an acceptance whose first telling was lost', () => {
  assert.deepEqual(on([BTC], [[6, no(BTC, 'Already subscribed')]], { until: 60 }), [
    '0s subscribe trade BTC',
    '5s subscribe trade BTC',
    '6s subscribed BTC trade',
  ]);
});

test('a refused subscription is told, given up, and not tried on the next connection; the others go on', () => {
  const script: Script = [
    [1, no(BTC, 'Currency pair not supported')],
    [2, ack(ETH)],
    [3, RESET],
    [4.5, OPENED],
  ];
  assert.deepEqual(on([BTC, ETH], script, { until: 5 }), [
    '0s subscribe trade BTC ETH',
    '1s refused SUBSCRIBE_REFUSED BTC trade: Currency pair not supported',
    '2s subscribed ETH trade',
    '4.5s subscribe trade ETH',
  ]);
});

test('what was not answered on one connection is tried on the next', () => {
  assert.deepEqual(
    on(
      [BTC],
      [
        [16, RESET],
        [17.5, OPENED],
      ],
    ).slice(-1),
    ['17.5s subscribe trade BTC'],
  );
});

test('wanting again what was given up tries it again', () => {
  const script: Script = [
    [1, no(BTC, 'EService:Unavailable')],
    [2, want(BTC)],
    [3, ack(BTC)],
  ];
  assert.deepEqual(on([BTC], script), [
    '0s subscribe trade BTC',
    '1s refused SUBSCRIBE_REFUSED BTC trade: EService:Unavailable',
    '2s subscribe trade BTC',
    '3s subscribed BTC trade',
  ]);
});

test('a refusal that names nothing is told once and slows the requests down', () => {
  const script: Script = [
    [1, no(undefined, 'Exceeded msg rate')],
    [1.1, no(undefined, 'Exceeded msg rate')],
    [1.2, want(ETH)],
  ];
  assert.deepEqual(on([BTC], script, { until: 3 }), [
    '0s subscribe trade BTC',
    '1s fault SUBSCRIBE_REFUSED',
    '2s subscribe trade ETH',
  ]);
});

test('a subscription accepted before may be refused later', () => {
  assert.deepEqual(
    on(
      [BTC],
      [
        [1, ack(BTC)],
        [2, no(BTC, 'delisted')],
      ],
      { until: 60 },
    ).slice(1),
    ['1s subscribed BTC trade', '2s refused SUBSCRIBE_REFUSED BTC trade: delisted'],
  );
});

test('what the exchange says of subscriptions nobody asked for is not heard', () => {
  const said = [ack(ETH), gone(ETH), no(ETH, 'no'), stale(book('ETH')), live(book('ETH'))];
  assert.deepEqual(
    on(
      [],
      said.map((input, i) => [i, input] as const),
      { until: 60 },
    ),
    [],
  );
});

test('a subscription can be added and ended at any time while connected', () => {
  const script: Script = [
    [1, ack(BTC)],
    [2, want(ETH)],
    [3, ack(ETH)],
    [4, unwant(BTC)],
    [5, gone(BTC)],
    [6, want(ETH)],
  ];
  assert.deepEqual(on([BTC], script, { until: 60 }), [
    '0s subscribe trade BTC',
    '1s subscribed BTC trade',
    '2s subscribe trade ETH',
    '3s subscribed ETH trade',
    '4s unsubscribe trade BTC',
    '5s unsubscribed BTC trade',
  ]);
});

test('ending a subscription before it was answered ends it, whatever its answer was', () => {
  const script: Script = [
    [1, unwant(BTC)],
    [2, ack(BTC)],
    [3, gone(BTC)],
  ];
  const lines = ['0s subscribe trade BTC', '1s unsubscribe trade BTC'];
  assert.deepEqual(on([BTC], script, { until: 60 }), [...lines, '3s unsubscribed BTC trade']);
  assert.deepEqual(
    on(
      [BTC],
      [
        [1, unwant(BTC)],
        [2, no(BTC, 'no')],
      ],
      { until: 60 },
    ),
    [...lines, '2s unsubscribed BTC trade'],
  );
});

test('an end that is not answered is asked for again, then taken as given', () => {
  assert.deepEqual(
    on(
      [BTC],
      [
        [1, ack(BTC)],
        [2, unwant(BTC)],
      ],
      { until: 60 },
    ).slice(2),
    [
      '2s unsubscribe trade BTC',
      '7s unsubscribe trade BTC',
      '12s unsubscribe trade BTC',
      '17s unsubscribed BTC trade',
    ],
  );
});

test('a subscription that is wanted again while it ends comes back once it has ended', () => {
  const script: Script = [
    [1, ack(BTC)],
    [2, unwant(BTC)],
    [2.1, want(BTC)],
    [3, gone(BTC)],
    [4, ack(BTC)],
  ];
  assert.deepEqual(on([BTC], script, { until: 60 }).slice(2), [
    '2s unsubscribe trade BTC',
    '3s subscribe trade BTC',
    '4s subscribed BTC trade',
  ]);
});

test('what is wanted and no longer wanted while there is no connection needs no request', () => {
  const script: Script = [
    [1, ack(BTC)],
    [2, RESET],
    [2.1, unwant(BTC)],
    [2.2, want(ETH)],
    [3.5, OPENED],
  ];
  assert.deepEqual(on([BTC], script, { until: 3 }).slice(2), [
    '2.1s unsubscribed BTC trade',
    '3.5s subscribe trade ETH',
  ]);
});

test('what was never asked for needs no request to end', () => {
  const script: Script = [
    [0.1, want(ETH)],
    [0.2, unwant(ETH)],
  ];
  assert.deepEqual(on([BTC], script, { limits: { requestsPerSecond: 1 }, until: 4 }), [
    '0s subscribe trade BTC',
    '0.2s unsubscribed ETH trade',
  ]);
});

test('what was awaited on one connection is not awaited on the next', () => {
  const delisted: Script = [
    [2, RESET],
    [4, OPENED],
    [5, ack(BTC)],
    [6, no(BTC, 'delisted')],
  ];
  assert.deepEqual(on([BTC], delisted).slice(-1), ['6s refused SUBSCRIBE_REFUSED BTC trade: delisted']);
  const wasStale: Script = [
    [1, ack(BOOK)],
    [2, stale(BOOK)],
    [3, RESET],
    [5, OPENED],
    [6, ack(BOOK)],
    [7, live(BOOK)],
  ];
  assert.deepEqual(on([BOOK], wasStale, { until: 60 }).slice(-1), ['6s subscribed BTC book 10']);
});

test('an end that was under way when the connection was lost is done', () => {
  assert.deepEqual(
    on(
      [BTC],
      [
        [1, ack(BTC)],
        [2, unwant(BTC)],
        [2.5, RESET],
        [4, OPENED],
      ],
    ).slice(2),
    ['2s unsubscribe trade BTC', '2.5s unsubscribed BTC trade'],
  );
});

test('a subscription the exchange ends is told and made again, ever more slowly if that goes on', () => {
  const times = { ackTimeoutMs: 600_000 };
  const lines = on(
    [BTC],
    [
      [1, ack(BTC)],
      [2, gone(BTC)],
      [3, ack(BTC)],
      [4, gone(BTC)],
      [9, ack(BTC)],
      [10, gone(BTC)],
    ],
    {
      times,
      until: 60,
    },
  );
  assert.deepEqual(lines.slice(2, 5), [
    '2s unsubscribed BTC trade: the exchange ended it',
    '2s subscribe trade BTC',
    '3s subscribed BTC trade',
  ]);
  const gaps = gapsAfter(lines, /ended it/, /subscribe trade/);
  assert.equal(gaps.length, 3);
  assert.ok(gaps[0] === 0 && gaps[1]! >= 0.5 && gaps[1]! <= 1 && gaps[2]! >= 1 && gaps[2]! <= 2, gaps.join());
});

/** Seconds from each line that matches `from` to the next that matches `to`. */
function gapsAfter(lines: readonly string[], from: RegExp, to: RegExp): number[] {
  const seconds = (line: string): number => Number.parseFloat(line);
  return lines.flatMap((line, i) => {
    const next = lines.slice(i + 1).find((later) => to.test(later));
    return from.test(line) && next !== undefined ? [seconds(next) - seconds(line)] : [];
  });
}

test('a stale book is unsubscribed and, once that is answered, subscribed again; the others go on', () => {
  const script: Script = [
    [1, ack(BOOK)],
    [1, ack(ETH)],
    [2, stale(BOOK)],
    [3, gone(BOOK)],
    [4, ack(BOOK)],
    [4, live(BOOK)],
  ];
  assert.deepEqual(on([BOOK, ETH], script, { until: 60 }), [
    '0s subscribe book 10 BTC',
    '0s subscribe trade ETH',
    '1s subscribed BTC book 10',
    '1s subscribed ETH trade',
    '2s unsubscribe book 10 BTC',
    '3s subscribe book 10 BTC',
  ]);
});

test('a stale book is subscribed again even where the unsubscribing is not answered', () => {
  assert.deepEqual(
    on(
      [BOOK],
      [
        [1, ack(BOOK)],
        [2, stale(BOOK)],
        [8, ack(BOOK)],
        [8, live(BOOK)],
      ],
      { until: 60 },
    ).slice(2),
    ['2s unsubscribe book 10 BTC', '7s subscribe book 10 BTC'],
  );
});

test('a book that is not mended by its resubscription is resubscribed again', () => {
  const script: Script = [
    [1, ack(BOOK)],
    [2, stale(BOOK)],
    [3, gone(BOOK)],
    [4, ack(BOOK)],
  ];
  assert.deepEqual(on([BOOK], script, { until: 10 }).slice(2), [
    '2s unsubscribe book 10 BTC',
    '3s subscribe book 10 BTC',
    '9s unsubscribe book 10 BTC',
  ]);
});

test('a book whose snapshot does not come with the answer is asked for again', () => {
  assert.deepEqual(on([BOOK], [[1, ack(BOOK)]], { until: 10 }), [
    '0s subscribe book 10 BTC',
    '1s subscribed BTC book 10',
    '6s unsubscribe book 10 BTC',
  ]);
});

test('a book whose snapshot is asked for elsewhere is waited for, until it is told to be stale', () => {
  const awaited: SessionInput = { kind: 'book-awaited', subscription: BOOK };
  const script: Script = [
    [1, ack(BOOK)],
    [1, awaited],
    [30, stale(BOOK)],
  ];
  assert.deepEqual(on([BOOK], script, { until: 40 }).slice(2, 3), ['30s unsubscribe book 10 BTC']);
});

test('a book the exchange ends is abandoned, and asked for again until its new snapshot comes', () => {
  const script: Script = [
    [1, ack(BOOK)],
    [1, live(BOOK)],
    [2, gone(BOOK)],
    [3, ack(BOOK)],
  ];
  assert.deepEqual(on([BOOK], script, { until: 10 }).slice(2), [
    '2s abandon book 10 BTC',
    '2s unsubscribed BTC book 10: the exchange ended it',
    '2s subscribe book 10 BTC',
    '3s subscribed BTC book 10',
    '8s unsubscribe book 10 BTC',
  ]);
});

test('a snapshot may come before the answer to its subscription, and may be wrong before it, too', () => {
  const early: Script = [
    [1, live(BOOK)],
    [2, ack(BOOK)],
  ];
  assert.deepEqual(on([BOOK], early, { until: 60 }), [
    '0s subscribe book 10 BTC',
    '2s subscribed BTC book 10',
  ]);
  const wrong: Script = [
    [1, stale(BOOK)],
    [2, ack(BOOK)],
    [3, gone(BOOK)],
    [4, live(BOOK)],
    [5, ack(BOOK)],
  ];
  assert.deepEqual(on([BOOK], wrong, { until: 60 }), [
    '0s subscribe book 10 BTC',
    '1s unsubscribe book 10 BTC',
    '3s subscribe book 10 BTC',
  ]);
});

test('books that go stale together are resubscribed together', () => {
  const books = [book('BTC'), book('ETH'), book('SOL')];
  const all = (second: number, what: (s: Subscription) => Script[number][1]): Script =>
    books.map((subscription) => [second, what(subscription)] as const);
  assert.deepEqual(on(books, [...all(1, ack), ...all(2, stale), ...all(3, gone)], { until: 4 }).slice(4), [
    '2s unsubscribe book 10 BTC ETH SOL',
    '3s subscribe book 10 BTC ETH SOL',
  ]);
});

test('a book that fails again and again is resubscribed ever more rarely, and well again after a good time', () => {
  const times = { ackTimeoutMs: 600_000 };
  const failing: Script = Array.from({ length: 600 }, (_, i) => [
    [i + 0.1, ack(BOOK)] as const,
    [i + 0.2, stale(BOOK)] as const,
    [i + 0.3, gone(BOOK)] as const,
  ]).flat();
  const lines = on([BOOK], failing, { times });
  const gaps = gapsAfter(lines, /unsubscribe book/, /s subscribe book/);
  assert.ok(gaps[0]! < 0.2, 'the first failure is mended at once');
  for (const gap of gaps.slice(7)) assert.ok(gap >= 29.9 && gap <= 60.1, `${gap} s`);
  assert.ok(lines.length < 60, `${lines.length} lines in ten minutes`);
  const good: Script = [
    ...failing,
    [700, ack(BOOK)],
    [700, live(BOOK)],
    [790, stale(BOOK)],
    [791, gone(BOOK)],
    [792, ack(BOOK)],
  ];
  assert.deepEqual(on([BOOK], good, { times, until: 792 }).slice(-2), [
    '790s unsubscribe book 10 BTC',
    '791s subscribe book 10 BTC',
  ]);
});

test('a book that is no longer wanted is not mended', () => {
  const script: Script = [
    [1, ack(BOOK)],
    [2, unwant(BOOK)],
    [2.5, stale(BOOK)],
    [3, gone(BOOK)],
  ];
  assert.deepEqual(on([BOOK], script, { until: 60 }).slice(2), [
    '2s unsubscribe book 10 BTC',
    '3s unsubscribed BTC book 10',
  ]);
  const mending: Script = [
    [1, ack(BOOK)],
    [2, stale(BOOK)],
    [2.5, unwant(BOOK)],
    [3, gone(BOOK)],
  ];
  assert.deepEqual(on([BOOK], mending, { until: 60 }).slice(2), [
    '2s unsubscribe book 10 BTC',
    '3s unsubscribed BTC book 10',
  ]);
});

const PAUSED: SessionInput = { kind: 'paused' };
const RESUMED: SessionInput = { kind: 'resumed' };

for (const { title, subscriptions = [BTC], script, lines } of [
  {
    title: 'an answer that lies in the socket meanwhile is awaited for the rest of its time afterwards',
    script: [
      [2, PAUSED],
      [60, RESUMED],
      [62.9, ack(BTC)],
    ],
    lines: ['0s subscribe trade BTC', '62.9s subscribed BTC trade'],
  },
  {
    title: 'what is asked meanwhile waits from the end of the pause on, all of its time',
    script: [
      [1, ack(BTC)],
      [2, PAUSED],
      [30, want(ETH)],
      [60, RESUMED],
    ],
    lines: [
      '0s subscribe trade BTC',
      '1s subscribed BTC trade',
      '30s subscribe trade ETH',
      '65s subscribe trade ETH',
    ],
  },
  {
    title: 'pauses add up, and the time between them counts',
    script: [
      [1, PAUSED],
      [10, RESUMED],
      [12, PAUSED],
      [20, RESUMED],
    ],
    lines: ['0s subscribe trade BTC', '22s subscribe trade BTC'],
  },
  {
    title: 'a snapshot is awaited no less long than an answer',
    subscriptions: [BOOK],
    script: [
      [1, ack(BOOK)],
      [2, PAUSED],
      [60, RESUMED],
    ],
    lines: ['0s subscribe book 10 BTC', '1s subscribed BTC book 10', '64s unsubscribe book 10 BTC'],
  },
  {
    title: 'a pause ends with its connection',
    script: [
      [2, PAUSED],
      [3, RESET],
      [5, OPENED],
    ],
    lines: ['0s subscribe trade BTC', '5s subscribe trade BTC', '10s subscribe trade BTC'],
  },
] as readonly { title: string; subscriptions?: Subscription[]; script: Script; lines: string[] }[])
  test(`while we do not read no answer is late: ${title}`, () => {
    const until = Math.max(...lines.map((line) => Number.parseFloat(line)));
    assert.deepEqual(on(subscriptions, script, { until }), lines);
  });
