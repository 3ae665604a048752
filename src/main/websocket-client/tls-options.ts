import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsSettings, TlsVersion } from '../../shared/proxy/dial-options.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';

/*
 * Values of Python's module ssl.
 */
export const CERT_NONE = 0;
/** Of a server's certificate the same as CERT_REQUIRED: a server always has one. */
export const CERT_OPTIONAL = 1;
export const CERT_REQUIRED = 2;

/** Certificate chain, its key (in the same file where null), and the key's password. */
export type CertChain = readonly [certfile: string, keyfile?: string | null, password?: string | null];

/** How TLS is spoken. Files are read when a connection is made, on the thread that asks for it. */
export interface SslOpt {
  /** CERT_REQUIRED where left out. */
  readonly certReqs?: typeof CERT_NONE | typeof CERT_OPTIONAL | typeof CERT_REQUIRED;
  readonly checkHostname?: boolean;
  /** A file of trust anchors, in place of those that come with Node. */
  readonly caCerts?: string;
  /** A folder of such files. */
  readonly caCertPath?: string;
  readonly certfile?: string;
  readonly keyfile?: string;
  readonly password?: string;
  readonly certChain?: CertChain;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  /** The only version that is spoken. */
  readonly sslVersion?: TlsVersion;
  /** The name that is asked for and that the certificate must have. */
  readonly serverHostname?: string;
  /** Only true: there is no handshake at another time. */
  readonly doHandshakeOnConnect?: boolean;
  /** Only true: a connection that ends without a goodbye of TLS has ended. */
  readonly suppressRaggedEofs?: boolean;
}

type SslKey = keyof SslOpt;

/** What a key must be; the record has to have all of them. */
const KINDS: Readonly<Record<SslKey, 'boolean' | 'text' | 'other'>> = {
  certReqs: 'other',
  checkHostname: 'boolean',
  caCerts: 'text',
  caCertPath: 'text',
  certfile: 'text',
  keyfile: 'text',
  password: 'text',
  certChain: 'other',
  ciphers: 'text',
  ecdhCurve: 'text',
  sslVersion: 'other',
  serverHostname: 'text',
  doHandshakeOnConnect: 'boolean',
  suppressRaggedEofs: 'boolean',
};

const KEYS = new Map(Object.entries(KINDS));

const CERT_REQS: readonly unknown[] = [CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED];
const VERSIONS: readonly unknown[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

const CA_VARIABLE = 'WEBSOCKET_CLIENT_CA_BUNDLE';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * What the options mean for a connection, as plain data that may cross to its thread.
 *
 * @param env may name trust anchors, a file or a folder, in WEBSOCKET_CLIENT_CA_BUNDLE; the options come first.
 * @throws WebSocketException where a key is unknown or cannot be obeyed, or a file cannot be read.
 */
export function tlsSettings(
  sslopt: SslOpt | null | undefined,
  env: Readonly<Record<string, string | undefined>>,
): TlsSettings {
  const options = sslopt ?? {};
  checkKeys(options);
  const { certReqs = CERT_REQUIRED, checkHostname, ciphers, ecdhCurve, sslVersion, serverHostname } = options;
  if (certReqs === CERT_NONE && checkHostname === true)
    throw refusal('checkHostname', 'cannot be true where certReqs is CERT_NONE');
  return {
    ...(certReqs === CERT_NONE ? { rejectUnauthorized: false } : trustAnchors(options, env)),
    ...(checkHostname === false ? { checkHostname } : {}),
    ...ownCertificate(options),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    ...(sslVersion === undefined ? {} : { minVersion: sslVersion, maxVersion: sslVersion }),
    ...(serverHostname === undefined ? {} : { servername: serverHostname }),
  };
}

function checkKeys(options: SslOpt): void {
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    const kind = KEYS.get(key);
    if (kind === undefined) throw refusal(key, unknownKey(key));
    if (value === undefined) continue;
    if (kind === 'text' && typeof value !== 'string')
      throw refusal(key, 'is a text; functions and objects cannot cross to the thread of the connection');
    if (kind === 'boolean' && typeof value !== 'boolean') throw refusal(key, 'is true or false');
  }
  const { certChain, certReqs, doHandshakeOnConnect, suppressRaggedEofs, sslVersion } = options;
  if (certReqs !== undefined && !CERT_REQS.includes(certReqs))
    throw refusal('certReqs', 'is CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED');
  if (certChain !== undefined && !Array.isArray(certChain))
    throw refusal('certChain', 'is a list: certfile, keyfile, password');
  if (sslVersion !== undefined && !VERSIONS.includes(sslVersion))
    throw refusal('sslVersion', `is one of ${VERSIONS.join(', ')}`);
  if (doHandshakeOnConnect === false)
    throw refusal('doHandshakeOnConnect', 'cannot be false: TLS begins when the connection stands');
  if (suppressRaggedEofs === false)
    throw refusal('suppressRaggedEofs', 'cannot be false: an end without a goodbye of TLS is an end');
}

