/**
 * Entry of a worker that asks venues for their instruments and then ends: such a list may have megabytes, and
 * reading it would hold up the strategy.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InstrumentNews, InstrumentQuestion } from '../shared/venues/instrument-list.ts';
import { askInstruments } from './ask-instruments.ts';
import { fetchText } from './fetch-text.ts';

for (const [question, asked] of (workerData as readonly InstrumentQuestion[]).entries())
  void askInstruments(asked, fetchText).then((answer) =>
    parentPort?.postMessage({ question, answer } satisfies InstrumentNews),
  );
