import type { FaultCode } from '../../../src/shared/faults/fault-catalogue.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT, NONE } from '../../../src/shared/units.ts';
import { ListSink } from '../list-sink.ts';

const BYTES = 1 << 17;
/** Of all these sinks: a record is claimed and committed before anything else is. */
const MEMORY = new DataView(new ArrayBuffer(BYTES));

/** What is kept of a book's record. */
interface Tallied {
  readonly instrument: number;
  readonly sequence: number;
}

/**
 * A sink that keeps no more of the records than which message of which book each is of: for checks that read
 * thousands of sessions and look at the books' states alone. Its log has the events only.
 */
export class TallySink extends ListSink {
  readonly #tallied: Tallied[] = [];
  readonly #discarded: number[] = [];
  #mark = 0;

  /** Sequences of a book's records, in their order. */
  sequencesOf(id: number): number[] {
    return this.#tallied.filter(({ instrument }) => instrument === id).map(({ sequence }) => sequence);
  }

  /** Records of a book that were counted as discarded. */
  discardedOf(id: number): number {
    return this.#discarded[id] ?? 0;
  }

  override claim(typeId: number, bytes: number): number {
    this.view = bytes <= BYTES ? MEMORY : new DataView(new ArrayBuffer(bytes));
    const { view } = this;
    const { field } = HEADER;
    field.typeId.set(view, 0, typeId);
    field.instrument.set(view, 0, NO_INSTRUMENT);
    field.exchangeAtUs.set(view, 0, NONE as ExchangeUs);
    field.sequence.set(view, 0, NONE);
    return 0;
  }

  override commit(): void {
    const { field } = HEADER;
    if (field.typeId.get(this.view, 0) !== TYPE.book) return;
    this.#tallied.push({
      instrument: field.instrument.get(this.view, 0),
      sequence: field.sequence.get(this.view, 0),
    });
  }

  override beginMessage(): void {
    this.#mark = this.#tallied.length;
  }

  override rollback(): void {
    this.#tallied.length = this.#mark;
  }

  override discard(typeId: number, instrument: InstrumentId, _fault: FaultCode, records: number): void {
    if (typeId === TYPE.book) this.#discarded[instrument] = (this.#discarded[instrument] ?? 0) + records;
  }
}
