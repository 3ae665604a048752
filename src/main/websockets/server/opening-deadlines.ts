import type { Socket } from 'node:net';

/**
 * How long clients may take until they have their connection or their refusal, from the moment the kernel gives
 * them to us. Timeouts of Node's and of ws begin anew with every byte, which a client could send one at a time.
 */
export class OpeningDeadlines {
  readonly #ms: number | null;
  readonly #timers = new Map<unknown, NodeJS.Timeout>();

  /** @param ms null is no limit. */
  constructor(ms: number | null) {
    this.#ms = ms;
  }

  /** @param socket below TLS, if there is any. */
  begin(socket: Socket, isTls: boolean): void {
    const key = keyOf(socket);
    // Without an address, what comes out of TLS cannot be told from another. Only Unix sockets have none.
    if (this.#ms === null || (isTls && key === socket)) return;
    const timer = setTimeout(() => socket.destroy(), this.#ms);
    this.#timers.set(key, timer);
    socket.on('close', () => {
      clearTimeout(timer);
      // A client may have come again from the same port before the end of the first was told.
      if (this.#timers.get(key) === timer) this.#timers.delete(key);
    });
  }

  /** @param socket above TLS, if there is any. */
  met(socket: Socket): void {
    const key = keyOf(socket);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}

/** The same below TLS and above it: Node does not tell which socket is under which. */
const keyOf = (socket: Socket): unknown =>
  socket.remotePort === undefined
    ? socket
    : `${socket.localAddress} ${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
