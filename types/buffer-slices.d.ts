/** What `Buffer.prototype.toString` calls once it has looked at its arguments; Node's types leave it out. */
interface Buffer {
  latin1Slice(start: number, end: number): string;
}
