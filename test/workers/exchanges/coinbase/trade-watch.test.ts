import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TradeWatch } from '../../../../src/workers/exchanges/coinbase/trade-watch.ts';
import { ListSink } from '../../../support/list-sink.ts';
import { SKL } from './codec-harness.ts';

type Step = readonly ['last' | 'match' | 'beat', id: number] | readonly ['forget' | 'reset'];

/** What is told of these steps: how many trades are missing, one after the other. */
function told(...steps: readonly Step[]): (number | undefined)[] {
  const sink = new ListSink();
  const watch = new TradeWatch(sink);
  for (const [what, id = 0] of steps) {
    watch.lastTradeId = id;
    if (what === 'last') watch.begin(SKL, id);
    else if (what === 'match') watch.take(SKL, id);
    else if (what === 'beat') watch.beat(SKL);
    else if (what === 'forget') watch.forget(SKL);
    else watch.reset();
  }
  return sink.named('status').map(({ values }) => values['value']);
}

for (const [title, steps, missing] of [
  [
    'trades one after the other',
    [
      ['match', 5],
      ['match', 6],
      ['beat', 6],
      ['beat', 6],
      ['match', 7],
    ],
    [],
  ],
  [
    'a trade that follows the last one before the subscription',
    [
      ['last', 5],
      ['match', 6],
    ],
    [],
  ],
  [
    'a jump',
    [
      ['match', 5],
      ['match', 9],
    ],
    [3],
  ],
  [
    'a jump from the last one before the subscription',
    [
      ['last', 5],
      ['match', 7],
    ],
    [1],
  ],
  [
    'what a heartbeat names and the next one too',
    [
      ['match', 5],
      ['beat', 7],
      ['beat', 7],
      ['beat', 7],
    ],
    [2],
  ],
  [
    'what a heartbeat names and comes before the next one',
    [
      ['match', 5],
      ['beat', 6],
      ['match', 6],
      ['beat', 6],
    ],
    [],
  ],
  [
    'more of what heartbeats name',
    [
      ['match', 5],
      ['beat', 7],
      ['beat', 9],
      ['beat', 9],
    ],
    [2, 2],
  ],
  [
    'what is missing beyond what was told',
    [
      ['match', 5],
      ['beat', 7],
      ['beat', 7],
      ['match', 10],
    ],
    [2, 2],
  ],
  [
    'a trade that was told to be missing and comes late',
    [
      ['match', 5],
      ['beat', 6],
      ['beat', 6],
      ['match', 6],
    ],
    [1],
  ],
  [
    'a trade twice',
    [
      ['match', 5],
      ['match', 5],
    ],
    [0],
  ],
  [
    'heartbeats before any trade',
    [
      ['beat', 5],
      ['beat', 5],
      ['match', 6],
    ],
    [],
  ],
  [
    'a subscription that begins anew',
    [['match', 5], ['beat', 9], ['forget'], ['match', 20], ['beat', 20]],
    [],
  ],
  ['another connection', [['match', 5], ['beat', 9], ['reset'], ['match', 20], ['beat', 20]], []],
] as const satisfies readonly (readonly [string, readonly Step[], readonly number[]])[])
  test(`${title}: ${missing.length === 0 ? 'nothing is missing' : `missing is ${missing.join(', then ')}`}`, () => {
    assert.deepEqual(told(...steps), missing);
  });
