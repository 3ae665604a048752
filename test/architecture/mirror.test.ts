import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

/**
 * Files without a test at the mirrored path, by the reason. A new file has a test of its own or its name
 * here, and a name goes when its test comes.
 */
const UNMIRRORED: readonly {
  /** Why; where it is a path, the test that tries these files through the one they are a part of. */
  readonly why: string;
  /** Folder of the names. */
  readonly in: string;
  /** Without the ending. */
  readonly files: readonly string[];
}[] = [
  {
    why: 'types alone, tried by the compiler and test/types',
    in: 'src/',
    files: [
      'main/cli/connect/screen',
      'main/control/connection-link',
      'main/control/control-log',
      'main/control/control-options',
      'main/manager/manager-options',
      'main/poloniex/subscriber-events',
      'main/strategy/events',
      'main/strategy/strategy',
      'main/websocket-client/connect-options',
      'main/websockets/transport',
      'shared/contract',
      'shared/client/client-contract',
      'shared/protocol/extension',
      'shared/protocol/platform',
      'shared/proxy/dial-options',
      'shared/simulator/simulator-protocol',
      'shared/units',
      'shared/venues/instrument-list',
      'shared/venues/venue',
      'workers/exchanges/exchange',
      'workers/feed-edge',
      'workers/feed-events',
      'workers/publish/overflow-policy',
      'workers/publish/record-gate',
      'workers/rest/rest-fetch',
      'workers/session/session-actions',
      'workers/simulator/simulator-counts',
      'workers/simulator/venue-wire',
    ],
  },
  {
    why: 'names of constants and classes, with nothing to go wrong that the compiler does not see',
    in: 'src/',
    files: ['shared/counters/feed-counters', 'shared/invariant'],
  },
  {
    why: 'test/main/control/connection-control.test.ts',
    in: 'src/main/control/',
    files: [
      'alert-throttle',
      'connection-errors',
      'descent-watch',
      'end-notices',
      'failure-record',
      'guarded-call',
      'poll',
      'readiness',
      'return-window',
      'seconds',
      'waiters',
    ],
  },
  {
    why: 'test/main/manager/manager-config.test.ts',
    in: 'src/main/manager/',
    files: ['config-file', 'manager-settings', 'resolve-settings'],
  },
  {
    why: 'test/main/manager/websocket-manager.test.ts',
    in: 'src/main/',
    files: [
      'manager/channel-subscriptions',
      'manager/inbox',
      'manager/incoming',
      'manager/message-queue',
      'manager/message-text',
      'manager/renewable-link',
      'manager/vocabulary',
      'manager/websocket-stats',
      'options/manager-schema',
    ],
  },
  {
    why: 'test/main/poloniex/poloniex-subscriber.test.ts',
    in: 'src/main/poloniex/',
    files: ['event-outlet', 'market-reader', 'notice-reader'],
  },
  { why: 'test/system/manager.test.ts', in: 'src/main/manager/', files: ['raw-connection'] },
  {
    why: 'test/shared/records/record-catalogue.test.ts',
    in: 'src/shared/records/',
    files: [
      'book',
      'candle',
      'gap',
      'header',
      'instrument',
      'quote',
      'raw',
      'record-header',
      'status',
      'ticker',
      'trade',
    ],
  },
  {
    why: 'test/system/websockets-receive.test.ts',
    in: 'src/main/websockets/',
    files: ['connection', 'described-connection'],
  },
  { why: 'test/system/websockets-send.test.ts', in: 'src/main/websockets/', files: ['outgoing'] },
  {
    why: 'test/system/websockets-sync.test.ts',
    in: 'src/main/websockets/',
    files: ['client-host', 'client-transport', 'sync-connection'],
  },
  { why: 'test/system/websockets-opening.test.ts', in: 'src/main/websockets/', files: ['connect'] },
  {
    why: 'test/system/websocket-client-app.test.ts',
    in: 'src/main/websocket-client/',
    files: ['app-callbacks', 'app-socket', 'frame-delivery', 'websocket-app'],
  },
  { why: 'test/system/websockets-opening.test.ts', in: 'src/workers/client/', files: ['open-connection'] },
  {
    why: 'test/system/websockets-queue.test.ts',
    in: 'src/workers/client/',
    files: ['client-connection', 'client-worker'],
  },
  {
    why: 'test/shared/protocol/conformance.test.ts',
    in: 'src/shared/protocol/',
    files: ['frame-reader', 'message-reader'],
  },
  {
    why: 'test/shared/protocol/handshake/http-head.test.ts',
    in: 'src/shared/protocol/handshake/',
    files: ['handshake-limits', 'handshake-reader', 'handshake-stream', 'header-lines', 'http-body'],
  },
  {
    why: 'test/shared/protocol/handshake/header-values.test.ts',
    in: 'src/shared/protocol/handshake/',
    files: ['header-scanner'],
  },
  {
    why: 'test/shared/protocol/client-protocol.test.ts',
    in: 'src/shared/protocol/handshake/',
    files: ['first-agreed', 'upgrade'],
  },
  {
    why: 'test/shared/protocol/server-protocol.test.ts',
    in: 'src/shared/protocol/handshake/',
    files: ['status-phrases'],
  },
  {
    why: 'test/main/websockets/server/server.test.ts',
    in: 'src/main/websockets/server/',
    files: ['listeners', 'opening-deadlines', 'serve', 'serve-plan', 'server-connection'],
  },
  {
    why: 'test/main/websockets/server/request-judge.test.ts',
    in: 'src/main/websockets/server/',
    files: ['http-answer'],
  },
  {
    why: 'test/main/websockets/server/ws-transport.test.ts',
    in: 'src/main/websockets/server/',
    files: ['served-socket'],
  },
  {
    why: 'test/shared/faults/fault-catalogue.test.ts',
    in: 'src/shared/faults/',
    files: ['status-catalogue'],
  },
  { why: 'test/shared/venues/kraken.test.ts', in: 'src/shared/venues/', files: ['venue-catalogue'] },
  { why: 'test/architecture/public-names.test.ts', in: 'src/main/', files: ['index'] },
  { why: 'test/main/control/raw-link.test.ts', in: 'src/main/control/', files: ['message-drain'] },
  { why: 'test/main/feeds/supervisor.test.ts', in: 'src/main/feeds/', files: ['feed'] },
  {
    why: 'test/main/feeds/feeds.test.ts',
    in: 'src/main/feeds/',
    files: ['feed-roster', 'resolve-subscriptions'],
  },
  {
    why: 'test/main/options/open-options.test.ts',
    in: 'src/main/options/',
    files: ['endpoint-options', 'option-rules'],
  },
  {
    why: 'test/system/cli.test.ts',
    in: 'src/main/cli/',
    files: [
      'arguments',
      'colors',
      'demo-command',
      'demo-strategy',
      'demo-table',
      'interrupt',
      'output',
      'record-formats',
      'record-text',
      'ringfeed',
      'rolling-indicator',
      'run-meter',
      'simulate-command',
      'summary-text',
      'watch-command',
    ],
  },
  {
    why: 'test/main/cli/connect-command.test.ts',
    in: 'src/main/cli/',
    files: ['connect/conversation', 'connect/piped-screen', 'screen/typed-lines'],
  },
  {
    why: 'test/main/cli/connect/terminal-screen.test.ts',
    in: 'src/main/cli/screen/',
    files: ['prompt-screen'],
  },
  { why: 'test/main/cli/connect/wording.test.ts', in: 'src/main/cli/screen/', files: ['connection-text'] },
  {
    why: 'test/main/cli/dump-command.test.ts',
    in: 'src/main/cli/',
    files: ['dump/dump-screen', 'dump/dump-session', 'dump/frame-connection', 'run-program', 'wsdump'],
  },
  {
    why: 'test/system/instruments.test.ts',
    in: 'src/',
    files: [
      'main/cli/instruments-command',
      'main/feeds/symbol-check',
      'main/instruments/instrument-questions',
      'main/instruments/list-instruments',
      'main/options/instrument-options',
      'workers/instrument-worker',
    ],
  },
  {
    why: 'test/workers/exchanges/instrument-list.test.ts',
    in: 'src/workers/exchanges/',
    files: [
      'binance/instruments',
      'coinbase/instruments',
      'gemini/instruments',
      'instrument-catalogue',
      'kraken/instruments',
      'poloniex-legacy/instruments',
      'poloniex/instruments',
    ],
  },
  {
    why: 'test/system/feeds.test.ts',
    in: 'src/workers/',
    files: ['exchanges/exchange-catalogue', 'feed-line', 'feed-pipeline', 'feed-worker', 'worker-log'],
  },
  { why: 'test/system/rotation.test.ts', in: 'src/workers/', files: ['shared-lines', 'lines/line-gate'] },
  {
    why: 'test/workers/lines/line-arbiter.test.ts',
    in: 'src/workers/lines/',
    files: [
      'book-stream',
      'journal',
      'journal-stream',
      'line-set',
      'line-tail',
      'ordered-stream',
      'record-identity',
      'trade-stream',
      'verdict',
    ],
  },
  { why: 'test/workers/client/text-check.test.ts', in: 'src/workers/', files: ['scanner/wasm/text'] },
  { why: 'test/main/protocol.test.ts', in: 'src/', files: ['shared/protocol/exceptions'] },
  {
    why: 'test/workers/scanner/scanner.test.ts',
    in: 'src/workers/',
    files: [
      'thread-scanner',
      'scanner/scanner-tables',
      'scanner/layout',
      'scanner/wasm/scan',
      'scanner/wasm/values',
      'scanner/wasm/book',
      'scanner/wasm/crc',
      'scanner/wasm/index',
    ],
  },
  { why: 'test/shared/book/book-side.test.ts', in: 'src/shared/book/', files: ['book-levels', 'level'] },
  {
    why: 'test/workers/exchanges/record-draft.test.ts',
    in: 'src/workers/exchanges/',
    files: ['drafts'],
  },
  {
    why: 'test/workers/exchanges/book-integrity.test.ts',
    in: 'src/workers/exchanges/',
    files: ['checked-book', 'scanned-levels', 'scanned-record'],
  },
  {
    why: 'test/workers/exchanges/poloniex/poloniex-codec.test.ts',
    in: 'src/workers/exchanges/',
    files: ['percent', 'scanned-numbers'],
  },
  {
    why: 'test/workers/exchanges/binance/binance-codec.test.ts',
    in: 'src/workers/exchanges/binance/',
    files: [
      'answers',
      'book-sync',
      'cold-book',
      'cold-market',
      'cold-reader',
      'envelope',
      'hot-book',
      'hot-market',
      'hot-partial-book',
      'requests',
      'trade-ids',
      'wire',
      'wire-value',
    ],
  },
  {
    why: 'test/workers/exchanges/coinbase/coinbase-codec.test.ts',
    in: 'src/workers/exchanges/coinbase/',
    files: [
      'answers',
      'cold-book',
      'cold-market',
      'cold-reader',
      'hot-book',
      'hot-heartbeat',
      'hot-ticker',
      'hot-trade',
      'wire',
    ],
  },
  {
    why: 'test/workers/exchanges/gemini/gemini-codec.test.ts',
    in: 'src/workers/exchanges/gemini/',
    files: [
      'cold-candles',
      'cold-l2',
      'cold-reader',
      'cold-trades',
      'hot-l2',
      'hot-trade',
      'streams',
      'wire',
    ],
  },
  {
    why: 'test/workers/exchanges/gemini-v1/gemini-v1-codec.test.ts',
    in: 'src/workers/exchanges/gemini-v1/',
    files: ['carried', 'cold-reader', 'cold-update', 'hot-update', 'socket-sequence', 'wire'],
  },
  {
    why: 'test/workers/exchanges/kraken/kraken-codec.test.ts',
    in: 'src/workers/exchanges/kraken/',
    files: [
      'answers',
      'cold-book',
      'cold-instrument',
      'cold-market',
      'cold-reader',
      'hot-book',
      'hot-ticker',
      'hot-trade',
      'json-entry',
      'wire',
    ],
  },
  {
    why: 'test/workers/exchanges/kraken-v1/fixtures.test.ts',
    in: 'src/workers/exchanges/kraken-v1/',
    files: [
      'channel-name',
      'cold-book',
      'cold-market',
      'cold-reader',
      'event-messages',
      'hot-book',
      'hot-market',
      'hot-readers',
      'hot-snapshot',
      'hot-ticker',
      'hot-trade',
      'kraken-v1-codec',
      'wire',
      'wire-value',
    ],
  },
  {
    why: 'test/workers/exchanges/poloniex/poloniex-codec.test.ts',
    in: 'src/workers/exchanges/poloniex/',
    files: [
      'answers',
      'book-updates',
      'cold-book',
      'cold-market',
      'cold-reader',
      'hot-book',
      'hot-ticker',
      'hot-trade',
      'wire',
    ],
  },
  {
    why: 'test/workers/exchanges/poloniex-legacy/poloniex-legacy-codec.test.ts',
    in: 'src/workers/exchanges/poloniex-legacy/',
    files: [
      'channels',
      'cold-frames',
      'cold-reader',
      'cold-ticker',
      'frame-draft',
      'hot-frames',
      'hot-ticker',
      'pair-channel',
      'wire',
    ],
  },
  {
    why: 'test/workers/publish/publisher.test.ts',
    in: 'src/workers/publish/',
    files: ['hole', 'latest-records', 'record-memory', 'ring-output', 'stamp', 'stream-gaps', 'tally'],
  },
  {
    why: 'test/workers/session/session.test.ts',
    in: 'src/workers/session/',
    files: ['least-delay', 'liveness', 'session-status', 'subscription-entry'],
  },
  {
    why: 'test/workers/simulator/simulated-venue.test.ts',
    in: 'src/workers/simulator/',
    files: ['market-truth'],
  },
  {
    why: 'test/workers/simulator/simulated-exchange.test.ts',
    in: 'src/workers/simulator/',
    files: [
      'block-sender',
      'candles',
      'message-block',
      'random',
      'request-text',
      'simulated-connection',
      'simulator-worker',
      'step-plan',
      'topics',
      'venue-requests',
    ],
  },
];

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`);

const mirrored = (source: string): string => source.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');

const named = new Set(UNMIRRORED.flatMap((row) => row.files.map((file) => `${row.in}${file}.ts`)));

test('every source file has its test at the mirrored path, or a reason', () => {
  assert.deepEqual(
    sources.filter((source) => !named.has(source) && !existsSync(mirrored(source))),
    [],
  );
});

test('every reason is for a file that is there and has no test of its own', () => {
  assert.deepEqual(
    [...named].filter((source) => !existsSync(source) || existsSync(mirrored(source))),
    [],
  );
  for (const { why } of UNMIRRORED) assert.ok(!why.startsWith('test/') || existsSync(why), why);
});
