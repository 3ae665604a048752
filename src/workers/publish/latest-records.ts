import { HEADER } from '../../shared/records/header.ts';
import { QUOTE } from '../../shared/records/quote.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { TICKER } from '../../shared/records/ticker.ts';
import type { InstrumentId } from '../../shared/units.ts';
import { copyRecord, recordMemory } from './record-memory.ts';
import type { RingOutput } from './ring-output.ts';

const { bytes: BYTES, instrument: INSTRUMENT_ID, typeId: TYPE_ID } = HEADER.field;

const SLOT_BYTES = Math.max(TICKER.size, QUOTE.size);
const SLOTS_AT_FIRST = 64;

/**
 * The latest ticker and the latest quote of each instrument that found no room. A slot is given once per
 * type and instrument and kept, so memory is bounded by the instruments of the feed and then reused.
 */
export class LatestRecords {
  #view = recordMemory(SLOTS_AT_FIRST * SLOT_BYTES);
  readonly #tickers = new Map<InstrumentId, number>();
  readonly #quotes = new Map<InstrumentId, number>();
  /** Slots that wait to be written, the one that waits longest first. */
  readonly #waiting = new Set<number>();

  static keeps(typeId: number): boolean {
    return typeId === TYPE.ticker || typeId === TYPE.quote;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  has(view: DataView, at: number): boolean {
    const slot = this.#slots(view, at).get(INSTRUMENT_ID.get(view, at));
    return slot !== undefined && this.#waiting.has(slot);
  }

  put(view: DataView, at: number): void {
    const slots = this.#slots(view, at);
    const instrument = INSTRUMENT_ID.get(view, at);
    let slot = slots.get(instrument);
    if (slot === undefined) {
      slot = this.#tickers.size + this.#quotes.size;
      slots.set(instrument, slot);
      if ((slot + 1) * SLOT_BYTES > this.#view.byteLength) this.#grow();
    }
    copyRecord(view, at, this.#view, slot * SLOT_BYTES, BYTES.get(view, at));
    this.#waiting.add(slot);
  }

  /** Writes the one that waits longest. */
  tryWriteOne(output: RingOutput): boolean {
    for (const slot of this.#waiting) {
      if (!output.tryWriteRefreshed(this.#view, slot * SLOT_BYTES)) return false;
      this.#waiting.delete(slot);
      break;
    }
    return true;
  }

  #slots(view: DataView, at: number): Map<InstrumentId, number> {
    return TYPE_ID.get(view, at) === TYPE.ticker ? this.#tickers : this.#quotes;
  }

  #grow(): void {
    const from = this.#view;
    this.#view = recordMemory(from.byteLength * 2);
    copyRecord(from, 0, this.#view, 0, from.byteLength);
  }
}
