import { type DisconnectReason, isProactive } from '../../shared/session/disconnect-reason.ts';

/** Counts of one manager since it was made or last reset. Times are seconds since the Unix epoch, 0 for never. */
export class WebSocketStats {
  connects = 0;
  /** Ends of connections that had opened. */
  disconnects = 0;
  proactiveDisconnects = 0;
  reactiveDisconnects = 0;
  /** Messages that arrived, those that were dropped included. */
  messagesReceived = 0;
  /** Messages that nobody took before the queue was full. */
  messagesDropped = 0;
  messagesSent = 0;
  /** Bytes of the messages, without frames and compression; text as UTF-8. */
  bytesReceived = 0;
  bytesSent = 0;
  lastConnectTime = 0;
  lastDisconnectTime = 0;
  lastMessageTime = 0;
  readonly #now: () => number;
  #since: number;

  /** @param now milliseconds since the Unix epoch. */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = this.#seconds();
  }

  /** Seconds since these counts began. */
  get uptime(): number {
    return this.#seconds() - this.#since;
  }

  /** Seconds since the last connection opened, whether it still is or not; 0 if none ever did. */
  get connectionTime(): number {
    return this.lastConnectTime === 0 ? 0 : this.#seconds() - this.lastConnectTime;
  }

  recordConnect(): void {
    this.connects++;
    this.lastConnectTime = this.#seconds();
  }

  recordDisconnect(reason: DisconnectReason): void {
    this.disconnects++;
    if (isProactive(reason)) this.proactiveDisconnects++;
    else this.reactiveDisconnects++;
    this.lastDisconnectTime = this.#seconds();
  }

  recordReceived(bytes: number): void {
    this.messagesReceived++;
    this.bytesReceived += bytes;
    this.lastMessageTime = this.#seconds();
  }

  recordSent(bytes: number): void {
    this.messagesSent++;
    this.bytesSent += bytes;
  }

  recordDropped(): void {
    this.messagesDropped++;
  }

  reset(): void {
    Object.assign(this, new WebSocketStats(this.#now));
    this.#since = this.#seconds();
  }

  #seconds(): number {
    return this.#now() / 1000;
  }
}
