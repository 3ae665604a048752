import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { aligned } from '../../../shared/layout/define-record.ts';
import { RAW } from '../../../shared/records/raw.ts';
import { NO_INSTRUMENT } from '../../../shared/units.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';

/**
 * Longest message that is handed over, bytes. The publisher may have to hold a message in the worker's own
 * memory, which takes up to four times as much; what does not fit the ring it announces itself.
 */
export const RAW_BYTES_MAX = 64 * 1024 * 1024;

const TEXT = 1;
const BINARY = 2;

const NOT_ASCII = 0x80;

const NO_REQUESTS: readonly string[] = [];

/** Hands over every message as it came, as one record. Nothing is subscribed and nothing is asked. */
class RawCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  /** The bytes of `#view`, which is the sink's as of the last record. */
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView | undefined;

  constructor(context: CodecContext) {
    this.#context = context;
  }

  addInstruments(): void {}

  read(bytes: Uint8Array, start: number, end: number): void {
    this.#write(bytes, start, end, TEXT);
  }

  readBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#write(bytes, start, end, BINARY);
  }

  subscribe(): readonly string[] {
    return NO_REQUESTS;
  }

  unsubscribe(): readonly string[] {
    return NO_REQUESTS;
  }

  ping(): undefined {}

  reset(): void {}

  #write(bytes: Uint8Array, start: number, end: number, opcode: typeof TEXT | typeof BINARY): void {
    const { sink, events } = this.#context;
    const { field, size, typeId } = RAW;
    const payloadBytes = end - start;
    if (payloadBytes > RAW_BYTES_MAX) {
      sink.discard(typeId, NO_INSTRUMENT, FAULTS.MESSAGE_TOO_LONG.id, 1);
      events.malformed(
        FAULTS.MESSAGE_TOO_LONG.id,
        `a message of ${payloadBytes} bytes; at most ${RAW_BYTES_MAX} can be handed over`,
      );
      return;
    }
    const recordBytes = size + aligned(payloadBytes);
    const at = sink.claim(typeId, recordBytes);
    const { view } = sink;
    const to = this.#bytesOf(view);
    const payloadAt = at + size;
    // One by one: views of parts would be two objects for each message, and most are short.
    let all = 0;
    for (let i = 0; i < payloadBytes; i++) {
      const byte = bytes[start + i]!;
      all |= byte;
      to[payloadAt + i] = byte;
    }
    if (opcode === TEXT && all >= NOT_ASCII && !this.#isText(bytes, start, end)) return;
    for (let i = size + payloadBytes; i < recordBytes; i++) to[at + i] = 0;
    field.instrument.set(view, at, NO_INSTRUMENT);
    field.payloadBytes.set(view, at, payloadBytes);
    field.opcode.set(view, at, opcode);
    field.more.set(view, at, 0);
    field.ascii.set(view, at, all < NOT_ASCII ? 1 : 0);
    field.reserved.set(view, at, 0);
    sink.commit(recordBytes);
  }

  #isText(bytes: Uint8Array, start: number, end: number): boolean {
    const { sink, events, text } = this.#context;
    if (text(bytes, start, end) !== undefined) return true;
    sink.rollback();
    events.malformed(FAULTS.PROTOCOL_ERROR.id, `a text message of ${end - start} bytes that are not UTF-8`);
    return false;
  }

  #bytesOf(view: DataView): Uint8Array {
    if (view !== this.#view) {
      this.#view = view;
      this.#bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    }
    return this.#bytes;
  }
}

export const RAW_CODEC: Exchange = { createCodec: (context) => new RawCodec(context) };
