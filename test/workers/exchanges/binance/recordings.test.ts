import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_RECORDINGS, recordings } from '../../../support/recordings.ts';
import { book, CodecHarness } from './codec-harness.ts';

const folder = recordings();
const options = folder === undefined ? { skip: NO_RECORDINGS } : {};

interface Line {
  readonly t: number;
  readonly raw: string;
  readonly url?: string;
}

const linesOf = (file: string): Line[] =>
  readFileSync(join(folder ?? '', 'binance', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** One recorded session: its messages, and the snapshots that were asked for meanwhile. */
class Session {
  readonly messages: readonly Line[];
  readonly snapshots: ReadonlyMap<string, Line>;
  readonly symbols: readonly string[];

  static of(name: string): Session {
    const bySymbol = linesOf(`${name}.rest.jsonl`).map((line): [string, Line] => [
      new URL(line.url ?? '').searchParams.get('symbol') ?? '',
      line,
    ]);
    return new Session(linesOf(`${name}.jsonl`), new Map(bySymbol));
  }

  constructor(messages: readonly Line[], snapshots: ReadonlyMap<string, Line>) {
    this.messages = messages;
    this.snapshots = snapshots;
    this.symbols = [...snapshots.keys()];
  }

  /** Each symbol's updates together with those of another, which are not to be disturbed. */
  pairs(): Session[] {
    return this.symbols.map((symbol, n) => {
      const both = [symbol, this.symbols[(n + 1) % this.symbols.length]!];
      const messages = this.messages.filter(({ raw }) => both.includes(symbolOf(raw) ?? ''));
      const snapshots = both.map((each): [string, Line] => [each, topOf(this.snapshots.get(each)!)]);
      return new Session(messages, new Map(snapshots));
    });
  }

  /** Numbers of the messages that update books. */
  get updates(): number[] {
    return [...this.messages.keys()].filter((n) => symbolOf(this.messages[n]!.raw) !== undefined);
  }

  /** Reads messages into a codec, and answers its questions once the snapshot had come in the session too. */
  play(messages: readonly Line[], hot: boolean, seen: (n: number, harness: CodecHarness) => void): void {
    const harness = new CodecHarness(this.symbols, { hot });
    harness.subscribed(...this.symbols.map((_, id) => book(id)));
    for (const [n, message] of messages.entries()) {
      this.#answer(harness, message.t);
      harness.read(message.raw);
      seen(n, harness);
    }
    this.#answer(harness, Number.POSITIVE_INFINITY);
    seen(messages.length, harness);
    // All codecs of a thread keep their books in the same memory.
    harness.codec.unsubscribe(this.symbols.map((_, id) => book(id)));
  }

  #answer(harness: CodecHarness, until: number): void {
    for (let left = harness.asked.length; left > 0; left--) {
      const request = harness.asked[0]!;
      const symbol = new URLSearchParams(request.path.split('?')[1]).get('symbol') ?? '';
      const snapshot = this.snapshots.get(symbol)!;
      if (snapshot.t < until) harness.answer(snapshot.raw);
      else harness.asked.push(harness.asked.shift()!);
    }
  }
}

/** The same snapshot with few levels, where it is read hundreds of times. */
function topOf(line: Line): Line {
  const { lastUpdateId, bids, asks } = JSON.parse(line.raw) as Record<
    'lastUpdateId' | 'bids' | 'asks',
    unknown[]
  >;
  const raw = JSON.stringify({ lastUpdateId, bids: bids.slice(0, 20), asks: asks.slice(0, 20) });
  return { ...line, raw };
}

const symbolOf = (raw: string): string | undefined => /"e":"depthUpdate".*?"s":"(\w+)"/.exec(raw)?.[1];

/** Symbols whose books went stale, by their number. */
const staleBooks = (harness: CodecHarness): number[] =>
  harness.sink.log
    .filter((line) => line.startsWith('book stale'))
    .map((line) => Number(/book stale book (\d+)/.exec(line)?.[1]));

const SESSIONS = [
  ['spot-cf-20210417', 604],
  ['spot-cf-20211012', 173],
] as const;

for (const [name, count] of SESSIONS)
  for (const hot of [true, false])
    test(`every update of ${name} follows its snapshot, ${hot ? 'hot' : 'cold'}`, options, () => {
      const session = Session.of(name);
      // The first update of a symbol follows none.
      assert.equal(session.updates.length - session.symbols.length, count);
      session.play(session.messages, hot, (n, harness) => {
        if (n < session.messages.length) return;
        assert.deepEqual(staleBooks(harness), []);
        const { log, discards } = harness.sink;
        assert.deepEqual(
          log.filter((line) => /^MESSAGE|SEQUENCE_GAP/.test(line)),
          [],
        );
        assert.equal(log.filter((line) => line.startsWith('book live')).length, session.symbols.length);
        assert.deepEqual(discards, []);
        if (hot) {
          // Candles and trades of several at once have no hot shape.
          const others = session.messages.filter(({ raw }) => /@(kline|aggTrade)/.test(raw)).length;
          assert.equal(harness.cold, others);
        }
      });
    });

/** Breaks the order of one symbol's updates in one way. */
const SPOILERS: readonly (readonly [
  name: string,
  spoil: (messages: Line[], n: number, next: number) => void,
])[] = [
  ['left out', (messages, n) => void messages.splice(n, 1)],
  ['sent twice', (messages, n) => void messages.splice(n, 0, messages[n]!)],
  [
    'swapped with the next',
    (messages, n, next) => {
      const first = messages[n]!;
      messages[n] = { ...messages[next]!, t: first.t };
      messages[next] = { ...first, t: messages[next]!.t };
    },
  ],
];

for (const [name] of SESSIONS)
  for (const [what, spoil] of SPOILERS)
    test(
      `any update of ${name} that is ${what} is noticed at the next message of its symbol, which alone is resynchronised`,
      options,
      () => {
        let tried = 0;
        for (const session of Session.of(name).pairs()) {
          const { messages } = session;
          const own = session.updates.filter((n) => symbolOf(messages[n]!.raw) === session.symbols[0]);
          for (const [nth, n] of own.entries()) {
            const next = own[nth + 1];
            // Nothing comes before the first message that would show that it is missing, nor after the last one.
            if (next === undefined && what !== 'sent twice') continue;
            if (nth === 0 && what === 'left out') continue;
            const spoiled = [...messages];
            spoil(spoiled, n, next ?? n);
            // The message at which it is to be noticed: the one after what is missing, the second of a double, the
            // first of two swapped ones, or their second where nothing came before.
            const swappedAt = nth === 0 ? next! : n;
            const noticedAt = what === 'left out' ? next! - 1 : what === 'sent twice' ? n + 1 : swappedAt;
            session.play(spoiled.slice(0, noticedAt + 1), true, (m, harness) => {
              if (m === noticedAt - 1) assert.deepEqual(staleBooks(harness), [], `before message ${m}`);
              if (m === noticedAt) assert.deepEqual(staleBooks(harness), [0], `at message ${m}`);
            });
            tried++;
          }
        }
        assert.ok(tried > 100);
      },
    );
