/** Times of a keepalive, ms; `timeoutMs` null waits for no pong. */
export interface KeepaliveTimes {
  readonly intervalMs: number;
  readonly timeoutMs: number | null;
}

/** What a keepalive asks of its connection. */
export interface KeepaliveEdge {
  /** Sends a ping, or does not where the connection is closing. */
  ping(): void;
  /** No pong came in time. */
  lost(): void;
  /** True where at some time since the last call nothing was read, so that a pong may have come and not been seen. */
  takeWasStopped(): boolean;
  setTimer(run: () => void, ms: number): NodeJS.Timeout;
  /** Runs it once what the network has brought so far was read. */
  afterReading(run: () => void): void;
}

/**
 * Pings a connection and notices that nobody answers. The next ping goes out one interval after the last one
 * did; a time in which nothing was read does not count.
 */
export class Keepalive {
  readonly #times: KeepaliveTimes;
  readonly #edge: KeepaliveEdge;
  #timer: NodeJS.Timeout | undefined;
  /** Pings sent; which of them is waited for. */
  #pings = 0;
  #isWaiting = false;
  #isOver = false;

  constructor(times: KeepaliveTimes, edge: KeepaliveEdge) {
    this.#times = times;
    this.#edge = edge;
    this.#sleep(times.intervalMs);
  }

  /** The pong of the keepalive's own ping, so long after it. */
  answered(latencyMs: number): void {
    if (!this.#isWaiting || this.#isOver) return;
    this.#isWaiting = false;
    this.#sleep(Math.max(0, this.#times.intervalMs - latencyMs));
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #sleep(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#edge.setTimer(() => this.#ping(), ms);
  }

  #ping(): void {
    const { timeoutMs, intervalMs } = this.#times;
    this.#edge.takeWasStopped();
    this.#edge.ping();
    this.#pings++;
    if (timeoutMs === null) {
      this.#sleep(intervalMs);
      return;
    }
    this.#isWaiting = true;
    this.#wait(timeoutMs);
  }

  #wait(ms: number): void {
    const ping = this.#pings;
    this.#timer = this.#edge.setTimer(() => {
      // The process may have been asleep, and the pong be there.
      this.#edge.afterReading(() => {
        if (this.#isOver || !this.#isWaiting || this.#pings !== ping) return;
        if (this.#edge.takeWasStopped()) this.#wait(ms);
        else this.#edge.lost();
      });
    }, ms);
  }
}
