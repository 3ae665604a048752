import { type FaultName, faultName } from '../../shared/faults/fault-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { HEADER } from '../../shared/records/header.ts';
import { RAW } from '../../shared/records/raw.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import type { Doorbell } from '../../shared/ring/doorbell.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import { LoopRest, settled } from '../strategy/loop-rest.ts';
import type { LoopSource } from '../strategy/strategy-loop.ts';

/** Who is handed what comes on a raw connection. What it throws is an uncaught error of the program. */
export interface MessageTaker {
  /** One message, its own to keep. `receivedAtNs`: when it was read from the socket, monotonic ns. */
  onMessage(data: string | Uint8Array, receivedAtNs: MonotonicNs): void;
  /** So many messages are missing between the one before and the one after. */
  onDropped?(messages: number, fault: FaultName): void;
}

/** After these the event loop gets its turn. */
const SLICE_RECORDS = 4096;
const SLICE_MS = 5;

/** Room is made in the ring after this many, and not only at the end of a slice, since callbacks may be slow. */
const RECORDS_PER_RELEASE = 64;

/** Text longer than this gets memory of its own, which is given back. */
const SCRATCH_BYTES = 64 * 1024;

const { typeId: TYPE_ID, receivedAtNs: RECEIVED_AT_NS } = HEADER.field;
const { payloadBytes: PAYLOAD_BYTES, opcode: OPCODE, ascii: ASCII } = RAW.field;
const BINARY = 2;

/**
 * Hands over the messages in the ring of a raw connection as they come, a slice at a time.
 *
 * Runs on: main.
 */
export class MessageDrain {
  readonly #source: LoopSource;
  readonly #doorbell: Doorbell;
  readonly #taker: MessageTaker;
  readonly #rest: LoopRest;
  readonly #bytes: Buffer;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #paused = false;
  #resume: () => void = () => undefined;
  #stopped = false;

  constructor(source: LoopSource, doorbell: Doorbell, taker: MessageTaker) {
    const { view } = source.reader;
    this.#source = source;
    this.#doorbell = doorbell;
    this.#taker = taker;
    this.#bytes = Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
    this.#rest = new LoopRest(doorbell, 'async', () => this.isEmpty && !this.#stopped);
  }

  /** True where nothing waits in the ring. Exact in a callback too, for what comes after its message. */
  get isEmpty(): boolean {
    return this.#source.reader.isEmpty();
  }

  /** What comes from here on stays in the ring, and once that is full the overflow policy decides. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resume();
  }

  /** Nothing is handed over from here on, what is in the ring included. */
  stop(): void {
    this.#stopped = true;
    this.resume();
    this.#doorbell.wake();
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    const { reader } = this.#source;
    while (!this.#stopped) {
      if (this.#paused) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
        continue;
      }
      const fill = reader.heldBytes() / reader.view.byteLength;
      const handed = this.#slice();
      if (this.isEmpty) await this.#rest.rest(handed, fill, undefined);
      else await settled();
    }
  }

  /** @returns how many records were taken. */
  #slice(): number {
    const until = performance.now() + SLICE_MS;
    let taken = 0;
    while (taken < SLICE_RECORDS && performance.now() < until) {
      const some = this.#some(RECORDS_PER_RELEASE);
      taken += some;
      if (some < RECORDS_PER_RELEASE) break;
    }
    return taken;
  }

  #some(limit: number): number {
    const { reader } = this.#source;
    let taken = 0;
    while (taken < limit && !this.#paused && !this.#stopped) {
      const at = reader.next();
      if (at < 0) break;
      taken++;
      try {
        this.#hand(reader.view, at);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    if (taken > 0) {
      reader.release();
      this.#source.taken(taken);
    }
    return taken;
  }

  #hand(view: DataView, at: number): void {
    switch (TYPE_ID.get(view, at)) {
      case TYPE.raw:
        this.#taker.onMessage(this.#read(view, at), RECEIVED_AT_NS.get(view, at));
        break;
      case TYPE.gap: {
        // Where a worker was lost it is not known what is missing, and the connection's change tells of it.
        const dropped = GAP.field.droppedOther.get(view, at);
        if (dropped > 0) this.#taker.onDropped?.(dropped, faultName(GAP.field.fault.get(view, at)));
        break;
      }
    }
  }

  /** ASCII is read where it lies. A UTF-8 decoder pointed at shared memory can crash the process: copied first. */
  #read(view: DataView, at: number): string | Uint8Array {
    const bytes = PAYLOAD_BYTES.get(view, at);
    const from = at + RAW.size;
    const isText = OPCODE.get(view, at) !== BINARY;
    if (isText && ASCII.get(view, at) === 1) return this.#bytes.toString('latin1', from, from + bytes);
    const payload = this.#bytes.subarray(from, from + bytes);
    if (!isText) return new Uint8Array(payload);
    const copy = bytes <= SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafeSlow(bytes);
    copy.set(payload);
    return copy.toString('utf8', 0, bytes);
  }
}
