import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import type { DisconnectReason } from '../../../src/shared/session/disconnect-reason.ts';
import { durationS, type MonotonicNs } from '../../../src/shared/units.ts';
import { Session } from '../../../src/workers/session/session.ts';
import type { SessionInput } from '../../../src/workers/session/session-actions.ts';
import {
  ack,
  book,
  end,
  HEARD,
  LIMITS,
  live,
  no,
  OPENED,
  type Play,
  play,
  RESET,
  type Script,
  START,
  stale,
  TIMES,
  trade,
  unwant,
  want,
} from '../../support/session-player.ts';

const BTC = { subscriptions: [trade('BTC')] } as const;
const CLOSE: SessionInput = { kind: 'close' };
const TICK: SessionInput = { kind: 'tick' };

const disconnect = (reason: DisconnectReason, reconnectAfterMs?: number): SessionInput =>
  reconnectAfterMs === undefined
    ? { kind: 'disconnect', reason }
    : { kind: 'disconnect', reason, reconnectAfterMs };

/** The script up to an open connection at second 1, and what it does, which most scripts begin with. */
const OPEN: Script = [
  [0, START],
  [1, OPENED],
];
const OPEN_LINES = ['0s connecting', '0s connect', '1s connected'];

/** What a script does after its connection was open. */
const afterOpen = (script: Script, options?: Play): string[] => {
  const lines = play([...OPEN, ...script], options);
  assert.deepEqual(lines.slice(0, OPEN_LINES.length), OPEN_LINES);
  return lines.slice(OPEN_LINES.length);
};

test('a feed connects, subscribes what is wanted, and is told when the exchange accepts', () => {
  assert.deepEqual(play([...OPEN, [2, ack(trade('BTC'))]], BTC), [
    '0s connecting',
    '0s connect',
    '1s connected',
    '1s subscribe trade BTC',
    '2s subscribed BTC trade',
  ]);
});

test('nothing happens before the start, and a second start changes nothing', () => {
  assert.deepEqual(play([[1, TICK]], { until: 100 }), []);
  assert.deepEqual(play([...OPEN, [2, START]]), OPEN_LINES);
});

test('a lost connection is told as disconnected, then as reconnecting with the delay, and made again', () => {
  assert.deepEqual(afterOpen([[40, end('SERVER_CLOSED', { code: 1001 })]], { quickMs: null, until: 41 }), [
    '40s disconnected SERVER_CLOSED 1001',
    '40s reconnecting 1000',
    '41s connecting',
    '41s connect',
  ]);
});

test('everything wanted is subscribed again after a reconnect', () => {
  assert.deepEqual(
    afterOpen(
      [
        [2, ack(trade('BTC'))],
        [40, RESET],
        [41, OPENED],
        [42, ack(trade('BTC'))],
      ],
      BTC,
    ).slice(-3),
    ['41s connected', '41s subscribe trade BTC', '42s subscribed BTC trade'],
  );
});

test('a connection that is not open in time is cut and tried again', () => {
  assert.deepEqual(
    play(
      [
        [0, START],
        [10.5, end('CONNECT_TIMEOUT', { ours: true })],
      ],
      { until: 11.5 },
    ),
    [
      '0s connecting',
      '0s connect',
      '10s terminate CONNECT_TIMEOUT',
      '10.5s disconnected CONNECT_TIMEOUT 1006',
      '10.5s reconnecting 1000',
      '11.5s connecting',
      '11.5s connect',
    ],
  );
});

test('an opening that is told after the attempt was cut is not taken for a connection', () => {
  assert.deepEqual(
    play([
      [0, START],
      [10.2, OPENED],
      [10.5, end('CONNECT_TIMEOUT')],
    ]).slice(2),
    ['10s terminate CONNECT_TIMEOUT', '10.5s disconnected CONNECT_TIMEOUT 1006', '10.5s reconnecting 1000'],
  );
});

test('a connection whose end is not told after it was cut does not hold up the feed', () => {
  assert.deepEqual(play([[0, START]], { until: 13 }).slice(2), [
    '10s terminate CONNECT_TIMEOUT',
    '12s disconnected CONNECT_TIMEOUT 1006',
    '12s reconnecting 1000',
    '13s connecting',
    '13s connect',
  ]);
});

