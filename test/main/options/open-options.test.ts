import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCHANGES, MisuseError } from '../../../src/main/index.ts';
import {
  checkOpenOptions,
  checkSubscribeOptions,
  type OpenOptions,
} from '../../../src/main/options/open-options.ts';

const FEED = { exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'] };
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';

const feed = (changes: object): unknown => ({ feeds: [{ ...FEED, ...changes }] });
const open = (changes: object): unknown => ({ feeds: [FEED], ...changes });
/** An own property of that name, as JSON text from outside makes it. */
const hostile = (name: string): unknown => JSON.parse(`{"${name}":{"bytes":65536}}`);

const FEED_KEYS =
  'exchange, symbols, channels, url, restUrl, checkSymbols, overflow, times, socket, limits, reconnect, shouldDisconnect, shouldReconnect, onConnect, onDisconnect, disconnectCheckInterval, reconnectCheckInterval, connectionLimit, disconnectMargin, rotateEveryMs, lines';
const OPEN_KEYS = 'feeds, ring, threads, wait, slice, log, seed';
const CHANNEL = 'a channel name or { name, depth?, interval?, trigger?, snapshot? }';
const PLAIN =
  'expected wss:// or a host on this machine; socket.allowPlain permits connecting unencrypted, where whoever is on the way can read and change the data';

/** What is given, and the whole message after `Condition failed: option`. */
const WRONG: readonly (readonly [options: unknown, message: string])[] = [
  // The whole.
  [open({ feeds: undefined }), 'feeds is undefined, expected a list of feeds'],
  [{}, 'feeds is missing'],
  [{ feeds: FEED }, 'feeds is an object, expected a list of feeds'],
  [{ feeds: [] }, 'feeds is empty, give at least one feed'],
  [{ feeds: Array(1025).fill(FEED) }, 'feeds is too long, allowed: at most 1024 feeds'],
  [{ feeds: [FEED, null] }, 'feeds.1 is null, expected an object'],
  [{ feeds: [['kraken']] }, 'feeds.0 is a list, expected an object'],
  [open({ thread: 2 }), `thread is not known, allowed: ${OPEN_KEYS} (did you mean "threads"?)`],
  [open({ q: 1 }), `q is not known, allowed: ${OPEN_KEYS}`],
  // A feed.
  [{ feeds: [{}] }, 'feeds.0.exchange is missing'],
  [
    feed({ exchange: 'krakn' }),
    `feeds.0.exchange is "krakn", allowed: ${EXCHANGES.join(', ')} (did you mean "kraken"?)`,
  ],
  [feed({ exchange: 'constructor' }), `feeds.0.exchange is "constructor", allowed: ${EXCHANGES.join(', ')}`],
  [feed({ exchange: 5 }), `feeds.0.exchange is 5, allowed: ${EXCHANGES.join(', ')}`],
  [feed({ symbols: 'BTC/USD' }), 'feeds.0.symbols is "BTC/USD", expected a list of symbols'],
  [feed({ symbols: ['BTC/USD', 7n] }), 'feeds.0.symbols.1 is 7, expected a symbol such as "BTC/USD"'],
  [feed({ channels: [] }), 'feeds.0.channels is empty, give at least one channel'],
  [feed({ channels: 'trade' }), 'feeds.0.channels is "trade", expected a list of channels'],
  [feed({ channels: [7] }), `feeds.0.channels.0 is 7, expected ${CHANNEL}`],
  [feed({ channels: [['book']] }), `feeds.0.channels.0 is a list, expected ${CHANNEL}`],
  [feed({ channels: [{ depth: 10 }] }), 'feeds.0.channels.0.name is missing'],
  [
    feed({ channels: [{ name: 'book', dept: 10 }] }),
    'feeds.0.channels.0.dept is not known, allowed: name, depth, interval, trigger, snapshot (did you mean "depth"?)',
  ],
  [
    feed({ channels: [{ name: 'book', depth: '10' }] }),
    'feeds.0.channels.0.depth is "10", expected a number',
  ],
  [
    feed({ channels: [{ name: 'book', depth: Number.NaN }] }),
    'feeds.0.channels.0.depth is NaN, expected a number',
  ],
  [
    feed({ channels: [{ name: 'ticker', trigger: 'bid' }] }),
    'feeds.0.channels.0.trigger is "bid", allowed: trades, bbo (did you mean "bbo"?)',
  ],
  [
    feed({ channels: [{ name: 'trade', snapshot: 1 }] }),
    'feeds.0.channels.0.snapshot is 1, expected true or false',
  ],
  [feed({ overflow: 'drop' }), 'feeds.0.overflow is "drop", allowed: conflate, backpressure'],
  [
    feed({ overFlow: 'conflate' }),
    `feeds.0.overFlow is not known, allowed: ${FEED_KEYS} (did you mean "overflow"?)`,
  ],
  [
    feed({ [Symbol.toStringTag]: 'x', symbls: [] }),
    `feeds.0.symbls is not known, allowed: ${FEED_KEYS} (did you mean "symbols"?)`,
  ],
  // Numbers.
  [
    feed({ times: { silentAfterMs: 0 } }),
    'feeds.0.times.silentAfterMs is 0, allowed: whole numbers from 1 to 86400000',
  ],
  [
    feed({ times: { silentAfterMs: -1 } }),
    'feeds.0.times.silentAfterMs is -1, allowed: whole numbers from 1 to 86400000',
  ],
  [
    feed({ times: { backoffMs: Number.NaN } }),
    'feeds.0.times.backoffMs is NaN, allowed: whole numbers from 0 to 86400000',
  ],
  [
    feed({ times: { pongTimeoutMs: Number.POSITIVE_INFINITY } }),
    'feeds.0.times.pongTimeoutMs is Infinity, allowed: whole numbers from 1 to 86400000',
  ],
  [
    feed({ times: { attemptsMax: 1.5 } }),
    'feeds.0.times.attemptsMax is 1.5, allowed: whole numbers from 0 to Infinity',
  ],
  [
    feed({ times: { ackAttempts: '3' } }),
    'feeds.0.times.ackAttempts is "3", allowed: whole numbers from 1 to 100',
  ],
  [feed({ times: 5 }), 'feeds.0.times is 5, expected an object'],
  [feed({ times: [] }), 'feeds.0.times is a list, expected an object'],
  [
    open({ ring: { bytes: 100_000 } }),
    'ring.bytes is 100000, allowed: powers of two from 65536 to 1073741824',
  ],
  [
    open({ ring: { bytes: 2 ** 31 } }),
    'ring.bytes is 2147483648, allowed: powers of two from 65536 to 1073741824',
  ],
  [
    open({ ring: { bytes: 65536.5 } }),
    'ring.bytes is 65536.5, allowed: powers of two from 65536 to 1073741824',
  ],
  [open({ ring: { byte: 65536 } }), 'ring.byte is not known, allowed: bytes (did you mean "bytes"?)'],
  [open({ threads: 0 }), 'threads is 0, allowed: whole numbers from 1 to 64'],
  [open({ threads: null }), 'threads is null, allowed: whole numbers from 1 to 64'],
  [open({ slice: { ms: 0 } }), 'slice.ms is 0, allowed: numbers from 0.01 to 60000'],
  [
    open({ slice: { records: Number.NaN } }),
    'slice.records is NaN, allowed: whole numbers from 1 to 10000000',
  ],
  [open({ seed: -1 }), 'seed is -1, allowed: whole numbers from 0 to 4294967295'],
  [open({ wait: 'block' }), 'wait is "block", allowed: async, spin, poll'],
  [
    open({ log: { level: 'warm' } }),
    'log.level is "warm", allowed: fatal, error, warn, info, debug, trace, silent (did you mean "warn"?)',
  ],
  [open({ log: 'warn' }), 'log is "warn", expected an object'],
  // The endpoint.
  [feed({ url: 7 }), 'feeds.0.url is 7, expected a ws:// or wss:// URL'],
  [feed({ url: 'ws.kraken.com' }), 'feeds.0.url is "(not a URL)", expected a ws:// or wss:// URL'],
  [
    feed({ url: 'https://ws.kraken.com/v2' }),
    'feeds.0.url is "https://ws.kraken.com/v2", expected a ws:// or wss:// URL',
  ],
  [
    feed({ url: 'wss://ws.kraken.com/#v2' }),
    'feeds.0.url is "wss://ws.kraken.com/", expected a URL without a fragment (#)',
  ],
  [
    feed({ restUrl: 'http://me:secret@api.binance.com' }),
    'feeds.0.restUrl is "http://***@api.binance.com", expected https:// or a host on this machine',
  ],
  [
    feed({ restUrl: 'wss://api.binance.com' }),
    'feeds.0.restUrl is "wss://api.binance.com", expected an https:// URL',
  ],
  [feed({ checkSymbols: 'yes' as never }), 'feeds.0.checkSymbols is "yes", expected true or false'],
  [
    feed({ url: 'wss://example.com/', checkSymbols: true }),
    'feeds.0.checkSymbols is true, allowed with a restUrl, which is where the list is asked for',
  ],
  [feed({ url: 'ws://ws.kraken.com/v2' }), `feeds.0.url is "ws://ws.kraken.com/v2", ${PLAIN}`],
  [
    feed({ url: 'ws://127.0.0.1.example/', socket: { allowPlain: false } }),
    `feeds.0.url is "ws://127.0.0.1.example/", ${PLAIN}`,
  ],
  [
    feed({ url: 'ws://me:secret@host/path?token=secret' }),
    `feeds.0.url is "ws://***@host/path?***", ${PLAIN}`,
  ],
  // The socket.
  [
    feed({ socket: { maxPayload: 1 } }),
    'feeds.0.socket.maxPayload is 1, allowed: whole numbers from 1024 to 1073741824',
  ],
  [feed({ socket: { compression: 'yes' } }), 'feeds.0.socket.compression is "yes", expected true or false'],
  [
    feed({ socket: { ca: '/etc/ca.pem' } }),
    'feeds.0.socket.ca is "/etc/ca.pem", expected certificates as PEM text',
  ],
  [
    feed({ socket: { ca: Buffer.from(CERTIFICATE) } }),
    'feeds.0.socket.ca is an object, expected certificates as PEM text',
  ],
  [
    feed({ socket: { headers: [['a', 'b']] } }),
    'feeds.0.socket.headers is a list, expected a plain object of header names and texts',
  ],
  [
    feed({ socket: { headers: new Headers() } }),
    'feeds.0.socket.headers is an object, expected a plain object of header names and texts',
  ],
  [feed({ socket: { headers: { 'X-Key': 5 } } }), 'feeds.0.socket.headers.X-Key is 5, expected text'],
  [
    feed({ socket: { headers: { 'X-Key': 'a\r\nX-Other: b' } } }),
    'feeds.0.socket.headers.X-Key has a line break or another character that no header may have',
  ],
  [
    feed({ socket: { headers: { 'X-Key': 'naïve ☃' } } }),
    'feeds.0.socket.headers.X-Key has a line break or another character that no header may have',
  ],
  [
    feed({ socket: { headers: { 'X: a\r\nY': 'b' } } }),
    'feeds.0.socket.headers has the name "X: a\\r\\nY", allowed: letters, digits and !#$%&\'*+-.^_`|~',
  ],
  [
    feed({ socket: { headers: { '': 'b' } } }),
    'feeds.0.socket.headers has the name "", allowed: letters, digits and !#$%&\'*+-.^_`|~',
  ],
  [
    feed({ socket: { headers: { 'Sec-WebSocket-Key': 'b' } } }),
    'feeds.0.socket.headers.Sec-WebSocket-Key is not for options, the handshake sets it',
  ],
  [
    feed({ socket: { headers: { upgrade: 'h2c' } } }),
    'feeds.0.socket.headers.upgrade is not for options, the handshake sets it',
  ],
  [
    feed({ socket: { headers: hostile('__proto__') } }),
    'feeds.0.socket.headers.__proto__ is an object, expected text',
  ],
  // Names that objects inherit.
  [open({ ring: hostile('__proto__') }), 'ring.__proto__ is not known, allowed: bytes'],
  [open({ ring: hostile('constructor') }), 'ring.constructor is not known, allowed: bytes'],
  [open({ ring: hostile('toString') }), 'ring.toString is not known, allowed: bytes'],
  // Values that cannot or should not be shown whole.
  [open({ wait: Object.create(null) }), 'wait is an object, allowed: async, spin, poll'],
  [open({ wait: () => 'async' }), 'wait is a function, allowed: async, spin, poll'],
  [open({ wait: Symbol('async') }), 'wait is Symbol(async), allowed: async, spin, poll'],
  [open({ wait: 'x'.repeat(1e6) }), `wait is "${'x'.repeat(56)}..., allowed: async, spin, poll`],
  [open({ ['y'.repeat(70)]: 1 }), `${'y'.repeat(70)} is not known, allowed: ${OPEN_KEYS}`],
];

for (const [options, message] of WRONG)
  test(`refused: option ${message.slice(0, 100)}`, () => {
    assert.throws(
      () => checkOpenOptions(options as OpenOptions),
      new MisuseError(`Condition failed: option ${message}`),
    );
  });

for (const [options, what] of [
  [undefined, 'undefined'],
  [null, 'null'],
  ['kraken', '"kraken"'],
  [[FEED], 'a list'],
] as const)
  test(`options that are ${what} are refused as a whole`, () => {
    assert.throws(
      () => checkOpenOptions(options as unknown as OpenOptions),
      new MisuseError(`Condition failed: option is ${what}, expected an object`),
    );
  });

const RIGHT: readonly (readonly [title: string, options: unknown])[] = [
  ['the least', { feeds: [FEED] }],
  [
    'a feed without symbols, for channels of the whole venue',
    feed({ symbols: [], channels: ['instrument'] }),
  ],
  [
    'everything at once',
    {
      feeds: [
        {
          ...FEED,
          channels: [
            'trade',
            { name: 'book', depth: 25 },
            { name: 'ohlc', interval: 5, snapshot: false },
            { name: 'ticker', trigger: 'bbo' },
          ],
          url: 'wss://user:password@example.com/v2?token=1',
          overflow: 'backpressure',
          times: { silentAfterMs: 1, backoffMs: 0, attemptsMax: Number.POSITIVE_INFINITY },
          socket: {
            maxPayload: 1024,
            compression: true,
            ca: CERTIFICATE,
            headers: { Authorization: 'Bearer abc', 'User-Agent': 'ringfeed\t1', 'X-Name': 'Zoë' },
            allowPlain: true,
          },
        },
      ],
      ring: { bytes: 2 ** 30 },
      threads: 64,
      wait: 'poll',
      slice: { records: 1, ms: 0.5 },
      log: { level: 'silent' },
      seed: 0xffff_ffff,
    },
  ],
  [
    'undefined for everything that may be left out',
    {
      feeds: [
        {
          ...FEED,
          url: undefined,
          overflow: undefined,
          times: undefined,
          socket: { ca: undefined, headers: undefined },
        },
      ],
      ring: undefined,
      threads: undefined,
      wait: undefined,
      slice: { records: undefined },
      log: {},
      seed: undefined,
    },
  ],
  ['a plain URL of this machine', feed({ url: 'ws://127.0.0.1:8080/' })],
  [
    'a plain URL of another host, where that is allowed',
    feed({ url: 'ws://10.0.0.5/', socket: { allowPlain: true } }),
  ],
];

for (const [title, options] of RIGHT)
  test(`accepted: ${title}`, () => {
    checkOpenOptions(options as OpenOptions);
  });

const CHANGE = { symbols: ['BTC/USD'], channels: ['trade'] };

for (const [options, message] of [
  [undefined, 'subscribe is undefined, expected an object'],
  [{ ...CHANGE, symbols: undefined }, 'subscribe.symbols is undefined, expected a list of symbols'],
  [{ ...CHANGE, channels: [] }, 'subscribe.channels is empty, give at least one channel'],
  [{ ...CHANGE, feed: {} }, 'subscribe.feed is an object, expected the name or number of a feed'],
  [
    { ...CHANGE, channel: 'book' },
    'subscribe.channel is not known, allowed: symbols, channels, feed (did you mean "channels"?)',
  ],
] as const)
  test(`refused: ${message}`, () => {
    assert.throws(
      () => checkSubscribeOptions(options as never, 'subscribe'),
      new MisuseError(`Condition failed: ${message}`),
    );
  });

test('a change of subscriptions may name its feed by name or number', () => {
  for (const feed of [undefined, 0, 'kraken#0'])
    checkSubscribeOptions({ symbols: [], channels: ['trade'], feed }, 'subscribe');
});
