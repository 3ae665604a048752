/**
 * A small ring writer that can be made wrong in one line, to show that the sweep finds what it is there to
 * find. Without a defect it is the algorithm of RingWriter.
 */
import { HEADER } from '../../src/shared/records/header.ts';
import { PADDING_TYPE_ID } from '../../src/shared/records/record-catalogue.ts';
import { CONTROL, openRing } from '../../src/shared/ring/ring-layout.ts';
import { RING_FULL, type RingWriter } from '../../src/shared/ring/ring-writer.ts';

/** What the writing side of a scene needs. */
export type Producer = Pick<RingWriter, 'view' | 'tryClaim' | 'commit' | 'publish'>;

export type Defect =
  | 'none'
  /** The tail moves when a record is claimed, before its bytes are there. */
  | 'publishes before it writes'
  /** One word more than there is counts as free. */
  | 'is off by one word in its full check'
  /** `tail - head` without `| 0`. */
  | 'compares positions without wrapping'
  /** Padding is left out of what must be free. */
  | 'forgets the padding in its full check'
  /** The head is read once and then guessed to have moved with the tail. */
  | 'takes the ring for empty when it is full';

export function brokenProducer(ring: SharedArrayBuffer, defect: Defect): Producer {
  const { control, data, capacity } = openRing(ring);
  let tail = Atomics.load(control, CONTROL.tail);
  let claimed = tail;
  const writeHeader = (at: number, bytes: number, typeId: number): void => {
    HEADER.field.bytes.set(data, at, bytes);
    HEADER.field.typeId.set(data, at, typeId);
  };
  return {
    view: data,
    tryClaim(bytes) {
      const at = tail & (capacity - 1);
      const padding = bytes > capacity - at ? capacity - at : 0;
      const difference = tail - Atomics.load(control, CONTROL.head);
      let free = capacity - (defect === 'compares positions without wrapping' ? difference : difference | 0);
      if (defect === 'is off by one word in its full check') free += 8;
      if (defect === 'takes the ring for empty when it is full' && free === 0) free = capacity;
      const needed = defect === 'forgets the padding in its full check' ? bytes : padding + bytes;
      if (needed > free) return RING_FULL;
      if (padding !== 0) writeHeader(at, padding, PADDING_TYPE_ID);
      claimed = (tail + padding) | 0;
      if (defect === 'publishes before it writes') {
        // A plausible length, as a record written earlier in this place would have.
        writeHeader(claimed & (capacity - 1), bytes, 0);
        Atomics.store(control, CONTROL.tail, (claimed + bytes) | 0);
      }
      return claimed & (capacity - 1);
    },
    commit(bytes) {
      tail = (claimed + bytes) | 0;
    },
    publish() {
      Atomics.store(control, CONTROL.tail, tail);
      return true;
    },
  };
}
