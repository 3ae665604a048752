import type { Socket } from 'node:net';
import { InvalidProxyMessage, InvalidProxyStatus } from '../../shared/protocol/errors/handshake-errors.ts';
import { HANDSHAKE_LIMITS } from '../../shared/protocol/handshake/handshake-limits.ts';
import { HandshakeStream } from '../../shared/protocol/handshake/handshake-stream.ts';
import { buildAuthorizationBasic } from '../../shared/protocol/handshake/header-values.ts';
import { Headers } from '../../shared/protocol/handshake/headers.ts';
import { readResponseHead } from '../../shared/protocol/handshake/http-head.ts';
import type { Response } from '../../shared/protocol/handshake/message.ts';
import type { ProxyServer } from '../../shared/proxy/proxy-server.ts';
import type { Destination } from './destination.ts';
import { stage } from './stage.ts';

/** What a proxy may answer in. */
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0'];

/**
 * Asks an HTTP proxy, to which the socket is connected, for a connection to the destination. Afterwards the
 * socket is that connection; what came behind the answer is put back, to be read first.
 */
export function openHttpTunnel(
  socket: Socket,
  proxy: ProxyServer,
  destination: Destination,
  userAgent: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const answer = new HandshakeStream();
  const reading = readResponseHead(answer, HANDSHAKE_LIMITS, VERSIONS);
  reading.next();
  return stage<void>(
    socket,
    signal,
    () => {
      answer.end();
      return notHttp(() => reading.next());
    },
    ({ done, fail }) => {
      const onReadable = (): void => {
        for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
          answer.push(chunk);
          let head: IteratorResult<undefined, Response>;
          try {
            head = reading.next();
          } catch (error) {
            fail(invalidMessage(error));
            return;
          }
          if (!head.done) continue;
          if (head.value.statusCode < 200 || head.value.statusCode > 299) {
            fail(new InvalidProxyStatus(head.value));
            return;
          }
          done();
          if (answer.held > 0) socket.unshift(chunk.subarray(chunk.length - answer.held));
          return;
        }
      };
      socket.on('readable', onReadable);
      socket.write(connectRequest(proxy, destination, userAgent));
      return () => socket.off('readable', onReadable);
    },
  );
}

function connectRequest(proxy: ProxyServer, destination: Destination, userAgent: string | undefined): string {
  const host = destination.host.includes(':') ? `[${destination.host}]` : destination.host;
  const authority = `${host}:${destination.port}`;
  // Headers refuses whatever would end a line.
  const headers = new Headers([['Host', authority]]);
  if (userAgent !== undefined) headers.add('User-Agent', userAgent);
  if (proxy.username !== undefined) {
    headers.add('Proxy-Authorization', buildAuthorizationBasic(proxy.username, proxy.password ?? ''));
  }
  return `CONNECT ${authority} HTTP/1.1\r\n${headers}`;
}

const take = (socket: Socket): Buffer | null => socket.read() as Buffer | null;

function notHttp(read: () => unknown): Error {
  try {
    read();
    return invalidMessage(undefined);
  } catch (error) {
    return invalidMessage(error);
  }
}

function invalidMessage(cause: unknown): InvalidProxyMessage {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new InvalidProxyMessage(`did not receive a valid HTTP response from proxy${why}`, { cause });
}
