import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Frame } from '../../src/shared/protocol/frame.ts';
import type { Request, Response } from '../../src/shared/protocol/handshake/message.ts';
import { type Protocol, SEND_EOF } from '../../src/shared/protocol/protocol.ts';

type Event = Frame | Request | Response;

/** A protocol on a socket: what it says is written, what it hears can be waited for. */
export interface ProtocolSocket {
  /** Writes what the protocol has to say. */
  flush(): void;
  /** The next event; undefined when the stream is over. */
  next(): Promise<Event | undefined>;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<unknown>;
}

export function onSocket(protocol: Protocol<Request> | Protocol<Response>, socket: Socket): ProtocolSocket {
  const events: Event[] = [];
  const closed = once(socket, 'close');
  let wakeUp: (() => void) | undefined;
  const flush = (): void => {
    for (const bytes of protocol.dataToSend()) {
      if (bytes === SEND_EOF) socket.end();
      else socket.write(bytes);
    }
  };
  const wake = (): void => {
    events.push(...protocol.eventsReceived());
    flush();
    wakeUp?.();
  };
  socket.on('error', () => {});
  socket.on('close', () => wakeUp?.());
  socket.on('data', (chunk) => {
    protocol.receiveData(chunk);
    wake();
  });
  socket.on('end', () => {
    protocol.receiveEof();
    wake();
  });
  return {
    flush,
    closed,
    async next() {
      while (events.length === 0 && !socket.readableEnded && !socket.destroyed)
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      return events.shift();
    },
  };
}
