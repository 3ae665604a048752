import type { FeedCounterWriter } from '../../shared/counters/counter-block.ts';
import { FEED } from '../../shared/counters/feed-counters.ts';
import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { StatusCode } from '../../shared/faults/status-catalogue.ts';
import { aligned } from '../../shared/layout/define-record.ts';
import { GAP } from '../../shared/records/gap.ts';
import { STATUS } from '../../shared/records/status.ts';
import { RING_FULL, RingWriter } from '../../shared/ring/ring-writer.ts';
import { CONNECTION_STATE_CODES, type ConnectionState } from '../../shared/session/connection-state.ts';
import { writeUtf8 } from '../../shared/text/utf8.ts';
import {
  type ExchangeUs,
  type FeedId,
  type MonotonicNs,
  NO_INSTRUMENT,
  NONE,
  NS_PER_MS,
} from '../../shared/units.ts';

/** Bytes of detail text kept; an error message may be of any length. A multiple of 8. */
const DETAIL_BYTES_MAX = 512;

/**
 * Writes into the ring of a feed whose worker is gone, in its place: that something is missing, since nobody
 * knows what was on the wire, and what happened. The main thread is the producer of the ring and of the
 * counters until a new worker takes over, so that one is started only after `written`. Where the ring is
 * full, writing goes on as the strategy makes room.
 *
 * Runs on: main.
 */
export class OrphanNotices {
  /** Resolves when everything is in the ring. */
  readonly written: Promise<void>;
  readonly #writer: RingWriter;
  readonly #counters: FeedCounterWriter;
  readonly #feed: FeedId;
  readonly #epoch: number;
  /** In order. Few: a worker is lost once, and closed at most once after that. */
  readonly #waiting: (() => boolean)[] = [];
  #done: () => void = () => undefined;

  constructor(ring: SharedArrayBuffer, counters: FeedCounterWriter, feed: FeedId) {
    this.#writer = new RingWriter(ring);
    this.#counters = counters;
    this.#feed = feed;
    this.#epoch = counters.local[FEED.epoch]!;
    this.written = new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** Shown in the counters at once. */
  state(state: ConnectionState): void {
    this.#counters.local[FEED.state] = CONNECTION_STATE_CODES[state];
    this.#counters.publish();
  }

  gap(fault: FaultCode): void {
    this.#waiting.push(() => this.#writeGap(fault));
  }

  status(code: StatusCode, fault: FaultCode, detail: string): void {
    this.#waiting.push(() => this.#writeStatus(code, fault, detail));
  }

  /** Writes as much as there is room for: at first, and each time the strategy has taken records since. */
  write(): void {
    const { local } = this.#counters;
    let written = 0;
    while (this.#waiting.length > 0 && this.#waiting[0]!()) {
      this.#waiting.shift();
      written++;
    }
    if (written > 0) {
      this.#writer.publish();
      local[FEED.committed]! += written;
      this.#counters.publish();
    }
    if (this.#waiting.length === 0) this.#done();
  }

  #writeGap(fault: FaultCode): boolean {
    const at = this.#writer.tryClaim(GAP.size);
    if (at === RING_FULL) return false;
    GAP.encode(this.#writer.view, at, {
      ...this.#header(GAP.size, GAP.typeId),
      fromNs: this.#now(),
      droppedTrades: 0,
      droppedCandles: 0,
      droppedOther: 0,
      conflated: 0,
      missed: Number.NaN,
      fault,
      reserved: 0,
      reserved2: 0,
    });
    this.#writer.commit(GAP.size);
    this.#counters.local[FEED.gaps]!++;
    return true;
  }

  #writeStatus(code: StatusCode, fault: FaultCode, detail: string): boolean {
    const at = this.#writer.tryClaim(STATUS.size + DETAIL_BYTES_MAX);
    if (at === RING_FULL) return false;
    const { view } = this.#writer;
    const detailBytes = writeUtf8(detail, view, at + STATUS.size, DETAIL_BYTES_MAX);
    const bytes = STATUS.size + aligned(detailBytes);
    for (let i = at + STATUS.size + detailBytes; i < at + bytes; i++) view.setUint8(i, 0);
    STATUS.encode(view, at, {
      ...this.#header(bytes, STATUS.typeId),
      code,
      fault,
      detailBytes,
      value: Number.NaN,
    });
    this.#writer.commit(bytes);
    return true;
  }

  #header(bytes: number, typeId: number) {
    return {
      bytes,
      typeId,
      flags: 0,
      feed: this.#feed,
      instrument: NO_INSTRUMENT,
      epoch: this.#epoch,
      receivedAtNs: this.#now(),
      exchangeAtUs: NONE as ExchangeUs,
      sequence: NONE,
    };
  }

  #now(): MonotonicNs {
    return (performance.now() * NS_PER_MS) as MonotonicNs;
  }
}
