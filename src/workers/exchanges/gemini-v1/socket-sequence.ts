/**
 * The number of the next message. Every message of a connection has one, heartbeats too, from 0 and each one more
 * than the last: the number is the connection's and no symbol's, so that a gap concerns all that it carries.
 *
 * Source: docs.gemini.com/websocket/archived/v1, "Sequence Numbers".
 */
export class SocketSequence {
  /** In an array, because a field that outgrows the small integers would be boxed at every message. */
  readonly next: Float64Array = new Float64Array(1);

  /** A new connection begins. */
  reset(): void {
    this.next[0] = 0;
  }

  /**
   * Takes in the number of a message that was read. A number that comes again is as wrong as one that is missing:
   * what was read twice, or late, is not what the venue has.
   *
   * @returns what is wrong with it; undefined where it is the next one.
   */
  take(number: number): string | undefined {
    const expected = this.next[0]!;
    this.next[0] = number + 1;
    if (number === expected) return undefined;
    return number > expected
      ? `${number - expected} messages of the connection are missing before ${number}`
      : `message ${number} of the connection came after ${expected - 1}`;
  }
}
