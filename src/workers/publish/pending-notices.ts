import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { STATUS } from '../../shared/records/status.ts';
import { Hole } from './hole.ts';
import { RecordQueue } from './record-queue.ts';
import type { RingOutput } from './ring-output.ts';

const { bytes: BYTES, instrument: INSTRUMENT_ID, typeId: TYPE_ID } = HEADER.field;

/** Notices kept one by one. Beyond, a status gives way to a later one that says how the same thing stands now. */
export const NOTICES_MAX = 1024;

/**
 * Different statuses that speak of the same thing, so that the last of them is what holds. Any other gives
 * way to its like only.
 */
const SUBJECTS: ReadonlyMap<number, string> = new Map([
  [STATUSES.connecting.id, 'connection'],
  [STATUSES.connected.id, 'connection'],
  [STATUSES.disconnected.id, 'connection'],
  [STATUSES.reconnecting.id, 'connection'],
  [STATUSES.closed.id, 'connection'],
  [STATUSES.stale.id, 'book'],
  [STATUSES.live.id, 'book'],
]);

/** Status and gap records that found no room, in order. */
export class PendingNotices {
  #queue = new RecordQueue();
  /** Grows with what cannot be summed up, so that summing up is not tried anew with every notice. */
  #sumUpAt = NOTICES_MAX;

  get records(): number {
    return this.#queue.records;
  }

  push(view: DataView, at: number): void {
    this.#queue.append(view, at);
    if (this.#queue.records > this.#sumUpAt) this.#sumUp();
  }

  /** @returns true when none is left. */
  flush(output: RingOutput): boolean {
    const queue = this.#queue;
    while (!queue.isEmpty) {
      if (!output.tryWrite(queue.view, queue.head)) return false;
      queue.shift();
    }
    this.#sumUpAt = NOTICES_MAX;
    return true;
  }

  /** Keeps the last notice about each subject, at its place; a gap takes in the counts of those before it. */
  #sumUp(): void {
    const { view } = this.#queue;
    const places: number[] = [];
    for (let n = 0, at = this.#queue.head; n < this.#queue.records; n++, at += BYTES.get(view, at))
      places.push(at);
    const last = new Map(places.map((at) => [subject(view, at), at]));
    const kept = new RecordQueue();
    for (const at of places) {
      const lastAt = last.get(subject(view, at))!;
      if (lastAt === at) kept.append(view, at);
      else if (TYPE_ID.get(view, at) === TYPE.gap) Hole.merge(view, at, view, lastAt);
    }
    this.#queue = kept;
    this.#sumUpAt = Math.max(NOTICES_MAX, 2 * kept.records);
  }
}

function subject(view: DataView, at: number): string {
  const instrument = INSTRUMENT_ID.get(view, at);
  if (TYPE_ID.get(view, at) === TYPE.gap) return `gap ${GAP.field.fault.get(view, at)} ${instrument}`;
  const code = STATUS.field.code.get(view, at);
  return `${SUBJECTS.get(code) ?? code} ${instrument}`;
}
