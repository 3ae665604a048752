import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { Random } from '../../../support/random.ts';
import { CodecPair } from '../../../support/venue-kit/codec-pair.ts';
import { book, PoloniexLegacyHarness, ticker, trade } from './codec-harness.ts';
import { MessageGenerator, PAIRS } from './message-generator.ts';

/** One with its hot path and one without, with everything subscribed. */
function pairOfCodecs(): CodecPair<PoloniexLegacyHarness> {
  const names = Object.keys(PAIRS);
  const all = names.flatMap((_, n) => [book, trade, ticker].map((of) => of(n as InstrumentId)));
  return new CodecPair((hot) => new PoloniexLegacyHarness(names, { hot }).subscribed(...all).answered(PAIRS));
}

/** Entries that look like those of the hot shape, and of which the shape alone does not tell what they are. */
const NEARLY = [
  '["o",1,"0.5","1",5]',
  '["o",1,"0.5","1","5",6]',
  '["o",1,"0.5","1","5",6,"7"]',
  '["o",1,"0.5","1","0.5"]',
  '["o",1,"0.5","1","9007199254740993"]',
  '["o",1,"0.5","1","4503599627370497"]',
  '["o",1,"0.5","1"',
  '["o",1,"5",0,"1"]',
  '["o",2,"0.5","1"]',
  '["o","1","0.5","1"]',
  '["o",1,"0.5"]',
  '["t","5",0,"0.5","1"]',
  '["t","5",0,"0.5"]',
  '["t","5","0.5","1",6]',
  '["t","5",0,"0.5","1",6"]',
  '["t","5",0,"0.5","1",6,"7"]',
  '["t","5",0,"0.5","1",6,"7",8]',
  '["t","5",0,"0.5","1",6,"7]',
  '["t","5",0,"0.5","1","6"]',
  '["t","0.5",0,"0.5","1",6]',
  '["t","5.0",0,"0.5","1",6]',
  '["t","4503599627370496",0,"0.5","1",6]',
  '["t","9007199254740993",0,"0.5","1",6]',
  '["t","05",0,"0.5","1",6]',
  '["t",5,0,"0.5","1",6]',
  '["t","5",2,"0.5","1",6]',
  '["t","5",0,"-0.5","1",6]',
];

test('what is nearly a change or a trade means the same on both paths, wherever it stands', () => {
  const [snapshot] = new MessageGenerator(new Random(5)).begin();
  const [, id, first] = /^\[(\d+),(\d+),/.exec(snapshot!)!;
  const change = '["o",1,"0.00000500","2.00000000"]';
  for (const entry of NEARLY)
    for (const entries of [[entry], [change, entry], [entry, change], [entry, entry]]) {
      const pair = pairOfCodecs();
      pair.read(snapshot!);
      const sequence = Number(first) + 1;
      // What an earlier message left must not be taken for a part of this one.
      pair.read(`[${id},${sequence},[["t","7",1,"0.7","7.5",77,"777"],["t","8",1,"0.7","7.5",77,"777"]]]`);
      pair.read(`[${id},${sequence + 1},[${entries.join(',')}]]`, 'nearly:');
      pair.close();
    }
});

test('of changes of different times, or none, the latest one is the time of the frame on both paths', () => {
  const [snapshot] = new MessageGenerator(new Random(5)).begin();
  const [, id, first] = /^\[(\d+),(\d+),/.exec(snapshot!)!;
  const random = new Random(6);
  const pair = pairOfCodecs();
  pair.read(snapshot!);
  for (let n = 1; n <= 200; n++) {
    const entries = Array.from({ length: 1 + random.below(5) }, () => {
      const side = random.percent(50) ? ['1', '0.00000500'] : ['0', '0.00900000'];
      const ms = random.percent(70) ? `,"${1_700_000_000_000 + random.below(10)}"` : '';
      return `["o",${side[0]},"${side[1]}","${1 + random.below(9)}.00000000"${ms}]`;
    });
    pair.read(`[${id},${Number(first) + n},[${entries.join(',')}]]`, 'times:');
  }
  pair.close();
});
