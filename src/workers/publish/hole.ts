import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../shared/units.ts';
import type { Stamp } from './stamp.ts';

const { field } = GAP;

/** What is missing at one place of the stream, until a gap record says so. */
export class Hole {
  readonly instrument: InstrumentId;
  readonly fault: FaultCode;
  #fromNs = Number.NaN as MonotonicNs;
  #trades = 0;
  #candles = 0;
  #other = 0;
  #conflated = 0;

  constructor(instrument: InstrumentId, fault: FaultCode) {
    this.instrument = instrument;
    this.fault = fault;
  }

  get isEmpty(): boolean {
    return this.#trades + this.#candles + this.#other + this.#conflated === 0;
  }

  drop(typeId: number, records: number, receivedAtNs: MonotonicNs): void {
    if (this.isEmpty) this.#fromNs = receivedAtNs;
    if (typeId === TYPE.trade) this.#trades += records;
    else if (typeId === TYPE.candle) this.#candles += records;
    else this.#other += records;
  }

  conflate(receivedAtNs: MonotonicNs): void {
    if (this.isEmpty) this.#fromNs = receivedAtNs;
    this.#conflated++;
  }

  clear(): void {
    this.#trades = 0;
    this.#candles = 0;
    this.#other = 0;
    this.#conflated = 0;
  }

  /** Writes the gap record, complete with its length. */
  write(view: DataView, at: number, stamp: Stamp): void {
    stamp.write(view, at, GAP.typeId);
    field.bytes.set(view, at, GAP.size);
    field.instrument.set(view, at, this.instrument);
    field.fromNs.set(view, at, this.#fromNs);
    field.droppedTrades.set(view, at, this.#trades);
    field.droppedCandles.set(view, at, this.#candles);
    field.droppedOther.set(view, at, this.#other);
    field.conflated.set(view, at, this.#conflated);
    // A full ring loses what the exchange did send; of any other fault nobody knows what it did not send.
    field.missed.set(view, at, this.fault === FAULTS.RING_FULL.id ? 0 : Number.NaN);
    field.fault.set(view, at, this.fault);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
  }

  /** Adds the counts of one gap record to another that stays. Both speak of the same instrument and fault. */
  static merge(from: DataView, fromAt: number, to: DataView, toAt: number): void {
    for (const name of ['droppedTrades', 'droppedCandles', 'droppedOther', 'conflated', 'missed'] as const)
      field[name].set(to, toAt, field[name].get(from, fromAt) + field[name].get(to, toAt));
    const fromNs = Math.min(field.fromNs.get(from, fromAt), field.fromNs.get(to, toAt));
    field.fromNs.set(to, toAt, fromNs as MonotonicNs);
  }
}
