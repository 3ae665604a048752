import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { defineRecord, u8, u16, u32 } from '../../shared/layout/define-record.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { HEADER_FIELDS } from '../../shared/records/record-header.ts';
import type { InstrumentId, MonotonicNs } from '../../shared/units.ts';
import { Hole } from './hole.ts';

/**
 * Stands among the records of a message for others that are not delivered because of a fault of the stream,
 * so that they are counted in order and taken back with the message. It never leaves the worker, hence a
 * type id outside the catalogue.
 */
export const DISCARDED = defineRecord({
  name: 'discarded',
  typeId: 255,
  size: 48,
  fields: {
    ...HEADER_FIELDS,
    records: u32('records that are not delivered'),
    fault: u16<FaultCode>('why'),
    kind: u8('type id of those records'),
    reserved: u8<0>('zero'),
  },
});

/** Book records that are missing, per instrument, until the book is whole again or given up. */
export class StreamGaps {
  readonly #holes = new Map<InstrumentId, Hole>();

  /** The fault that comes first names the gap: those that follow before the next snapshot are its consequence. */
  add(instrument: InstrumentId, fault: FaultCode, records: number, receivedAtNs: MonotonicNs): void {
    let hole = this.#holes.get(instrument);
    if (hole === undefined) {
      hole = new Hole(instrument, fault);
      this.#holes.set(instrument, hole);
    }
    hole.drop(TYPE.book, records, receivedAtNs);
  }

  /** Removes what is missing of one instrument, to be announced. */
  take(instrument: InstrumentId): Hole | undefined {
    const hole = this.#holes.get(instrument);
    this.#holes.delete(instrument);
    return hole;
  }

  /** Instruments of which something is missing. */
  instruments(): InstrumentId[] {
    return [...this.#holes.keys()];
  }
}
