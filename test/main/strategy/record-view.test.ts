import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TradeView } from '../../../src/main/index.ts';
import { StrategyLoop } from '../../../src/main/strategy/strategy-loop.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { BASE, NAMES, WrittenRing } from '../../support/written-records.ts';

const head = (view: TradeView) => ({
  exchange: view.exchange,
  feed: view.feed,
  symbol: view.symbol,
  venueSymbol: view.venueSymbol,
  epoch: view.epoch,
  time: view.time,
  received: view.received,
  timeUs: view.timeUs,
  instrument: view.instrument,
  snapshot: view.snapshot,
  refreshed: view.refreshed,
});

const DEFAULT = { ...BASE, timeUs: 1_785_649_411_562_123, instrument: 5, snapshot: false, refreshed: false };

for (const [title, header, expected] of [
  ['names come from the ids, times in their units', {}, {}],
  ['a snapshot is marked', { flags: FLAG.snapshot }, { snapshot: true }],
  [
    'what was written anew after an overflow is marked',
    { flags: FLAG.refreshed | FLAG.snapshot },
    { snapshot: true, refreshed: true },
  ],
  ['without a time of the exchange there is no time', { exchangeAtUs: -1 }, { timeUs: -1, time: Number.NaN }],
  ['the beginning of 1970 is a time', { exchangeAtUs: 0 }, { timeUs: 0, time: 0 }],
  [
    'where no single instrument is concerned there is no symbol',
    { instrument: NO_INSTRUMENT },
    { instrument: NO_INSTRUMENT, symbol: '', venueSymbol: '' },
  ],
  ['another feed has its own name and exchange', { feed: 0 }, { feed: 'feed#0', exchange: 'kraken' }],
  ['an epoch has 32 bits', { epoch: 0xffff_ffff }, { epoch: 0xffff_ffff }],
] as const)
  test(title, () => {
    const ring = new WrittenRing();
    ring.trade(header);
    const loop = new StrategyLoop(NAMES);
    loop.add({ reader: ring.reader, taken: () => undefined });
    let seen: object | undefined;
    const strategy = {
      onTrade(view: TradeView): void {
        seen = head(view);
      },
    };
    loop.poll(strategy, 1, Number.POSITIVE_INFINITY);
    assert.deepEqual(seen, { ...DEFAULT, ...expected });
  });
