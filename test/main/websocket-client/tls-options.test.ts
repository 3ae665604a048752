import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  type SslOpt,
  tlsSettings,
} from '../../../src/main/websocket-client/tls-options.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

const pem = (what: string): string => `-----BEGIN CERTIFICATE-----\n${what}\n-----END CERTIFICATE-----\n`;

/** A folder with certificates: `one` and `two` in `ca`, `own` with its key beside it. */
function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ringfeed-tls-'));
  t.after(() => rmSync(path, { recursive: true }));
  mkdirSync(join(path, 'ca', 'below'), { recursive: true });
  writeFileSync(join(path, 'ca', 'one.pem'), pem('one'));
  writeFileSync(join(path, 'ca', 'two.crt'), pem('two'));
  writeFileSync(join(path, 'ca', 'README'), 'no certificate');
  symlinkSync('one.pem', join(path, 'ca', '12345678.0'));
  writeFileSync(join(path, 'own.pem'), pem('own'));
  writeFileSync(join(path, 'own.key'), 'key');
  return path;
}

const refused = (sslopt: unknown, message: string, env = {}): void =>
  assert.throws(() => tlsSettings(sslopt as SslOpt, env), new WebSocketException(message));

test('without options certificates and their names are verified, with the anchors of Node', () => {
  for (const sslopt of [
    undefined,
    null,
    {},
    { certReqs: CERT_REQUIRED },
    { certReqs: CERT_OPTIONAL },
  ] as const)
    assert.deepEqual(tlsSettings(sslopt, {}), {});
  assert.deepEqual(
    tlsSettings({ checkHostname: true, doHandshakeOnConnect: true, suppressRaggedEofs: true }, {}),
    {},
  );
});

test('each key has its setting', () => {
  const cases: [SslOpt, object][] = [
    [{ certReqs: CERT_NONE }, { rejectUnauthorized: false }],
    [
      { certReqs: CERT_NONE, checkHostname: false },
      { rejectUnauthorized: false, checkHostname: false },
    ],
    [{ checkHostname: false }, { checkHostname: false }],
    [{ ecdhCurve: 'prime256v1' }, { ecdhCurve: 'prime256v1' }],
    [{ sslVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }],
    [{ serverHostname: 'a.test' }, { servername: 'a.test' }],
    [{ ciphers: 'ECDHE+AESGCM' }, { ciphers: 'ECDHE+AESGCM' }],
    [{ ciphers: undefined } as unknown as SslOpt, {}],
  ];
  for (const [sslopt, settings] of cases) assert.deepEqual(tlsSettings(sslopt, {}), settings);
});

test('trust anchors come from a file, from every file of a folder with a certificate, or both', (t) => {
  const path = folder(t);
  const caCerts = join(path, 'own.pem');
  const caCertPath = join(path, 'ca');
  assert.deepEqual(tlsSettings({ caCerts }, {}), { ca: [pem('own')] });
  assert.deepEqual(tlsSettings({ caCertPath }, {}), { ca: [pem('one'), pem('two')] });
  assert.deepEqual(tlsSettings({ caCerts, caCertPath }, {}), { ca: [pem('own'), pem('one'), pem('two')] });
  assert.deepEqual(tlsSettings({ caCerts, certReqs: CERT_NONE }, {}), { rejectUnauthorized: false });
});

test('the environment names anchors where the options do not', (t) => {
  const path = folder(t);
  const file = { WEBSOCKET_CLIENT_CA_BUNDLE: join(path, 'own.pem') };
  const ofFolder = { WEBSOCKET_CLIENT_CA_BUNDLE: join(path, 'ca') };
  assert.deepEqual(tlsSettings({}, file), { ca: [pem('own')] });
  assert.deepEqual(tlsSettings(null, ofFolder), { ca: [pem('one'), pem('two')] });
  assert.deepEqual(tlsSettings({ caCerts: join(path, 'ca', 'two.crt') }, file), { ca: [pem('two')] });
  assert.deepEqual(tlsSettings({}, { WEBSOCKET_CLIENT_CA_BUNDLE: '' }), {});
  const missing = join(path, 'missing');
  refused({}, `WEBSOCKET_CLIENT_CA_BUNDLE: cannot read ${missing}`, { WEBSOCKET_CLIENT_CA_BUNDLE: missing });
});