test('a feed that is silent for too long is cut, and what it is cut for is what is told', () => {
  const times = { silentAfterMs: 5_000 };
  const script: Script = [
    [2, HEARD],
    [7.5, end('CONNECTION_RESET', { ours: true })],
  ];
  assert.deepEqual(afterOpen(script, { ...BTC, times }), [
    '1s subscribe trade BTC',
    '6s subscribe trade BTC',
    '7s terminate FEED_SILENT',
    '7.5s disconnected FEED_SILENT 1006',
    '7.5s reconnecting 1000',
  ]);
});

test('what a connection was cut for is not told of the next one', () => {
  const script: Script = [
    [0, START],
    [10.5, end('CONNECT_TIMEOUT')],
    [12, OPENED],
    [13, RESET],
  ];
  assert.deepEqual(
    play(script).filter((line) => line.includes('disconnected')),
    ['10.5s disconnected CONNECT_TIMEOUT 1006', '13s disconnected CONNECTION_RESET 1006'],
  );
});

test('silence means nothing while nothing is subscribed, and is measured anew once something is', () => {
  const times = { silentAfterMs: 5_000, ackTimeoutMs: 60_000 };
  assert.deepEqual(afterOpen([[29, want(trade('BTC'))]], { times, until: 34 }), [
    '29s subscribe trade BTC',
    '34s terminate FEED_SILENT',
  ]);
  assert.deepEqual(
    afterOpen(
      [
        [2, ack(trade('BTC'))],
        [3, unwant(trade('BTC'))],
        [4, { kind: 'unsubscribed', subscription: trade('BTC') }],
      ],
      { ...BTC, times, until: 60 },
    ),
    [
      '1s subscribe trade BTC',
      '2s subscribed BTC trade',
      '3s unsubscribe trade BTC',
      '4s unsubscribed BTC trade',
    ],
  );
});

const PINGS = { times: { pingIntervalMs: 10_000, pongTimeoutMs: 3_000 } };

test('pings go out at their interval while they are answered', () => {
  assert.deepEqual(
    afterOpen(
      [
        [12, { kind: 'pong' }],
        [22, { kind: 'pong' }],
      ],
      { ...PINGS, until: 31 },
    ),
    ['11s ping', '21s ping', '31s ping'],
  );
});

test('a ping that nothing follows cuts the connection', () => {
  assert.deepEqual(afterOpen([[10.9, HEARD]], { ...PINGS, until: 14 }), [
    '11s ping',
    '14s terminate PING_TIMEOUT',
  ]);
});

test('a connection that delivers is not cut for a missing pong', () => {
  assert.deepEqual(afterOpen([[12, HEARD]], { ...PINGS, until: 24 }), [
    '11s ping',
    '21s ping',
    '24s terminate PING_TIMEOUT',
  ]);
});

test('while we do not read, neither silence nor a missing pong is held against the connection', () => {
  const times = { ...PINGS.times, silentAfterMs: 5_000, ackTimeoutMs: 600_000 };
  const script: Script = [
    [3, { kind: 'paused' }],
    [100, { kind: 'resumed' }],
  ];
  assert.deepEqual(afterOpen(script, { ...BTC, times, until: 103 }), [
    '1s subscribe trade BTC',
    '11s ping',
    '103s terminate PING_TIMEOUT',
  ]);
});

test('after this thread stood still, what arrived meanwhile is read before anything is judged', () => {
  const times = { silentAfterMs: 5_000, ackTimeoutMs: 600_000 };
  const stalled: Script = [
    [2, HEARD],
    [60, TICK],
    [60.1, HEARD],
    [60.2, TICK],
    [65, TICK],
  ];
  assert.deepEqual(afterOpen(stalled, { ...BTC, times, noTicks: true }), ['1s subscribe trade BTC']);
  const dead: Script = [
    [2, HEARD],
    [60, TICK],
    [120, TICK],
  ];
  assert.deepEqual(afterOpen(dead, { ...BTC, times, noTicks: true }), [
    '1s subscribe trade BTC',
    '120s terminate FEED_SILENT',
  ]);
});

