/** The micro benchmarks as one part of the run: one operation each, every one with a baseline or a check of its own. */
import * as checksumNative from '../alternatives/checksum-native.ts';
import { count, duration, perSecond, times } from '../support/format.ts';
import type { Part, Table } from '../support/part.ts';
import * as book from './book.ts';
import * as framing from './framing.ts';
import * as krakenRead from './kraken-read.ts';
import * as krakenV1Read from './kraken-v1-read.ts';
import * as ring from './ring.ts';

/** Records of the ring benchmark for each message of the others: it is that much faster. */
const RING_SHARE = 50;
/** Frames, and updates of books, for each message of the others. */
const FRAMING_SHARE = 2;
const UPDATES_SHARE = 2;

const ringTable = ({ name, recordsPerSecond }: ring.MicroResult): Table => ({
  title: 'Ring: hand-off between two threads',
  head: ['operation', 'records/s', 'a record'],
  rows: [[name, perSecond(recordsPerSecond), duration(1e9 / recordsPerSecond)]],
  notes: ['Each record is written and read in full words; the reader adds up what the writer put in.'],
});

const readTable = (v2: readonly krakenRead.ReadRate[], v1: readonly krakenV1Read.ReadRate[]): Table => ({
  title: 'Codecs: from bytes to records, without a socket',
  head: ['message', 'bytes', 'a message', 'messages/s', 'JSON.parse alone', 'JSON.parse / ours'],
  rows: [
    ...v2.map((row) => [
      `Kraken v2 ${row.what}`,
      count(row.bytesPerMessage),
      duration(row.nsPerMessage),
      perSecond(row.messagesPerS),
      duration(row.jsonParseNs),
      times(row.ratio),
    ]),
    ...v1.map((row) => [
      `Kraken v1 ${row.what}`,
      count(row.bytesPerMessage),
      duration(row.nsPerMessage),
      perSecond(row.messagesPerS),
      '-',
      '-',
    ]),
  ],
  notes: [
    'Ours includes the symbol, decimals, time, the book and its checksum; JSON.parse alone includes none of these.',
  ],
});

const bookTable = (
  costs: readonly book.BookCosts[],
  checksums: readonly checksumNative.ChecksumComparison[],
): Table => ({
  title: 'Books: one update of one level',
  head: [
    'depth',
    'applied',
    'applied, checked, written',
    'combined registers',
    'zlib.crc32 of gathered digits',
    'gathered / combined',
  ],
  rows: costs.map(({ depth, applyNs, takeNs }) => {
    const compared = checksums.find((comparison) => comparison.depth === depth);
    return [
      count(depth),
      duration(applyNs),
      duration(takeNs),
      compared === undefined ? '-' : duration(compared.combinedNs),
      compared === undefined ? '-' : duration(compared.gatheredNs),
      compared === undefined ? '-' : times(compared.ratio),
    ];
  }),
  notes: [
    'The last three columns are applying an update and computing the checksum in two ways; the second is the alternative that was not chosen.',
  ],
});

const framingTable = ({ wsPerSecond, lanePerSecond, ratio }: framing.FramingResult): Table => ({
  title: 'Frames: whole messages out of a socket, nothing parsed',
  head: ['way', 'messages/s', '× ws'],
  rows: [
    ['ws', perSecond(wsPerSecond), times(1)],
    ['fast lane under ws', perSecond(lanePerSecond), times(ratio)],
  ],
  notes: ['The server is a thread of the same process here.'],
});

export const micro: Part = {
  name: 'micro',
  async run({ scale, progress }) {
    const { microMessages } = scale;
    progress('ring');
    const handOff = await ring.run({ records: microMessages * RING_SHARE });
    if (!handOff.checksumOk) throw new Error('ring: not every record came once and in order');
    progress('codecs');
    const v2 = krakenRead.run({ messages: microMessages });
    const v1 = krakenV1Read.run({ messages: microMessages });
    progress('books');
    const costs = book.run({ updates: microMessages * UPDATES_SHARE });
    const checksums = checksumNative.run({ updates: microMessages * UPDATES_SHARE });
    progress('frames');
    const frames = await framing.run({ messages: microMessages * FRAMING_SHARE });
    return {
      tables: [ringTable(handOff), readTable(v2, v1), bookTable(costs, checksums), framingTable(frames)],
      samples: { ring: handOff, krakenRead: v2, krakenV1Read: v1, book: costs, checksums, framing: frames },
    };
  },
};
