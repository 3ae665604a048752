import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { TlsSettings } from '../../../src/shared/proxy/dial-options.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { echo, echoed, loopbackServer } from '../../support/loopback-server.ts';
import {
  AUTHORITY,
  CLIENT,
  CLIENT_KEY_ENCRYPTED,
  CLIENT_PASSPHRASE,
  CLIENT_PFX,
  EXPIRED,
  ISSUED,
} from '../../support/private-authority.ts';
import { ELSEWHERE, LOCALHOST } from '../../support/test-certificates.ts';

const NEVER = new AbortController().signal;
const ca = AUTHORITY;

/** Connects to a server with these options by these settings; undefined where that works, else the code. */
async function outcome(
  server: TlsOptions,
  settings: TlsSettings,
  host = 'localhost',
  look: (socket: TLSSocket) => void = () => {},
): Promise<string | undefined> {
  await using loopback = await loopbackServer(echo, { tls: server });
  try {
    const { socket } = await dial(
      { secure: true, host, port: loopback.port },
      // Plain data is what it has to be, and what of it arrives on another thread.
      structuredClone({ host: '127.0.0.1', tls: settings }),
      { signal: NEVER },
    );
    look(socket as TLSSocket);
    // With TLS 1.3 a server refuses a client's certificate after the client is through.
    const said = await echoed(socket, 'hello').catch(() => 'refused');
    socket.destroy();
    await loopback.closed();
    return said === 'hello' ? undefined : said;
  } catch (error) {
    await loopback.closed();
    return (error as { code?: string }).code ?? String(error);
  }
}

const CASES: readonly (readonly [
  title: string,
  server: TlsOptions,
  settings: TlsSettings,
  host: string,
  expected: string | undefined,
])[] = [
  ['a server of an authority we trust', ISSUED, { ca }, 'localhost', undefined],
  ['the same by its address', ISSUED, { ca }, '127.0.0.1', undefined],
  ['the same by its IPv6 address', ISSUED, { ca }, '::1', undefined],
  ['the same by a name with a dot', ISSUED, { ca }, 'server.example.', undefined],
  ['an authority as bytes', ISSUED, { ca: Buffer.from(ca) }, 'localhost', undefined],
  ['one authority of several', ISSUED, { ca: [LOCALHOST.cert, Buffer.from(ca)] }, 'localhost', undefined],
  ['a certificate that signs itself, trusted', LOCALHOST, { ca: LOCALHOST.cert }, 'localhost', undefined],
  ['a certificate that signs itself', LOCALHOST, {}, 'localhost', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['an authority nobody knows', ISSUED, {}, 'localhost', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['the wrong authority', ISSUED, { ca: LOCALHOST.cert }, 'localhost', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['an expired certificate', EXPIRED, { ca }, 'localhost', 'CERT_HAS_EXPIRED'],
  ['another name', ISSUED, { ca }, 'other.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['a name below it', ISSUED, { ca }, 'a.server.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['another IPv6 address', ISSUED, { ca }, '::2', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['another address', ISSUED, { ca }, '127.0.0.2', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['another server', ELSEWHERE, { ca: ELSEWHERE.cert }, 'localhost', 'ERR_TLS_CERT_ALTNAME_INVALID'],

  ['servername in place of the name', ISSUED, { ca, servername: 'server.example' }, 'other', undefined],
  [
    'servername that is wrong',
    ISSUED,
    { ca, servername: 'other.example' },
    'localhost',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['servername that is an address', ISSUED, { ca, servername: '127.0.0.1' }, 'other', undefined],
  [
    'checkHostname false takes another name',
    ISSUED,
    { ca, checkHostname: false },
    'other.example',
    undefined,
  ],
  [
    'checkHostname false takes no other authority',
    ISSUED,
    { checkHostname: false },
    'localhost',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  ['rejectUnauthorized false takes all', EXPIRED, { rejectUnauthorized: false }, 'other', undefined],
  [
    'settings that are there and say nothing',
    ISSUED,
    { ca, servername: undefined, rejectUnauthorized: undefined, checkHostname: undefined },
    'other',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],

  [
    'versions that both have',
    { ...ISSUED, maxVersion: 'TLSv1.2' },
    { ca, minVersion: 'TLSv1.2' },
    'localhost',
    undefined,
  ],
  [
    'versions too old',
    { ...ISSUED, maxVersion: 'TLSv1.2' },
    { ca, minVersion: 'TLSv1.3' },
    'localhost',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  ],
  [
    'versions too new',
    { ...ISSUED, minVersion: 'TLSv1.3' },
    { ca, maxVersion: 'TLSv1.2' },
    'localhost',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  ],
];

for (const [title, server, settings, host, expected] of CASES) {
  test(`${title}: ${expected ?? 'connects'}`, async () => {
    assert.equal(await outcome(server, settings, host), expected);
  });
}

test('a curve that only one side has is an error of the handshake', async () => {
  const code = await outcome({ ...ISSUED, ecdhCurve: 'P-384' }, { ca, ecdhCurve: 'X25519' });
  // OpenSSL's own name for it has changed.
  assert.match(String(code), /^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/);
});

test('ciphers are those that are asked for', async () => {
  const settings: TlsSettings = { ca, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' };
  const code = await outcome(ISSUED, settings, 'localhost', (socket) =>
    assert.equal(socket.getCipher().name, 'ECDHE-ECDSA-CHACHA20-POLY1305'),
  );
  assert.equal(code, undefined);
});

const SHOWN: readonly (readonly [title: string, settings: TlsSettings, expected: string | undefined])[] = [
  ['certificate and key', { cert: CLIENT.cert, key: CLIENT.key }, undefined],
  [
    'certificate and encrypted key',
    { cert: CLIENT.cert, key: CLIENT_KEY_ENCRYPTED, passphrase: CLIENT_PASSPHRASE },
    undefined,
  ],
  ['both in one', { pfx: CLIENT_PFX, passphrase: CLIENT_PASSPHRASE }, undefined],
  ['neither', {}, 'refused'],
];

for (const [title, settings, expected] of SHOWN) {
  test(`a server that asks who we are is shown ${title}`, async () => {
    const server = { ...ISSUED, ca, requestCert: true, rejectUnauthorized: true };
    assert.equal(await outcome(server, { ca, ...settings }), expected);
  });
}

test('the name that is asked for has no dot at its end, and an address is none', async () => {
  const names: unknown[] = [];
  for (const host of ['server.example.', '127.0.0.1', 'localhost'])
    await outcome(ISSUED, { ca }, host, (socket) => names.push(socket.servername));
  assert.deepEqual(names, ['server.example', false, 'localhost']);
});

test('NODE_TLS_REJECT_UNAUTHORIZED does not switch verification off', async (t) => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.after(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });
  assert.equal(await outcome(ISSUED, {}), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});
