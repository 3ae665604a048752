import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { book, CodecHarness, SYMBOLS, trade } from './codec-harness.ts';

const folder = recordings();
const options = folder === undefined ? { skip: NO_RECORDINGS } : {};
const messages =
  folder === undefined ? [] : recordedMessages(folder, 'poloniex/v2-trades-booklv2-10pairs-20220821a.jsonl');

/** Place in the session and symbol of every message that is in a sequence. */
const sequenced = messages.flatMap((message, at) => {
  const symbol = /^\{"channel":"book_lv2","data":\[\{"symbol":"([A-Z_]+)"/.exec(message)?.[1];
  return symbol === undefined ? [] : [{ at, id: SYMBOLS.indexOf(symbol as 'NFT_TRX') }];
});

const played = (texts: readonly string[], hot = true): CodecHarness => {
  const all = SYMBOLS.flatMap((_, id) => [book(id as InstrumentId), trade(id as InstrumentId)]);
  return new CodecHarness({ hot }).subscribed(...all).read(...texts);
};

const staleOf = (harness: CodecHarness): string[] =>
  harness.sink.log.filter((line) => line.startsWith('book stale'));

test(
  'every change of the recorded session follows the one before it, and nothing is unknown',
  options,
  () => {
    for (const hot of [true, false]) {
      const harness = played(messages, hot);
      assert.deepEqual(staleOf(harness), []);
      assert.deepEqual(harness.sink.discards, []);
      const books = harness.sink.named('book');
      assert.equal(books.filter(({ values }) => values['flags'] === 0).length, 67);
      assert.equal(books.filter(({ values }) => values['flags'] === 1).length, 10);
      assert.equal(harness.sink.named('trade').length, 2);
      assert.deepEqual(
        harness.sink.log.filter((line) => line.startsWith('MESSAGE_')),
        [],
      );
    }
  },
);

/** A session with one thing wrong, the place of the first message that shows it, and what is shown. */
interface Spoilt {
  readonly what: string;
  readonly texts: readonly string[];
  /** Index of the first message of that symbol that cannot follow; undefined where none is left. */
  readonly shownAt: number | undefined;
  readonly id: number;
}

function* spoilt(): Generator<Spoilt> {
  for (const [n, { at, id }] of sequenced.entries()) {
    const next = sequenced.slice(n + 1).find((other) => other.id === id)?.at;
    const isSnapshot = messages[at]!.includes('"action":"snapshot"');
    yield {
      what: `without message ${at}`,
      texts: messages.toSpliced(at, 1),
      shownAt: next === undefined ? undefined : next - 1,
      id,
    };
    // A snapshot that comes twice is twice the same book: nothing is lost.
    yield {
      what: `message ${at} twice`,
      texts: messages.toSpliced(at, 0, messages[at]!),
      shownAt: isSnapshot ? undefined : at + 1,
      id,
    };
    if (next === undefined) continue;
    const texts = [...messages];
    [texts[at], texts[next]] = [texts[next]!, texts[at]!];
    yield { what: `messages ${at} and ${next} exchanged`, texts, shownAt: at, id };
  }
}

test(
  'whichever message is missing, doubled or exchanged, its symbol’s next message shows it, and no other symbol is touched',
  options,
  () => {
    let shown = 0;
    for (const { what, texts, shownAt, id } of spoilt())
      for (const hot of [true, false]) {
        const until = (end: number): string[] => staleOf(played(texts.slice(0, end), hot));
        if (shownAt === undefined) {
          assert.deepEqual(until(texts.length), [], what);
          continue;
        }
        shown++;
        assert.deepEqual(until(shownAt), [], `${what}: too early`);
        assert.deepEqual(until(shownAt + 1), [`book stale book ${id} SEQUENCE_GAP`], what);
        assert.deepEqual(
          new Set(until(texts.length)),
          new Set([`book stale book ${id} SEQUENCE_GAP`]),
          `${what}: others`,
        );
      }
    assert.ok(shown > 300, `${shown} cases`);
  },
);
