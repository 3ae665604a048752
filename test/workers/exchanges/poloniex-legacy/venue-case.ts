import type { InstrumentId } from '../../../../src/shared/units.ts';
import { POLONIEX_LEGACY } from '../../../../src/shared/venues/poloniex-legacy.ts';
import { PoloniexLegacyCodec } from '../../../../src/workers/exchanges/poloniex-legacy/poloniex-legacy-codec.ts';
import { Random } from '../../../support/random.ts';
import { recordedMessages } from '../../../support/recordings.ts';
import type {
  BookStatement,
  RecordedSession,
  Statement,
  StatementReader,
  TextLevel,
  VenueCase,
} from '../../../support/venue-kit/venue-case.ts';
import { numbersText } from './codec-harness.ts';
import { MessageGenerator, PAIRS, PIECES } from './message-generator.ts';

const TICKER = 1002;
/** Lower numbers are pairs'. */
const CHANNELS_FROM = 1000;
const TICKER_PATH = '/public?command=returnTicker';

interface SnapshotEntry {
  readonly currencyPair: string;
  /** Asks, then bids: quantities by their prices. */
  readonly orderBook: readonly [Record<string, string>, Record<string, string>];
}

type Entry =
  | readonly ['i', SnapshotEntry]
  | readonly ['o', side: 0 | 1, price: string, qty: string]
  | readonly ['t', id: string, side: 0 | 1, price: string, qty: string];

type Frame = readonly [channel: number, sequence?: number | null, payload?: readonly unknown[]];

const frameOf = (text: string): Frame | undefined => {
  const message: unknown = JSON.parse(text);
  return Array.isArray(message) ? (message as unknown as Frame) : undefined;
};

const snapshotIn = (payload: readonly unknown[]): SnapshotEntry | undefined =>
  (payload as readonly Entry[]).find((entry) => entry[0] === 'i')?.[1] as SnapshotEntry | undefined;

/** Source: github.com/anders94/api-docs, source/includes/_websockets.md. Pairs go by numbers, told over REST too. */
class FrameReader implements StatementReader {
  readonly #names = new Map<number, string>();

  rest(_path: string, text: string): readonly Statement[] {
    for (const [name, { id }] of Object.entries(JSON.parse(text) as Record<string, { id: number }>))
      this.#names.set(id, name);
    return [];
  }

  message(text: string): readonly Statement[] {
    const [channel = TICKER, sequence, payload] = frameOf(text) ?? [];
    if (payload === undefined) return [];
    if (channel === TICKER) {
      const symbol = this.#names.get(Number(payload[0]));
      return symbol === undefined ? [] : [{ kind: 'ticker', symbol }];
    }
    const symbol = snapshotIn(payload)?.currencyPair ?? this.#names.get(channel);
    if (symbol === undefined || channel >= CHANNELS_FROM) return [];
    this.#names.set(channel, symbol);
    return [
      bookOf(symbol, sequence!, payload as readonly Entry[]),
      ...tradesOf(symbol, payload as readonly Entry[]),
    ];
  }
}

function bookOf(symbol: string, id: number, entries: readonly Entry[]): BookStatement {
  const snapshot = snapshotIn(entries);
  if (snapshot !== undefined) {
    const [asks, bids] = snapshot.orderBook.map((side) => Object.entries(side));
    return { kind: 'book', symbol, snapshot: true, bids: bids!, asks: asks!, id };
  }
  const side = (wanted: 0 | 1): TextLevel[] =>
    entries.flatMap((entry) =>
      entry[0] === 'o' && entry[1] === wanted ? [[entry[2], entry[3]] as const] : [],
    );
  const [asks, bids] = [side(0), side(1)];
  const isSilent = asks.length + bids.length === 0;
  return { kind: 'book', symbol, snapshot: false, bids, asks, id, follows: id - 1, isSilent };
}

const tradesOf = (symbol: string, entries: readonly Entry[]): Statement[] =>
  entries.flatMap((entry) =>
    entry[0] === 't' ? [{ kind: 'trade', symbol, price: entry[3], qty: entry[4] }] : [],
  );