test('a tick that comes too early or twice does nothing', () => {
  const times = { silentAfterMs: 5_000, ackTimeoutMs: 600_000 };
  const script: Script = [
    [2, TICK],
    [2, TICK],
    [5.9, TICK],
    [6, TICK],
    [6, TICK],
  ];
  assert.deepEqual(afterOpen(script, { ...BTC, times, noTicks: true }), [
    '1s subscribe trade BTC',
    '6s terminate FEED_SILENT',
  ]);
});

test('a feed is closed by a closing handshake', () => {
  assert.deepEqual(
    afterOpen([
      [5, CLOSE],
      [5.2, end('NONE', { code: 1000, ours: true })],
    ]),
    ['5s close 1000', '5.2s disconnected 1000', '5.2s closed', '5.2s done'],
  );
});

test('a server that ignores our close is cut, and the feed is over within twice the close timeout', () => {
  assert.deepEqual(afterOpen([[5, CLOSE]], { until: 100 }), [
    '5s close 1000',
    '7s terminate NONE',
    '9s disconnected 1006',
    '9s closed',
    '9s done',
  ]);
});

test('closing twice is closing once; by force it does not wait for the handshake', () => {
  assert.deepEqual(
    afterOpen([
      [5, CLOSE],
      [5.1, CLOSE],
      [5.2, end('NONE', { code: 1000 })],
      [6, CLOSE],
    ]),
    ['5s close 1000', '5.2s disconnected 1000', '5.2s closed', '5.2s done'],
  );
  assert.deepEqual(
    afterOpen([
      [5, CLOSE],
      [5.1, { kind: 'close', force: true }],
      [5.1, end('NONE')],
    ]),
    ['5s close 1000', '5.1s terminate NONE', '5.1s disconnected 1006', '5.1s closed', '5.1s done'],
  );
});

const CLOSES: readonly { title: string; script: Script; lines: readonly string[] }[] = [
  { title: 'before the start', script: [[0, CLOSE]], lines: ['0s closed', '0s done'] },
  {
    title: 'during an attempt',
    script: [
      [0, START],
      [1, CLOSE],
      [1.1, OPENED],
      [1.2, end('CONNECT_FAILED', { ours: true })],
    ],
    lines: [
      '0s connecting',
      '0s connect',
      '1s terminate NONE',
      '1.2s disconnected 1006',
      '1.2s closed',
      '1.2s done',
    ],
  },
  {
    title: 'while waiting to reconnect',
    script: [
      [0, START],
      [1, end('CONNECT_FAILED')],
      [1.5, CLOSE],
      [9, TICK],
    ],
    lines: [
      '0s connecting',
      '0s connect',
      '1s disconnected CONNECT_FAILED 1006',
      '1s reconnecting 1000',
      '1.5s closed',
      '1.5s done',
    ],
  },
  {
    title: 'while a silent connection is being cut',
    script: [
      [0, START],
      [10.1, CLOSE],
      [10.2, end('CONNECT_TIMEOUT')],
    ],
    lines: [
      '0s connecting',
      '0s connect',
      '10s terminate CONNECT_TIMEOUT',
      '10.2s disconnected 1006',
      '10.2s closed',
      '10.2s done',
    ],
  },
];
for (const { title, script, lines } of CLOSES)
  test(`a feed can be closed ${title}, and stays closed`, () => {
    assert.deepEqual(play(script, { until: 1_000 }), lines);
    assert.deepEqual(
      play([...script, [20, START], [21, want(trade('BTC'))], [22, unwant(trade('BTC'))]], { until: 1_000 }),
      lines,
    );
  });

test('a connection that breaks while it is being closed ends the feed all the same', () => {
  assert.deepEqual(
    afterOpen([
      [5, CLOSE],
      [5.1, RESET],
    ]),
    ['5s close 1000', '5.1s disconnected 1006', '5.1s closed', '5.1s done'],
  );
});

const TWENTY_SECONDS = { limits: { connectionLifeMs: 20_000, connectionMarginMs: 0 } };

test('a connection that nears the end of its allowed life is told once, and goes on living', () => {
  assert.deepEqual(afterOpen([[2, ack(trade('BTC'))]], { ...BTC, ...TWENTY_SECONDS, until: 100 }), [
    '1s subscribe trade BTC',
    '2s subscribed BTC trade',
    '21s expiring CONNECTION_LIMIT',
  ]);
});

