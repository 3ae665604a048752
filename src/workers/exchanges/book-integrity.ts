import type { Subscription } from '../../shared/contract.ts';
import type { SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { InstrumentId } from '../../shared/units.ts';
import type { CodecEvents, NoticeSink, RecordSink } from '../feed-events.ts';
import type { BookMessage } from './book-message.ts';

/** Signatures agreed on; the body is being written. */
export class BookIntegrity {
  constructor(_sink: RecordSink, _notices: NoticeSink, _events: CodecEvents, _symbols: SymbolCounters) {}
  /** Expects a book for this subscription; updates before its first snapshot are discarded. */
  open(_subscription: Subscription): void {}
  close(_instrument: InstrumentId): void {}
  /** A new connection: every book is absent until its snapshot. */
  reset(): void {}
  /** Applies one message, checks it, and writes its record or says that the book is stale. */
  take(_message: BookMessage): void {}
  /** Marks a book stale for a reason found elsewhere. */
  invalidate(_instrument: InstrumentId, _fault: FaultCode, _detail: string): void {}
  /** Decimals that checksum digits are padded to (0: as sent). */
  priceDecimals(_instrument: InstrumentId): number {
    return 0;
  }
  qtyDecimals(_instrument: InstrumentId): number {
    return 0;
  }
  /** Learns a higher precision of an instrument; digits of the levels held are padded anew. */
  raisePrecision(_instrument: InstrumentId, _priceDecimals: number, _qtyDecimals: number): void {}
  /** Writes the whole book as a snapshot record flagged `refreshed`, if it is live. */
  writeSnapshot(_instrument: InstrumentId): boolean {
    return false;
  }
}
