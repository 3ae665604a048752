import { isIPv6, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { SocksClient } from 'socks';
import { ProxyError } from '../../shared/protocol/errors/handshake-errors.ts';
import { type ProxyServer, proxyAddress } from '../../shared/proxy/proxy-server.ts';
import type { Destination } from './destination.ts';
import { stage } from './stage.ts';

/**
 * Asks a SOCKS proxy, to which the socket is connected, for a connection to the destination. Afterwards the
 * socket is that connection; what came behind the answer is put back, to be read first.
 *
 * @param timeoutMs after which the signal will have ended it at the latest: the package sets a timer of its
 * own and never clears it.
 */
export function openSocksTunnel(
  socket: Socket,
  proxy: ProxyServer,
  destination: Destination,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const where = proxyAddress(proxy);
  const type = proxy.scheme.startsWith('socks4') ? 4 : 5;
  const closed = (): Error => new ProxyError(`${where}: connection closed during the SOCKS handshake`);
  return stage<void>(socket, signal, closed, ({ done, fail }) => {
    if (type === 4 && isIPv6(destination.host)) {
      fail(new ProxyError(`${where}: SOCKS4 cannot connect to an IPv6 address`));
      return undefined;
    }
    const wire = new SocksWire(socket);
    const client = new SocksClient({
      command: 'connect',
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type,
        ...(proxy.username === undefined ? {} : { userId: proxy.username, password: proxy.password ?? '' }),
      },
      destination: { ...destination },
      timeout: timeoutMs,
    });
    let over = false;
    client.on('established', () => {
      over = true;
      done();
    });
    // Its error carries the options, password included, so the text is all that is taken of it, without the
    // name of a code that has none. The listener stays for good: the package's timer may emit one more.
    client.on('error', (error) => {
      over = true;
      fail(new ProxyError(`${where}: ${error.message.replace(/ - \(?undefined\)?$/, '')}`));
    });
    const onReadable = (): void => {
      for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
        for (let at = 0; at < chunk.length; at++) {
          try {
            wire.emit('data', chunk.subarray(at, at + 1));
          } catch {
            // What the package throws may carry the password as well.
            fail(new ProxyError(`${where}: the SOCKS answer makes no sense`));
          }
          if (!over) continue;
          if (at + 1 < chunk.length && !socket.destroyed) socket.unshift(chunk.subarray(at + 1));
          return;
        }
      }
    };
    socket.on('readable', onReadable);
    client.connect(wire);
    return () => {
      over = true;
      socket.off('readable', onReadable);
      wire.destroy();
    };
  });
}

/**
 * What the package takes for its socket. It is given one byte at a time, because it hands on whatever it has
 * read beyond its answer as an event, which TLS does not hear, and lets the socket flow before anyone reads.
 */
class SocksWire extends Duplex {
  /** Until it is destroyed: the package's timer keeps what it is in longer than the socket lives. */
  #socket: Socket | undefined;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    // What goes wrong with the socket is told by the socket.
    this.on('error', () => {});
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, written: (error?: Error | null) => void): void {
    this.#socket?.write(bytes);
    written();
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    this.#socket = undefined;
    destroyed(error);
  }
}

const take = (socket: Socket): Buffer | null => socket.read() as Buffer | null;