test('each connection has a life of its own, and one that ends before is not told of', () => {
  const script: Script = [
    [15, RESET],
    [17, OPENED],
  ];
  assert.deepEqual(afterOpen(script, { ...TWENTY_SECONDS, until: 60 }), [
    '15s disconnected CONNECTION_RESET 1006',
    '15s reconnecting 1000',
    '16s connecting',
    '16s connect',
    '17s connected',
    '37s expiring CONNECTION_LIMIT',
  ]);
});

test('the answer to an expiring connection replaces it by another', () => {
  const script: Script = [
    [21.5, disconnect('CONNECTION_LIMIT', 0)],
    [21.6, end('NONE', { code: 1000, ours: true })],
    [22, OPENED],
  ];
  assert.deepEqual(afterOpen(script, { ...TWENTY_SECONDS, until: 42 }), [
    '21s expiring CONNECTION_LIMIT',
    '21.5s close 1000',
    '21.6s disconnected 1000',
    '21.6s reconnecting 0',
    '21.6s connecting',
    '21.6s connect',
    '22s connected',
    '42s expiring CONNECTION_LIMIT',
  ]);
});

test('a connection that is being closed is not told of its age any more', () => {
  assert.deepEqual(
    afterOpen([[20.5, CLOSE]], { ...TWENTY_SECONDS, times: { closeTimeoutMs: 4_000 }, until: 60 }),
    ['20.5s close 1000', '24.5s terminate NONE', '28.5s disconnected 1006', '28.5s closed', '28.5s done'],
  );
});

test('an expiring connection that is silent as well is cut, and nothing is asked about it', () => {
  const times = { silentAfterMs: 20_000, ackTimeoutMs: 600_000 };
  assert.deepEqual(afterOpen([], { ...BTC, ...TWENTY_SECONDS, times, until: 22 }), [
    '1s subscribe trade BTC',
    '21s terminate FEED_SILENT',
  ]);
});

test('a requested disconnect rests until it is started again', () => {
  const script: Script = [
    [5, disconnect('USER_REQUESTED')],
    [5.1, end('NONE', { code: 1000 })],
    [60, START],
  ];
  assert.deepEqual(afterOpen(script), [
    '5s close 1000',
    '5.1s disconnected 1000',
    '60s connecting',
    '60s connect',
  ]);
});

test('a requested disconnect with a time comes back after it, whatever the retries were', () => {
  const script: Script = [
    [5, disconnect('SCHEDULED', 7_000)],
    [5.1, end('NONE', { code: 1000 })],
  ];
  assert.deepEqual(afterOpen(script, { until: 13, times: { attemptsMax: 0 } }), [
    '5s close 1000',
    '5.1s disconnected 1000',
    '5.1s reconnecting 7000',
    '12.1s connecting',
    '12.1s connect',
  ]);
});

test('a reconnect can be scheduled while there is no connection, and replaces the one before', () => {
  const script: Script = [
    [2, { kind: 'reconnect', afterMs: 1_000 }],
    [5, disconnect('USER_REQUESTED')],
    [5, end('NONE', { code: 1000 })],
    [6, { kind: 'reconnect', afterMs: 30_000 }],
    [7, { kind: 'reconnect', afterMs: 2_000 }],
  ];
  assert.deepEqual(afterOpen(script, { until: 9 }), [
    '5s close 1000',
    '5s disconnected 1000',
    '6s reconnecting 30000',
    '7s reconnecting 2000',
    '9s connecting',
    '9s connect',
  ]);
});

test('a killed connection goes the way of a lost one', () => {
  assert.deepEqual(
    afterOpen(
      [
        [5, disconnect('KILLED')],
        [5, RESET],
      ],
      { until: 6 },
    ),
    ['5s terminate NONE', '5s disconnected 1006', '5s reconnecting 1000', '6s connecting', '6s connect'],
  );
});

test('without automatic reconnecting a lost connection rests', () => {
  assert.deepEqual(afterOpen([[5, RESET]], { autoReconnect: false, until: 1_000 }), [
    '5s disconnected CONNECTION_RESET 1006',
  ]);
});

