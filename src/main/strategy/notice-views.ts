import { type FaultName, faultName } from '../../shared/faults/fault-catalogue.ts';
import { type StatusName, statusName } from '../../shared/faults/status-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { STATUS } from '../../shared/records/status.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import type { GapEvent, StatusEvent } from './events.ts';
import { baseOf, sent } from './market-views.ts';
import { RecordView } from './record-view.ts';

const S = STATUS.field;

/** What changed in a feed or one of its instruments, in order with the data it speaks of. */
export class StatusView extends RecordView {
  get status(): StatusName {
    return statusName(S.code.get(this.view, this.at));
  }
  /** Why; `NONE` where nothing went wrong. */
  get fault(): FaultName {
    return faultName(S.fault.get(this.view, this.at));
  }
  /** A number that belongs to the status, e.g. a close code or a delay in ms; NaN where there is none. */
  get value(): number {
    return S.value.get(this.view, this.at);
  }
  /** A sentence for people. */
  get detail(): string {
    const bytes = S.detailBytes.get(this.view, this.at);
    if (bytes === 0) return '';
    // Copied first: a UTF-8 decoder pointed at shared memory can crash the process on Node 20 and 22.
    const copy = Buffer.alloc(bytes);
    for (let i = 0; i < bytes; i++) copy[i] = this.view.getUint8(this.at + STATUS.size + i);
    return copy.toString('utf8');
  }
  copy(): StatusEvent {
    const { status, fault, detail } = this;
    return { type: 'status', ...baseOf(this), status, fault, detail, value: sent(this.value) };
  }
}

const G = GAP.field;

/** A hole in the stream, at its place. */
export class GapView extends RecordView {
  get fault(): FaultName {
    return faultName(G.fault.get(this.view, this.at));
  }
  /** Receive time of the first record that is missing. */
  get from(): MonotonicNs {
    return G.fromNs.get(this.view, this.at);
  }
  get droppedTrades(): number {
    return G.droppedTrades.get(this.view, this.at);
  }
  get droppedCandles(): number {
    return G.droppedCandles.get(this.view, this.at);
  }
  get droppedOther(): number {
    return G.droppedOther.get(this.view, this.at);
  }
  /** Book updates, tickers and quotes folded into the fresh ones that follow. */
  get conflated(): number {
    return G.conflated.get(this.view, this.at);
  }
  /** Sequence numbers the exchange never sent us; NaN where that cannot be known. */
  get missed(): number {
    return G.missed.get(this.view, this.at);
  }
  copy(): GapEvent {
    const { fault, from, droppedTrades, droppedCandles, droppedOther, conflated } = this;
    return {
      type: 'gap',
      ...baseOf(this),
      fault,
      from,
      droppedTrades,
      droppedCandles,
      droppedOther,
      conflated,
      missed: sent(this.missed),
    };
  }
}
