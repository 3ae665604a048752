import type { ProxyServer } from './proxy-server.ts';
import type { ProxyTarget } from './resolve-proxy.ts';

/** PEM text, or its bytes; several of them where several are meant. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/** How TLS is spoken. Plain data, so that it may cross threads; a function or a context of Node's could not. */
export interface TlsSettings {
  /** Trust anchors, in place of those that come with Node. */
  readonly ca?: Pem | undefined;
  /** Our certificate, with those between it and its root. */
  readonly cert?: Pem | undefined;
  readonly key?: string | Uint8Array | undefined;
  /** Of `key`, or of `pfx`. */
  readonly passphrase?: string | undefined;
  /** Key and certificate in one, PKCS #12. */
  readonly pfx?: Uint8Array | undefined;
  /** In OpenSSL's form, as `ecdhCurve`. */
  readonly ciphers?: string | undefined;
  readonly ecdhCurve?: string | undefined;
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** The name that is asked for and that the certificate must have; that of the address where left out. */
  readonly servername?: string | undefined;
  /** False takes every certificate. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** False takes a certificate that somebody trusted has issued, whatever name it has. */
  readonly checkHostname?: boolean | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What a WebSocket address says of where to connect. */
export type DialTarget = ProxyTarget;

/** How a connection gets to its server. Plain data, so that it may cross threads. */
export interface DialOptions {
  /** Where to connect to instead of the host and the port of the address. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** A Unix socket in place of host, port and proxy. */
  readonly path?: string | undefined;
  /** Where to connect from. */
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** Of the addresses a name has, those of this family alone. */
  readonly family?: 4 | 6 | undefined;
  /** For the server. Its name there and in its certificate is that of the address, wherever we connect to. */
  readonly tls?: TlsSettings | undefined;
  /** As `resolveProxy` found it. */
  readonly proxy?: ProxyServer | undefined;
  /** For an https:// proxy itself. */
  readonly proxyTls?: TlsSettings | undefined;
  /** From the first step to the proxy until it has connected us, milliseconds. */
  readonly proxyTimeoutMs?: number | undefined;
  /** What a proxy is told of who asks; nothing where left out. */
  readonly userAgent?: string | undefined;
  /** Send at once, whatever is under way; true where left out. */
  readonly noDelay?: boolean | undefined;
  /** Have the kernel ask a silent peer whether it lives, first after so many milliseconds; off where left out. */
  readonly keepAliveMs?: number | undefined;
}
