import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { throughPlainWs } from '../../bench/flow/plain-ws.ts';
import { PARTS } from '../../bench/parts.ts';
import { messagesOf } from '../../bench/support/flood-plan.ts';
import { FloodServer } from '../../bench/support/flood-server-process.ts';
import { takeKraken } from '../../bench/support/messages/kraken.ts';
import type { PartContext, Scale } from '../../bench/support/part.ts';
import { receiveWhole } from '../../bench/support/receive.ts';
import { documentText, terminalText } from '../../bench/support/report.ts';
import { interleave } from '../../bench/support/rounds.ts';
import { median, medianRatio, percentiles } from '../../bench/support/statistics.ts';
import { ObjectTally } from '../../bench/support/tally.ts';

/** Enough for every line to run and every sum to be compared; nothing here is about speed. */
const TINY: Scale = {
  rounds: 1,
  messages: 400,
  seconds: 0.05,
  heapMessages: 5_000,
  microMessages: 500,
  rotations: 4,
  lineMessages: 4_000,
};

let server: FloodServer;
before(async () => {
  server = await FloodServer.start();
});
after(() => server.stop());

for (const part of PARTS)
  test(`benchmark ${part.name} runs, and all its variants come to the right answer`, async () => {
    const context: PartContext = { server, scale: TINY, progress: () => undefined };
    // A part throws where a variant's messages, sum, checksums or pongs are not what the server sent.
    const { tables, samples } = await part.run(context);
    assert.ok(JSON.stringify(samples).length > 2, 'samples are kept');
    for (const { title, head, rows } of tables) {
      assert.ok(rows.length > 0, `${title} has rows`);
      for (const row of rows) assert.equal(row.length, head.length, `${title}: ${row.join(', ')}`);
    }
    for (const table of tables) assert.ok(terminalText(table).includes(table.title));
    assert.ok(
      documentText({ command: '', machine: '', date: '' }, tables).includes(`## ${tables[0]!.title}`),
    );
  });

test('a variant that loses a number fails, however fast it is', async () => {
  const run = server.run({ market: 'kraken', messages: 50 });
  const tally = new ObjectTally(messagesOf(run.plan), 0);
  const received = receiveWhole('forgetful', run, tally, async (run, tally, stop) => {
    await throughPlainWs(run, tally, stop);
    tally.sum -= 0.00000001;
  });
  await assert.rejects(received, /forgetful: the sum is/);
});

test('a variant that loses a message fails', () => {
  const tally = new ObjectTally(2, 0);
  takeKraken({ channel: 'trade', type: 'update', data: [{ price: 1, qty: 2, timestamp: '' }] }, tally);
  const sent = { run: 1, messages: 2, sum: 3, frames: 2, bytes: 100 };
  assert.throws(() => tally.check('forgetful', sent), /forgetful: 1 messages came of 2/);
});

test('the first messages of a run are checked and not measured', () => {
  const seen: number[] = [];
  const tally = new ObjectTally(10, 0.3);
  tally.begun = () => seen.push(tally.messages);
  tally.whole = () => seen.push(tally.messages);
  for (let n = 0; n < 10; n++)
    takeKraken({ channel: 'trade', type: 'update', data: [{ price: 1, qty: 2, timestamp: '' }] }, tally);
  assert.deepEqual(
    { seen, measured: tally.measured, sum: tally.sum },
    { seen: [3, 10], measured: 7, sum: 30 },
  );
});

test('every round begins with another variant, and warm-ups leave no sample', async () => {
  const order: string[] = [];
  const variants = ['a', 'b', 'c'].map((name) => ({
    name,
    run: async (isWarmUp: boolean) => {
      order.push(isWarmUp ? `(${name})` : name);
      return isWarmUp ? Number.NaN : order.length;
    },
  }));
  const samples = await interleave(variants, 2, () => undefined);
  assert.equal(order.join(' '), '(a) (b) (c) a b c b c a');
  assert.deepEqual(samples, [
    [4, 9],
    [5, 7],
    [6, 8],
  ]);
});

test('medians, percentiles and ratios are those of the samples', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  assert.deepEqual(percentiles(hundred), { p50: 50, p99: 99, p999: 100 });
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([])], [2, 2.5, Number.NaN]);
  assert.equal(medianRatio([2, 30, 4], [1, 10, 1]), 3, 'each round against its own baseline');
});