test('without automatic reconnecting an attempt that fails is tried again: it has lost nothing', () => {
  const script: Script = [
    [0, START],
    [1, end('CONNECT_FAILED')],
    [3, OPENED],
    [5, RESET],
    [60, START],
    [61, end('CONNECT_FAILED')],
  ];
  assert.deepEqual(play(script, { autoReconnect: false, until: 62 }), [
    '0s connecting',
    '0s connect',
    '1s disconnected CONNECT_FAILED 1006',
    '1s reconnecting 1000',
    '2s connecting',
    '2s connect',
    '3s connected',
    '5s disconnected CONNECTION_RESET 1006',
    '60s connecting',
    '60s connect',
    '61s disconnected CONNECT_FAILED 1006',
    '61s reconnecting 1000',
    '62s connecting',
    '62s connect',
  ]);
});

test('a feed that may rest after its last retry does so, and whoever brings it back begins counting anew', () => {
  const script: Script = [
    [0, START],
    [1, end('CONNECT_FAILED')],
    [3, end('CONNECT_FAILED')],
    [60, START],
    [61, end('CONNECT_FAILED')],
    [63, end('CONNECT_FAILED')],
    [70, { kind: 'reconnect', afterMs: 1_000 }],
    [72, end('CONNECT_FAILED')],
  ];
  assert.deepEqual(
    play(script, { exhausted: 'rest', times: { attemptsMax: 1 }, until: 72 }).filter(
      (line) => !/disconnected|connect$/.test(line),
    ),
    [
      '0s connecting',
      '1s reconnecting 1000',
      '2s connecting',
      '3s fault RETRIES_EXHAUSTED',
      '60s connecting',
      '61s reconnecting 1000',
      '62s connecting',
      '63s fault RETRIES_EXHAUSTED',
      '70s reconnecting 1000',
      '71s connecting',
      '72s reconnecting 1000',
    ],
  );
});

test('a feed that is being closed is not brought back by a later wish to disconnect', () => {
  const script: Script = [
    [5, CLOSE],
    [5.1, disconnect('SCHEDULED', 1_000)],
    [5.2, end('NONE', { code: 1000 })],
  ];
  assert.deepEqual(afterOpen(script, { until: 60 }).slice(-2), ['5.2s closed', '5.2s done']);
});

test('a wish to disconnect outranks the retry that would have followed, and waiting can be ended by it', () => {
  assert.deepEqual(
    play(
      [
        [0, START],
        [10.5, disconnect('USER_REQUESTED')],
        [11, RESET],
      ],
      { until: 100 },
    ).slice(2),
    ['10s terminate CONNECT_TIMEOUT', '11s disconnected 1006'],
  );
  assert.deepEqual(
    play(
      [
        [0, START],
        [1, RESET],
        [1.5, disconnect('USER_REQUESTED')],
      ],
      { until: 100 },
    ).slice(2),
    ['1s disconnected CONNECTION_RESET 1006', '1s reconnecting 1000'],
  );
});

/** Wishes for the same connection while it is closing: the one before, the one after, and what follows. */
const LATER_WISHES: readonly (readonly [string, SessionInput, SessionInput, readonly string[]])[] = [
  ['a rest by a return', disconnect('USER_REQUESTED'), disconnect('SCHEDULED', 3_000), ['reconnecting 3000']],
  ['a return by a rest', disconnect('SCHEDULED', 3_000), disconnect('USER_REQUESTED'), []],
  [
    'a return by another time',
    disconnect('SCHEDULED', 3_000),
    disconnect('CONNECTION_LIMIT', 0),
    ['reconnecting 0', 'connecting', 'connect'],
  ],
  ['a retry by a rest', disconnect('KILLED'), disconnect('USER_REQUESTED'), []],
  ['nothing by a kill', disconnect('USER_REQUESTED'), disconnect('KILLED'), []],
  ['nothing where the feed is over', CLOSE, disconnect('SCHEDULED', 3_000), ['closed', 'done']],
];
for (const [what, first, second, follows] of LATER_WISHES)
  test(`while a connection is closing a later wish replaces an earlier one: ${what}`, () => {
    const lines = afterOpen(
      [
        [5, first],
        [5.1, second],
        [5.2, end('NONE', { code: 1000, ours: true })],
      ],
      { until: 5.5 },
    );
    const ended = lines.indexOf(lines.find((line) => line.includes('disconnected'))!);
    assert.deepEqual(
      lines.slice(ended + 1).map((line) => line.replace(/^\S+ /, '')),
      follows,
    );
  });

