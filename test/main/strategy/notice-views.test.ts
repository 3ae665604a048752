import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedEvent, Strategy } from '../../../src/main/index.ts';
import { StrategyLoop } from '../../../src/main/strategy/strategy-loop.ts';
import { STATUS } from '../../../src/shared/records/status.ts';
import { BASE, NAMES, WrittenRing } from '../../support/written-records.ts';

function copies(write: (ring: WrittenRing) => void): FeedEvent[] {
  const ring = new WrittenRing();
  write(ring);
  const loop = new StrategyLoop(NAMES);
  loop.add({ reader: ring.reader, taken: () => undefined });
  const events: FeedEvent[] = [];
  const keep = (view: { copy(): FeedEvent }): void => void events.push(view.copy());
  const strategy: Strategy = { onStatus: keep, onGap: keep };
  loop.poll(strategy, 100, Number.POSITIVE_INFINITY);
  return events;
}

test('a status says what happened and why, in words, with its number and its sentence', () => {
  assert.deepEqual(
    copies((ring) => ring.status()),
    [
      {
        type: 'status',
        ...BASE,
        status: 'disconnected',
        fault: 'SERVER_CLOSED',
        detail: 'Zoë says 1013',
        value: 1013,
      },
    ],
  );
});

test('a status without a number or a sentence has neither', () => {
  const [status] = copies((ring) => ring.status('', Number.NaN));
  assert.deepEqual(status, {
    type: 'status',
    ...BASE,
    status: 'disconnected',
    fault: 'SERVER_CLOSED',
    detail: '',
    value: undefined,
  });
});

test('codes of a later version read as a fault, and bytes that are no UTF-8 as replacement characters', () => {
  const [status] = copies((ring) =>
    ring.write(
      STATUS,
      { code: 999 as never, fault: 999 as never, detailBytes: 2 },
      Uint8Array.of(0xff, 0x41),
    ),
  );
  assert.equal(status!.type, 'status');
  assert.equal((status as { status: string }).status, 'fault');
  assert.equal((status as { detail: string }).detail, '\ufffdA');
});

test('a gap says how much of what is missing', () => {
  const gap = {
    type: 'gap',
    ...BASE,
    fault: 'RING_FULL',
    from: 99,
    droppedTrades: 1,
    droppedCandles: 2,
    droppedOther: 3,
    conflated: 4,
  };
  assert.deepEqual(
    copies((ring) => {
      ring.gap();
      ring.gap(Number.NaN);
    }),
    [
      { ...gap, missed: 12 },
      { ...gap, missed: undefined },
    ],
  );
});
