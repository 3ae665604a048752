import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls';
import { normalizeHost } from '../../shared/protocol/handshake/host.ts';
import type { Pem, TlsSettings } from '../../shared/proxy/dial-options.ts';
import { closedWith } from './connection-error.ts';
import { stage } from './stage.ts';

/**
 * What Node takes for these settings.
 *
 * @param host the name or the address the certificate must have, unless the settings name another.
 */
export function tlsOptions(settings: TlsSettings, host: string): ConnectionOptions {
  const { ca, cert, key, passphrase, pfx, ciphers, ecdhCurve, minVersion, maxVersion } = settings;
  const wanted = settings.servername || host;
  const name = normalizeHost(wanted) ?? wanted;
  return {
    ...(ca === undefined ? {} : { ca: pems(ca) }),
    ...(cert === undefined ? {} : { cert: pems(cert) }),
    ...(key === undefined ? {} : { key: pem(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    // Neither addresses nor a dot at the end are in server names. Source: RFC 6066, section 3.
    servername: isIP(name) === 0 ? name.replace(/\.$/, '') : '',
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off for the whole process.
    rejectUnauthorized: settings.rejectUnauthorized ?? true,
    checkServerIdentity: (_connectedTo, certificate) =>
      settings.checkHostname === false ? undefined : identityError(name, certificate),
  };
}

/** Node 22.23 takes an IPv6 address for a name that no certificate has, so what OpenSSL says of one counts too. */
function identityError(name: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(name, certificate);
  if (error === undefined || isIP(name) !== 6) return error;
  return new X509Certificate(certificate.raw).checkIP(name) === undefined ? error : undefined;
}

/** Speaks TLS over a connection that stands, to what is at its other end. */
export async function secureTunnel(
  socket: Socket,
  settings: TlsSettings,
  host: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  let secured: TLSSocket;
  try {
    secured = connect({ ...tlsOptions(settings, host), socket });
  } catch (error) {
    // Of a key that does not open, for example.
    socket.destroy();
    throw error;
  }
  // Whoever gets the socket may listen a moment later.
  secured.on('error', () => {});
  return secureConnected(secured, signal);
}

/** Waits for the end of a TLS handshake, and that of connecting before it where the socket does that as well. */
export function secureConnected(socket: TLSSocket, signal: AbortSignal): Promise<TLSSocket> {
  const closed = (): Error => closedWith('ECONNRESET', 'connection closed during the TLS handshake');
  return stage(socket, signal, closed, ({ done }) => {
    const onSecure = (): void => done(socket);
    socket.on('secureConnect', onSecure);
    return () => socket.off('secureConnect', onSecure);
  });
}

const pem = (text: string | Uint8Array): string | Buffer =>
  typeof text === 'string' ? text : Buffer.from(text);

const pems = (texts: Pem): (string | Buffer)[] =>
  typeof texts === 'string' || texts instanceof Uint8Array ? [pem(texts)] : texts.map(pem);
