import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import type { SocketOptions } from '../../shared/contract.ts';

/**
 * Bytes read from the kernel at once. Twice as much per read gained nothing in `bench/micro/framing.ts`,
 * and a chunk is also the unit of one receive time and of one publish.
 */
export const READ_BYTES = 64 * 1024;

export interface Address {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/**
 * Connects, and reads every chunk into one and the same buffer.
 *
 * @param take is given `buffer[0..bytes)`, valid during the call; false stops reading until `resume()`.
 * @param buffer may be that of other sockets of this thread, since each chunk is taken before the next is read.
 */
export function connectSocket(
  address: Address,
  options: SocketOptions,
  take: (buffer: Buffer, bytes: number) => boolean,
  buffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES),
): Socket {
  const { host, port } = address;
  const onread: OnReadOpts = { buffer, callback: (bytes) => take(buffer, bytes) };
  // Requests are small and each is waited for: never held back to be sent with the next.
  if (!address.secure) return connectPlain({ host, port, onread, noDelay: true });
  const tlsOptions: ConnectionOptions & { readonly onread: OnReadOpts } = {
    host,
    port,
    onread,
    servername: isIP(host) === 0 ? host : '',
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off for the whole process.
    rejectUnauthorized: true,
    ...(options.ca === undefined ? {} : { secureContext: contextTrusting(options.ca) }),
  };
  const socket = connectTls(tlsOptions);
  socket.setNoDelay(true);
  return socket;
}

let trusted = '';
let context: SecureContext | undefined;

/** Reading all root certificates takes tens of milliseconds, so the last context is kept for reconnecting. */
function contextTrusting(ca: string): SecureContext {
  if (context === undefined || trusted !== ca) {
    context = createSecureContext({ ca: [...rootCertificates, ca] });
    trusted = ca;
  }
  return context;
}
