/** What becomes of a record that a line offers. */
export const VERDICT = {
  /** It is to be delivered, now. */
  deliver: 0,
  /** Another line had it first. */
  duplicate: 1,
  /** The place of the line in this stream is not known yet. */
  hidden: 2,
  /** It was copied and comes out of the queue of what is due, in order. */
  held: 3,
  /** A later record of the stream is delivered already, so this one would go back. */
  late: 4,
} as const;
export type Verdict = (typeof VERDICT)[keyof typeof VERDICT];

/** One stream: the records of one type and one instrument. */
export interface LineStream {
  readonly typeId: number;
  readonly instrument: number;
  /** Whether a record is recognised by what it says rather than by its number. */
  readonly compares: boolean;
  queued: number;
  /** Set while the arbiter has the stream among those that wait for a time. */
  listed: boolean;
  /** True while something happens by time alone. */
  readonly waits: boolean;
  takeRequest(line: number): boolean;
  /** Decides about the record at `at`, which the line set has the identity of. */
  offer(line: number, view: DataView, at: number): Verdict;
  /** Does what the time asks for. */
  tick(now: number): void;
  /** When `tick` has something to do, ns; Infinity: never. */
  deadline(): number;
  opened(line: number): void;
  /** The line is not open any more. */
  closed(line: number, now: number): void;
  /** Whether nothing of this stream is missed if `from` is closed now and `to` goes on. */
  handedOver(from: number, to: number, now: number): boolean;
  /** Whether whatever this line says next is to be delivered, so that nobody needs to ask. */
  caughtUp(line: number, now: number): boolean;
}