const recorded = (name: string, updates: number): RecordedSession => ({
  name,
  channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'ticker' }],
  load(folder) {
    const texts = recordedMessages(folder, `poloniex/${name}.jsonl`);
    // What REST would have told was not recorded; the snapshots tell the same of their pairs.
    const pairs = texts.flatMap((text) => {
      const [id = TICKER, , payload = []] = frameOf(text) ?? [];
      const snapshot = id === TICKER ? undefined : snapshotIn(payload);
      return snapshot === undefined ? [] : [[snapshot.currencyPair, id] as const];
    });
    const numbers = { path: TICKER_PATH, text: numbersText(Object.fromEntries(pairs)) };
    return { symbols: pairs.map(([symbol]) => symbol), steps: [numbers, ...texts.map((text) => ({ text }))] };
  },
  expected: { updates, snapshots: 10 },
});

export const POLONIEX_LEGACY_CASE: VenueCase = {
  name: 'poloniex-legacy',
  venue: POLONIEX_LEGACY,
  createCodec: (context) => new PoloniexLegacyCodec(context),
  createReader: () => new FrameReader(),
  books: {
    beforeSnapshot: 'is a gap',
    sequence: 'every update',
    checksum: { none: 'Poloniex sends none' },
  },
  recordings: [recorded('legacy-10pairs-20210417', 146), recorded('legacy-10pairs-20210502', 154)],
  made: [1, 2].map((seed) => ({
    name: `made-up messages, ${seed}`,
    channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'ticker' }],
    make() {
      const generator = new MessageGenerator(new Random(seed));
      const texts = [...generator.begin(), ...Array.from({ length: 400 }, () => generator.next())];
      const numbers = { path: TICKER_PATH, text: numbersText(PAIRS) };
      return { symbols: Object.keys(PAIRS), steps: [numbers, ...texts.map((text) => ({ text }))] };
    },
  })),
  simulator: {
    exchange: 'poloniex-legacy',
    channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'ticker' }],
    // A refusal names nothing; that a pair is not listed shows in the numbers of all pairs.
    refuses: ['ticker'],
  },
  isCold: (text) => /^\{|^\[\d+(?:,\d+)?\]$|\["i"/.test(text),
  readRequest(text) {
    const { command, channel } = JSON.parse(text) as {
      command: 'subscribe' | 'unsubscribe';
      channel: string | number;
    };
    return { kind: command, symbols: channel === TICKER ? 'every symbol' : [String(channel)] };
  },
  // A request has one channel, and a pair is one.
  symbolsPerRequest: 1,
  answers: [
    {
      title: 'the first frame of a pair is its acknowledgement, and the tickers have one of their own',
      symbols: ['BTC_BTS'],
      subscriptions: (['book', 'ticker'] as const).map((channel) => ({
        channel,
        instrument: 0 as InstrumentId,
      })),
      texts: [
        '[1002,1]',
        '[14,8767,[["i",{"currencyPair":"BTC_BTS","orderBook":[{"0.2":"1"},{"0.1":"1"}]}]]]',
      ],
      log: [
        'subscribed ticker 0',
        'subscribed book 0',
        'status live of 0',
        'book snapshot of 0: 1 bids, 1 asks',
        'book live book 0',
      ],
    },
  ],
  pieces: PIECES,
  garbage: ['[]', '[14', '[1002,null,"none"]', '[14,1,[["x"]]]', '[14,1,[["i",{}]]]'],
  brief({ path, text }) {
    if (path !== undefined || !text.includes('["i"')) return text;
    const [channel, sequence, [[letter, { currencyPair, orderBook }, ...rest]]] = JSON.parse(text) as [
      number,
      number,
      [[string, SnapshotEntry, ...string[]]],
    ];
    const [asks, bids] = orderBook.map((side) => Object.fromEntries(Object.entries(side).slice(0, 20)));
    return JSON.stringify([
      channel,
      sequence,
      [[letter, { currencyPair, orderBook: [asks, bids] }, ...rest]],
    ]);
  },
};