function unknownKey(key: string): string {
  if (key === 'context')
    return (
      'cannot cross to the thread of the connection: ' +
      'use caCerts, certfile, keyfile, ciphers and sslVersion instead'
    );
  const camelCase = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return KEYS.has(camelCase)
    ? `is called ${camelCase} here`
    : `is unknown, known: ${[...KEYS.keys()].join(', ')}`;
}

function trustAnchors(options: SslOpt, env: Readonly<Record<string, string | undefined>>): TlsSettings {
  let { caCerts, caCertPath } = options;
  const named = env[CA_VARIABLE];
  if (named) {
    // Whoever names a bundle wants no other anchors, so one that is not there must not mean Node's own.
    if (isFolder(CA_VARIABLE, named)) caCertPath ??= named;
    else caCerts ??= named;
  }
  const ca = [
    ...(caCerts === undefined ? [] : [readText('caCerts', caCerts)]),
    ...(caCertPath === undefined ? [] : certificatesIn(caCertPath)),
  ];
  return ca.length === 0 ? {} : { ca };
}

/** OpenSSL finds the files by names it has made of what is in them; here every file with a certificate counts. */
function certificatesIn(folder: string): string[] {
  const texts = attempt('caCertPath', folder, () => readdirSync(folder).sort())
    .map((name) => join(folder, name))
    .filter((path) => attempt('caCertPath', path, () => statSync(path).isFile()))
    .map((path) => readText('caCertPath', path))
    .filter((text) => text.includes(CERTIFICATE));
  if (texts.length === 0) throw refusal('caCertPath', `has no certificate in ${folder}`);
  // Names that OpenSSL has made are links to files of the same folder.
  return [...new Set(texts)];
}

function ownCertificate({ certfile, keyfile, password, certChain }: SslOpt): TlsSettings {
  if (certChain !== undefined) return chain('certChain', ...certChain);
  if (certfile !== undefined) return chain('certfile', certfile, keyfile, password);
  if (keyfile !== undefined) throw refusal('keyfile', 'needs a certfile');
  return {};
}

function chain(
  what: string,
  certfile: string,
  keyfile?: string | null,
  password?: string | null,
): TlsSettings {
  const cert = readText(what, certfile);
  return {
    cert,
    key: keyfile === undefined || keyfile === null ? cert : readText('keyfile', keyfile),
    ...(password === undefined || password === null ? {} : { passphrase: password }),
  };
}

const readText = (what: string, path: string): string =>
  attempt(what, path, () => readFileSync(path, 'utf8'));

const isFolder = (what: string, path: string): boolean =>
  attempt(what, path, () => statSync(path).isDirectory());

function attempt<T>(what: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new WebSocketException(`${what}: cannot read ${path}`, { cause: error });
  }
}

const refusal = (key: string, problem: string): WebSocketException =>
  new WebSocketException(`sslopt: ${key} ${problem}`);