test('the reason told is that of the wish that is carried out', () => {
  const session = new Session({ times: TIMES, limits: LIMITS, seed: 1, subscriptions: [] });
  const now = durationS(1) as number as MonotonicNs;
  const wishes = [disconnect('USER_REQUESTED'), disconnect('SCHEDULED', 3_000), disconnect('KILLED')];
  for (const each of [START, OPENED, ...wishes, RESET]) session.receive(each, now);
  assert.equal(session.reason, 'SCHEDULED');
});

test('the close frame says what the command says, or that it was the user', () => {
  const said = (input: SessionInput): unknown => {
    const session = new Session({ times: TIMES, limits: LIMITS, seed: 1, subscriptions: [] });
    const now = durationS(1) as number as MonotonicNs;
    for (const each of [START, OPENED]) session.receive(each, now);
    return session.receive(input, now);
  };
  assert.deepEqual(said({ kind: 'close', reason: 'Force close' }), [
    { kind: 'close', code: 1000, reason: 'Force close' },
  ]);
  assert.deepEqual(said(CLOSE), [{ kind: 'close', code: 1000, reason: 'closed by the user' }]);
});

const REASONS: readonly (readonly [SessionInput, DisconnectReason])[] = [
  [end('SERVER_CLOSED'), 'SERVER_CLOSED'],
  [end('CONNECTION_RESET'), 'NETWORK_ERROR'],
  [end('CONNECTION_ENDED'), 'NETWORK_ERROR'],
  [end('PROTOCOL_ERROR'), 'PROTOCOL_ERROR'],
  [end('MESSAGE_TOO_LONG'), 'PROTOCOL_ERROR'],
  [disconnect('CONNECTION_LIMIT', 0), 'CONNECTION_LIMIT'],
  [disconnect('CALLBACK_TRIGGERED'), 'CALLBACK_TRIGGERED'],
  [disconnect('KILLED'), 'KILLED'],
  [CLOSE, 'USER_REQUESTED'],
];
for (const [input, reason] of REASONS)
  test(`the reason of an end is classified: ${reason} for ${describe(input)}`, () => {
    const session = new Session({ times: TIMES, limits: LIMITS, seed: 1, subscriptions: [] });
    const now = durationS(1) as number as MonotonicNs;
    assert.equal(session.reason, undefined);
    for (const each of [START, OPENED, input, RESET]) session.receive(each, now);
    assert.equal(session.reason, reason);
  });

function describe(input: SessionInput): string {
  if (input.kind !== 'ended') return input.kind;
  return Object.entries(FAULTS).find(([, { id }]) => id === input.end.fault)![0];
}

test('what a new connection is to carry, and what the exchange has accepted, can be asked at any time', () => {
  const [btc, eth, sol] = [trade('BTC'), trade('ETH'), book('SOL')];
  const session = new Session({ times: TIMES, limits: LIMITS, seed: 1, subscriptions: [btc, eth, sol] });
  let seconds = 0;
  const hear = (input: SessionInput): void => void session.receive(input, (seconds++ * 1e9) as MonotonicNs);
  assert.deepEqual([session.wanted, session.subscribed], [[btc, eth, sol], []]);
  for (const input of [START, OPENED, ack(btc), ack(sol), live(sol), no(eth, 'no such symbol')]) hear(input);
  assert.deepEqual(
    [session.wanted, session.subscribed],
    [
      [btc, sol],
      [btc, sol],
    ],
  );
  // A book that is mended is subscribed as far as anybody was told.
  for (const input of [stale(sol), TICK]) hear(input);
  assert.deepEqual(session.subscribed, [btc, sol]);
  hear(unwant(btc));
  assert.deepEqual(session.wanted, [sol]);
  hear(RESET);
  assert.deepEqual([session.wanted, session.subscribed], [[sol], []]);
});
