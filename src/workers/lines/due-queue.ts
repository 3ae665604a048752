import type { HeldRecords } from './held-records.ts';

/** What is to be written next, when the arbiter is asked. */
export const DUE = {
  nothing: 0,
  /** A record that was held: in `view` at 0. */
  record: 1,
  /** Records are missing at this place of the stream: `missing` of them, NaN where it cannot be known. */
  gap: 2,
  /** The book of `instrument` is to be written as a snapshot, from the books of `line`. */
  snapshot: 3,
  /** No line serves the book of `instrument` any more, which the strategy does not know yet. */
  stale: 4,
  /** The book of `instrument` on `line` may be wrong below the levels its checksum covers: subscribe it anew. */
  suspect: 5,
} as const;
export type DueKind = (typeof DUE)[keyof typeof DUE];

/** A stream, as far as the queue knows it. */
export interface DueStream {
  readonly typeId: number;
  readonly instrument: number;
  /** Entries of this stream that wait in the queue. */
  queued: number;
  /** A request for the book of this line is taken out. @returns whether it is still wanted. */
  takeRequest(line: number): boolean;
}

/**
 * What has to be written besides the records that are delivered as they come: records that waited, gaps,
 * requests. In the order in which it is to be written; as long as anything of a stream waits here, the
 * records of that stream go through here as well.
 */
export class DueQueue {
  readonly #held: HeldRecords;
  #kinds = new Uint8Array(64);
  #handles = new Int32Array(64);
  #lines = new Int8Array(64);
  #missing = new Float64Array(64);
  #streams: (DueStream | undefined)[] = new Array<DueStream | undefined>(64).fill(undefined);
  #head = 0;
  #size = 0;

  /** The record, where the entry taken last is one. */
  view = new DataView(new SharedArrayBuffer(4096));
  typeId = 0;
  instrument = 0;
  line = 0;
  missing = Number.NaN;

  constructor(held: HeldRecords) {
    this.#held = held;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  addRecord(stream: DueStream, line: number, handle: number): void {
    // First, because it may put larger arrays in the place of these.
    const i = this.#add(DUE.record, stream, line);
    this.#handles[i] = handle;
  }

  addGap(stream: DueStream, line: number, missing: number): void {
    const i = this.#add(DUE.gap, stream, line);
    this.#missing[i] = missing;
  }

  addRequest(kind: DueKind, stream: DueStream, line: number): void {
    this.#add(kind, stream, line);
  }

  /** Takes the next entry; what it says is in the fields until the next call. */
  take(): DueKind {
    while (this.#size > 0) {
      const i = this.#head;
      const stream = this.#streams[i]!;
      const kind = this.#kinds[i] as DueKind;
      this.#streams[i] = undefined;
      this.#head = (i + 1) & (this.#kinds.length - 1);
      this.#size--;
      stream.queued--;
      this.typeId = stream.typeId;
      this.instrument = stream.instrument;
      this.line = this.#lines[i]!;
      this.missing = kind === DUE.gap ? this.#missing[i]! : Number.NaN;
      if (kind === DUE.snapshot && !stream.takeRequest(this.line)) continue;
      if (kind === DUE.record) this.#copy(this.#handles[i]!);
      return kind;
    }
    return DUE.nothing;
  }

  #copy(handle: number): void {
    const bytes = this.#held.bytes(handle);
    if (bytes > this.view.byteLength) this.view = new DataView(new SharedArrayBuffer(bytes * 2));
    this.#held.copyTo(handle, this.view, 0);
    this.#held.free(handle);
  }

  #add(kind: DueKind, stream: DueStream, line: number): number {
    if (this.#size === this.#kinds.length) this.#grow();
    const i = (this.#head + this.#size++) & (this.#kinds.length - 1);
    this.#kinds[i] = kind;
    this.#lines[i] = line;
    this.#streams[i] = stream;
    stream.queued++;
    return i;
  }

  #grow(): void {
    const from = this.#kinds.length;
    const order = Array.from({ length: from }, (_, n) => (this.#head + n) & (from - 1));
    const kinds = new Uint8Array(from * 2);
    const handles = new Int32Array(from * 2);
    const lines = new Int8Array(from * 2);
    const missing = new Float64Array(from * 2);
    const streams = new Array<DueStream | undefined>(from * 2).fill(undefined);
    for (const [n, i] of order.entries()) {
      kinds[n] = this.#kinds[i]!;
      handles[n] = this.#handles[i]!;
      lines[n] = this.#lines[i]!;
      missing[n] = this.#missing[i]!;
      streams[n] = this.#streams[i];
    }
    this.#kinds = kinds;
    this.#handles = handles;
    this.#lines = lines;
    this.#missing = missing;
    this.#streams = streams;
    this.#head = 0;
  }
}
