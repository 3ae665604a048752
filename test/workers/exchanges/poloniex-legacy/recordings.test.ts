import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { book, CodecHarness, ticker, trade } from './codec-harness.ts';

const folder = recordings();
const options = folder === undefined ? { skip: NO_RECORDINGS } : {};

interface Session {
  readonly messages: readonly string[];
  readonly ids: Readonly<Record<string, number>>;
  /** Place and pair number of every frame in a sequence. */
  readonly sequenced: readonly { readonly at: number; readonly id: number; readonly isSnapshot: boolean }[];
}

function sessionOf(messages: readonly string[]): Session {
  const ids: Record<string, number> = {};
  const sequenced = messages.flatMap((message, at) => {
    const id = Number(/^\[(\d+),\d+,/.exec(message)?.[1] ?? 1002);
    const name = /"currencyPair":"([A-Z0-9_]+)"/.exec(message)?.[1];
    if (name !== undefined) ids[name] = id;
    return id >= 1000 ? [] : [{ at, id, isSnapshot: name !== undefined }];
  });
  return { messages, ids, sequenced };
}

const played = ({ ids }: Session, texts: readonly string[]): CodecHarness => {
  const instruments = Object.keys(ids).map((_, n) => n as InstrumentId);
  return new CodecHarness(Object.keys(ids))
    .subscribed(...instruments.flatMap((n) => [book(n), trade(n), ticker(n)]))
    .answered(ids)
    .read(...texts);
};

const staleOf = (harness: CodecHarness): string[] =>
  harness.sink.log.filter((line) => line.startsWith('book stale'));

for (const [file, updates, snapshots] of [
  ['legacy-10pairs-20210417', 146, 10],
  ['legacy-10pairs-20210502', 154, 10],
] as const) {
  const session = sessionOf(folder === undefined ? [] : recordedMessages(folder, `poloniex/${file}.jsonl`));
  const { messages, ids, sequenced } = session;

  test(`${file}: every frame of a pair follows the one before it, and nothing is unknown`, options, () => {
    const { sink } = played(session, messages);
    assert.equal(sequenced.filter(({ isSnapshot }) => isSnapshot).length, snapshots);
    assert.equal(sequenced.length - snapshots, updates);
    assert.deepEqual(sink.discards, []);
    assert.deepEqual(
      sink.log.filter((line) => /stale|MALFORMED|UNKNOWN|fault/.test(line)),
      [],
    );
    assert.equal(sink.named('book').length, updates + snapshots);
    assert.equal(sink.log.filter((line) => line.startsWith('subscribed')).length, 30);
    assert.ok(sink.named('ticker').length > 0);
    const trades = messages.flatMap((message) => message.match(/\["t",/g) ?? []).length;
    assert.equal(sink.named('trade').length, trades);
  });

  test(
    `${file}: whichever frame is missing, doubled or exchanged, its pair’s next frame shows it, and no other is touched`,
    options,
    () => {
      const names = Object.keys(ids);
      let shown = 0;
      const check = (
        what: string,
        texts: readonly string[],
        shownAt: number | undefined,
        id: number,
      ): void => {
        const until = shownAt ?? texts.length;
        const harness = played(session, texts.slice(0, until));
        assert.deepEqual(staleOf(harness), [], `${what}: too early`);
        if (shownAt === undefined) return;
        shown++;
        const line = `book stale book ${names.findIndex((name) => ids[name] === id)} SEQUENCE_GAP`;
        assert.deepEqual(staleOf(harness.read(texts[until]!)), [line], `${what}: at once`);
        harness.read(...texts.slice(until + 1));
        assert.deepEqual([...new Set(staleOf(harness))], [line], `${what}: others`);
      };
      const all = [...new Set(sequenced.map(({ id }) => id))];
      for (const [n, id] of all.entries()) {
        // Of the other pairs one is enough, and of the tickers, nine messages in ten, none.
        const other = all[(n + 1) % all.length];
        const kept = sequenced.filter((frame) => frame.id === id || frame.id === other);
        const texts = kept.map(({ at }) => messages[at]!);
        const own = kept.flatMap((frame, at) => (frame.id === id ? [{ ...frame, at }] : []));
        for (const [m, { at, isSnapshot }] of own.entries()) {
          const next = own[m + 1]?.at;
          check(`${id} without ${at}`, texts.toSpliced(at, 1), next && next - 1, id);
          // A snapshot that comes twice is twice the same book: nothing is lost.
          check(
            `${id}: ${at} twice`,
            texts.toSpliced(at, 0, texts[at]!),
            isSnapshot ? undefined : at + 1,
            id,
          );
          if (next === undefined) continue;
          const exchanged = [...texts];
          [exchanged[at], exchanged[next]] = [texts[next]!, texts[at]!];
          check(`${id}: ${at} and ${next} exchanged`, exchanged, at, id);
        }
      }
      assert.ok(shown > 300, `${shown} cases`);
    },
  );
}
