import type { RecordLayout } from '../../shared/layout/define-record.ts';
import { HEADER } from '../../shared/records/header.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../shared/units.ts';
import type { RecordSink } from '../feed-events.ts';

const { bytes, typeId, flags, instrument, exchangeAtUs, sequence } = HEADER.field;

/**
 * A record in the making, in memory of its own that is used for one after the other. An entry is read whole
 * before it is written, so a malformed one leaves nothing behind. As arrays, because a DataView costs more for
 * each value, and most of the time of reading a message goes into its values.
 */
export class RecordDraft {
  readonly words: Int32Array;
  readonly float64: Float64Array;
  readonly bytes: Uint8Array;

  /** All zeros, with neither time nor sequence. */
  constructor(layout: Pick<RecordLayout, 'typeId' | 'size'>) {
    this.words = new Int32Array(layout.size / 4);
    this.float64 = new Float64Array(this.words.buffer);
    this.bytes = new Uint8Array(this.words.buffer);
    this.words[bytes.index] = layout.size;
    this.bytes[typeId.index] = layout.typeId;
    this.atUs = NONE as ExchangeUs;
    this.sequence = NONE;
  }

  get instrument(): InstrumentId {
    return this.words[instrument.index] as InstrumentId;
  }

  set instrument(id: InstrumentId) {
    this.words[instrument.index] = id;
  }

  set snapshot(isSnapshot: boolean) {
    this.bytes[flags.index] = isSnapshot ? FLAG.snapshot : 0;
  }

  set atUs(at: ExchangeUs) {
    this.float64[exchangeAtUs.index] = at;
  }

  get sequence(): number {
    return this.float64[sequence.index]!;
  }

  set sequence(count: number) {
    this.float64[sequence.index] = count;
  }

  write(sink: RecordSink): void {
    sink.put(this.words, 0);
  }
}