test('our own certificate has its key beside it or in the same file', (t) => {
  const path = folder(t);
  const certfile = join(path, 'own.pem');
  const keyfile = join(path, 'own.key');
  const passphrase = 'secret';
  assert.deepEqual(tlsSettings({ certfile }, {}), { cert: pem('own'), key: pem('own') });
  const expected = { cert: pem('own'), key: 'key', passphrase };
  assert.deepEqual(tlsSettings({ certfile, keyfile, password: passphrase }, {}), expected);
  assert.deepEqual(tlsSettings({ certChain: [certfile, keyfile, passphrase] }, {}), expected);
  assert.deepEqual(tlsSettings({ certChain: [certfile, null, null] }, {}), {
    cert: pem('own'),
    key: pem('own'),
  });
  refused({ keyfile }, 'sslopt: keyfile needs a certfile');
});

test('what cannot be obeyed is refused with what to do instead', (t) => {
  const path = folder(t);
  const below = join(path, 'ca', 'below');
  const toThread = 'functions and objects cannot cross to the thread of the connection';
  const cases: [sslopt: unknown, message: string][] = [
    [
      { context: {} },
      'sslopt: context cannot cross to the thread of the connection: ' +
        'use caCerts, certfile, keyfile, ciphers and sslVersion instead',
    ],
    [{ cert_reqs: CERT_NONE }, 'sslopt: cert_reqs is called certReqs here'],
    [{ ca_cert_path: 'x' }, 'sslopt: ca_cert_path is called caCertPath here'],
    [{ password: () => 'x' }, `sslopt: password is a text; ${toThread}`],
    [{ ciphers: 5 }, `sslopt: ciphers is a text; ${toThread}`],
    [{ checkHostname: 0 }, 'sslopt: checkHostname is true or false'],
    [{ certReqs: 3 }, 'sslopt: certReqs is CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED'],
    [
      { certReqs: CERT_NONE, checkHostname: true },
      'sslopt: checkHostname cannot be true where certReqs is CERT_NONE',
    ],
    [{ sslVersion: 'SSLv3' }, 'sslopt: sslVersion is one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3'],
    [{ certChain: 'own.pem' }, 'sslopt: certChain is a list: certfile, keyfile, password'],
    [
      { doHandshakeOnConnect: false },
      'sslopt: doHandshakeOnConnect cannot be false: TLS begins when the connection stands',
    ],
    [
      { suppressRaggedEofs: false },
      'sslopt: suppressRaggedEofs cannot be false: an end without a goodbye of TLS is an end',
    ],
    [{ caCerts: join(path, 'none') }, `caCerts: cannot read ${join(path, 'none')}`],
    [{ caCertPath: below }, `sslopt: caCertPath has no certificate in ${below}`],
    [{ certfile: below }, `certfile: cannot read ${below}`],
  ];
  for (const [sslopt, message] of cases) refused(sslopt, message);
  assert.throws(
    () => tlsSettings({ nothing: 1 } as SslOpt, {}),
    /sslopt: nothing is unknown, known: certReqs, /,
  );
  assert.throws(() => tlsSettings({ constructor: 1 } as unknown as SslOpt, {}), /constructor is unknown/);
});

test('the settings are plain data that may cross to a thread', (t) => {
  const path = folder(t);
  const settings = tlsSettings({ caCertPath: join(path, 'ca'), certfile: join(path, 'own.pem') }, {});
  assert.deepEqual(structuredClone(settings), settings);
});
