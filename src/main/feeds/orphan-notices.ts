import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { StatusCode } from '../../shared/faults/status-catalogue.ts';
import { aligned } from '../../shared/layout/define-record.ts';
import { GAP } from '../../shared/records/gap.ts';
import { STATUS } from '../../shared/records/status.ts';
import { RING_FULL, RingWriter } from '../../shared/ring/ring-writer.ts';
import {
  type ExchangeUs,
  type FeedId,
  type MonotonicNs,
  NO_INSTRUMENT,
  NONE,
  NS_PER_MS,
} from '../../shared/units.ts';

interface OrphanStatus {
  readonly code: StatusCode;
  readonly fault: FaultCode;
  readonly detail: string;
}

/** Bytes of detail text kept; an error message may be of any length. */
const DETAIL_BYTES_MAX = 512;

/**
 * Writes into the ring of a feed whose worker is gone, in its place: a gap, since nobody knows what was on
 * the wire, and then what happened. The main thread is the ring's producer until a new worker takes over,
 * so that one is started only after `written`. Where the ring is full, writing goes on as the strategy
 * makes room.
 *
 * Runs on: main.
 */
export class OrphanNotices {
  readonly written: Promise<void>;
  readonly #writer: RingWriter;
  readonly #feed: FeedId;
  readonly #epoch: number;
  readonly #statuses: readonly OrphanStatus[];
  #done: () => void = () => undefined;
  #finished = false;

  constructor(ring: SharedArrayBuffer, feed: FeedId, epoch: number, statuses: readonly OrphanStatus[]) {
    this.#writer = new RingWriter(ring);
    this.#feed = feed;
    this.#epoch = epoch;
    this.#statuses = statuses;
    this.written = new Promise((resolve) => {
      this.#done = resolve;
    });
    this.retry();
  }

  /** Tries again; the strategy has taken records since. */
  retry(): void {
    if (this.#finished) return;
    const mark = this.#writer.mark();
    if (!this.#writeGap() || !this.#statuses.every((status) => this.#writeStatus(status))) {
      this.#writer.rollback(mark);
      return;
    }
    this.#writer.publish();
    this.#finished = true;
    this.#done();
  }

  #writeGap(): boolean {
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
      fault: this.#statuses[0]!.fault,
      reserved: 0,
      reserved2: 0,
    });
    this.#writer.commit(GAP.size);
    return true;
  }

  #writeStatus({ code, fault, detail }: OrphanStatus): boolean {
    const text = Buffer.from(detail.slice(0, DETAIL_BYTES_MAX / 4), 'utf8');
    const bytes = STATUS.size + aligned(text.length);
    const at = this.#writer.tryClaim(bytes);
    if (at === RING_FULL) return false;
    const { view } = this.#writer;
    STATUS.encode(view, at, {
      ...this.#header(bytes, STATUS.typeId),
      code,
      fault,
      detailBytes: text.length,
      value: Number.NaN,
    });
    for (let i = 0; i < bytes - STATUS.size; i++) view.setUint8(at + STATUS.size + i, text[i] ?? 0);
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
