import { HEADER } from '../../shared/records/header.ts';
import type { ExchangeUs, FeedId, MonotonicNs } from '../../shared/units.ts';
import { NO_INSTRUMENT, NONE } from '../../shared/units.ts';

const { typeId, flags, feed, instrument, epoch, receivedAtNs, exchangeAtUs, sequence } = HEADER.field;

/** Words of the header, for records that are copied word by word. */
export const WORD = {
  bytes: HEADER.field.bytes.offset / 4,
  /** Type, flags and feed, from the lowest byte up. */
  kind: typeId.offset / 4,
  instrument: instrument.offset / 4,
  epoch: epoch.offset / 4,
  receivedAtNs: receivedAtNs.offset / 4,
  /** The first one that is the record's own from there on. */
  own: exchangeAtUs.offset / 4,
} as const;

/** What a word of kind has of the record: type and flags. */
export const KIND_OF_RECORD = 0xffff;
export const FLAGS_SHIFT = 8;
export const FLAGS_MASK = 0xff;
export const TYPE_MASK = 0xff;
const FEED_SHIFT = 16;

/** What every record of a feed is stamped with at one moment. */
export class Stamp {
  readonly feed: FeedId;
  /** The same as words: the feed where it is in a word of kind, and the receive time. */
  readonly feedWord: number;
  readonly timeWords: Int32Array;
  readonly #time: Float64Array;
  epoch: number;

  constructor(feed: FeedId, epoch: number) {
    this.feed = feed;
    this.feedWord = feed << FEED_SHIFT;
    this.epoch = epoch;
    this.#time = new Float64Array(1);
    this.timeWords = new Int32Array(this.#time.buffer);
  }

  get receivedAtNs(): MonotonicNs {
    return this.#time[0] as MonotonicNs;
  }

  set receivedAtNs(at: MonotonicNs) {
    this.#time[0] = at;
  }

  /** Fills the common header, except for the length, which is known when the record is complete. */
  write(view: DataView, at: number, type: number): void {
    typeId.set(view, at, type);
    flags.set(view, at, 0);
    feed.set(view, at, this.feed);
    instrument.set(view, at, NO_INSTRUMENT);
    epoch.set(view, at, this.epoch);
    receivedAtNs.set(view, at, this.receivedAtNs);
    exchangeAtUs.set(view, at, NONE as ExchangeUs);
    sequence.set(view, at, NONE);
  }

  /** Copies the record at `from[fromAt]` to `to[toAt]`, stamped. Index by index, because `set` and `subarray` make objects. */
  copy(from: Int32Array, fromAt: number, to: Int32Array, toAt: number, bytes: number): void {
    to[toAt + WORD.bytes] = bytes;
    to[toAt + WORD.kind] = (from[fromAt + WORD.kind]! & KIND_OF_RECORD) | this.feedWord;
    to[toAt + WORD.instrument] = from[fromAt + WORD.instrument]!;
    to[toAt + WORD.epoch] = this.epoch;
    to[toAt + WORD.receivedAtNs] = this.timeWords[0]!;
    to[toAt + WORD.receivedAtNs + 1] = this.timeWords[1]!;
    // Four at a time: each round of a loop costs as much as a word, and this is run for every record.
    const end = fromAt + (bytes >> 2);
    let i = fromAt + WORD.own;
    let n = toAt + WORD.own;
    for (; i + 2 < end; i += 4, n += 4) {
      const first = from[i]!;
      const second = from[i + 1]!;
      const third = from[i + 2]!;
      const fourth = from[i + 3]!;
      to[n] = first;
      to[n + 1] = second;
      to[n + 2] = third;
      to[n + 3] = fourth;
    }
    // A record has an even number of words, and so has its header.
    if (i < end) {
      to[n] = from[i]!;
      to[n + 1] = from[i + 1]!;
    }
  }
}
