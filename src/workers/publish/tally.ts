import { COUNTED, FEED, KIND, kindWord } from '../../shared/counters/feed-counters.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';

/** Type ids are one byte. */
const TYPE_IDS = 256;

/** Per type id: its kind's first word among the counters; -1 for records that are not market data. */
const FIRST_WORD = new Int32Array(TYPE_IDS).fill(-1);
for (const [row, name] of COUNTED.entries()) FIRST_WORD[TYPE[name]] = kindWord(row, 0);

/** True for the records that speak of the feed rather than of the market; these are never lost. */
export const isNotice = (typeId: number): boolean => typeId === TYPE.status || typeId === TYPE.gap;

/**
 * Where each record went. A record is counted as received in the same step in which its fate is known, so
 * `received = delivered + dropped + conflated` holds after every call, for every kind.
 */
export class Tally {
  /** The worker's own copy of the feed's counters, published elsewhere. */
  readonly #words: Float64Array;
  /** Notices in the ring; with the delivered and the refreshed records they make up what was committed. */
  #notices: number;

  constructor(words: Float64Array) {
    this.#words = words;
    // The counters of a feed outlive its worker, so a new one goes on from what it finds.
    this.#notices = words[FEED.committed]! - this.#marketRecords();
  }

  /** A record is in the ring. */
  delivered(typeId: number): void {
    const word = FIRST_WORD[typeId]!;
    if (word < 0) {
      this.#notices++;
      if (typeId === TYPE.gap) this.#words[FEED.gaps]!++;
      return;
    }
    this.#words[word + KIND.received]!++;
    this.#words[word + KIND.delivered]!++;
  }

  /** A record in the ring is taken back. */
  takenBack(typeId: number): void {
    const word = FIRST_WORD[typeId]!;
    if (word < 0) {
      this.#notices--;
      if (typeId === TYPE.gap) this.#words[FEED.gaps]!--;
      return;
    }
    this.#words[word + KIND.received]!--;
    this.#words[word + KIND.delivered]!--;
  }

  dropped(typeId: number, records: number): void {
    const word = FIRST_WORD[typeId]!;
    this.#words[word + KIND.received]! += records;
    this.#words[word + KIND.dropped]! += records;
  }

  conflated(typeId: number): void {
    const word = FIRST_WORD[typeId]!;
    this.#words[word + KIND.received]!++;
    this.#words[word + KIND.conflated]!++;
  }

  /** A record of the worker's own state is in the ring: it was received before, so it is not counted again. */
  refreshed(): void {
    this.#words[FEED.refreshed]!++;
  }

  /** Brings the count of committed records up to date. */
  sum(): void {
    this.#words[FEED.committed] = this.#marketRecords() + this.#notices;
  }

  #marketRecords(): number {
    let records = this.#words[FEED.refreshed]!;
    for (let row = 0; row < COUNTED.length; row++) records += this.#words[kindWord(row, KIND.delivered)]!;
    return records;
  }
}
