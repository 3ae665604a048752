import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidProxy } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { type ProxyServer, parseProxy, proxyAddress } from '../../../src/shared/proxy/proxy-server.ts';

const READ: readonly (readonly [address: string, proxy: ProxyServer])[] = [
  ['http://proxy:8080', { scheme: 'http', host: 'proxy', port: 8080 }],
  ['http://proxy:8080/', { scheme: 'http', host: 'proxy', port: 8080 }],
  ['  http://proxy  ', { scheme: 'http', host: 'proxy', port: 80 }],
  ['HTTPS://Proxy.Example.COM', { scheme: 'https', host: 'proxy.example.com', port: 443 }],
  ['http://proxy:', { scheme: 'http', host: 'proxy', port: 80 }],
  ['socks5h://[2001:DB8::1]:9050', { scheme: 'socks5h', host: '2001:db8::1', port: 9050 }],
  ['socks4a://[::1]', { scheme: 'socks4a', host: '::1', port: 1080 }],
  ['http://u:p@proxy', { scheme: 'http', host: 'proxy', port: 80, username: 'u', password: 'p' }],
  ['http://u:@proxy', { scheme: 'http', host: 'proxy', port: 80, username: 'u', password: '' }],
  ['http://:p@proxy', { scheme: 'http', host: 'proxy', port: 80, username: '', password: 'p' }],
  ['http://a@b:c:d@e@proxy', { scheme: 'http', host: 'proxy', port: 80, username: 'a@b', password: 'c:d@e' }],
  [
    'http://%C3%A9%40:%25%2f@proxy',
    { scheme: 'http', host: 'proxy', port: 80, username: 'é@', password: '%/' },
  ],
  ['http://u:100%@proxy', { scheme: 'http', host: 'proxy', port: 80, username: 'u', password: '100%' }],
  ['http://u:%ff%41@proxy', { scheme: 'http', host: 'proxy', port: 80, username: 'u', password: '%ff%41' }],
  ['http://bücher:1', { scheme: 'http', host: 'xn--bcher-kva', port: 1 }],
];

for (const [address, proxy] of READ) {
  test(`${address} is read`, () => assert.deepEqual(parseProxy(address), proxy));
}

const EXPECTED_HOST = 'expected a host and a port, as in http://proxy:8080';
const MISSING_SCHEME = 'scheme is missing, expected one as in http://proxy:8080';
const REFUSED: readonly (readonly [address: string, message: string])[] = [
  ['', ` isn't a valid proxy: ${MISSING_SCHEME}`],
  ['proxy:8080', `proxy:8080 isn't a valid proxy: ${MISSING_SCHEME}`],
  ['u:secret@proxy:8080', `***@proxy:8080 isn't a valid proxy: ${MISSING_SCHEME}`],
  ['ftp://u:secret@proxy', "ftp://***@proxy isn't a valid proxy: scheme ftp isn't supported"],
  ['ws://proxy', "ws://proxy isn't a valid proxy: scheme ws isn't supported"],
  ['constructor://proxy', "constructor://proxy isn't a valid proxy: scheme constructor isn't supported"],
  ['http://', "http:// isn't a valid proxy: hostname isn't provided"],
  ['http://u:secret@', "http://***@ isn't a valid proxy: hostname isn't provided"],
  ['http://:8080', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://proxy:port', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://user:secret', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://proxy:0', "http://proxy:0 isn't a valid proxy: port is not between 1 and 65535"],
  ['http://proxy:65536', "http://proxy:65536 isn't a valid proxy: port is not between 1 and 65535"],
  ['http://pro xy', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://pro\r\nxy', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://[1:2]', "http://[1:2] isn't a valid proxy: hostname isn't valid"],
  ['http://0x7f.1', "http://0x7f.1 isn't a valid proxy: hostname isn't valid"],
  ['http://::1', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://[::1', `http://*** isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://proxy/path', "http://proxy isn't a valid proxy: path, query and fragment are meaningless"],
  ['http://proxy?secret', "http://proxy isn't a valid proxy: path, query and fragment are meaningless"],
  ['http://proxy#secret', "http://proxy isn't a valid proxy: path, query and fragment are meaningless"],
  ['http://u:sec/ret@proxy', `http://***@proxy isn't a valid proxy: ${EXPECTED_HOST}`],
  ['http://u@proxy', "http://***@proxy isn't a valid proxy: username provided without password"],
  [
    `socks5://${'x'.repeat(256)}:p@proxy`,
    "socks5://***@proxy isn't a valid proxy: username or password is longer than 255 bytes",
  ],
  [
    `socks5://u:${'%C3%A9'.repeat(128)}@proxy`,
    "socks5://***@proxy isn't a valid proxy: username or password is longer than 255 bytes",
  ],
  ['http://u%3Av:p@proxy', "http://***@proxy isn't a valid proxy: username has a colon"],
  ['socks4://u%00v:p@proxy', "socks4://***@proxy isn't a valid proxy: username has a NUL character"],
];

for (const [address, message] of REFUSED) {
  test(`"${address.slice(0, 40)}" is refused and shows no password`, () => {
    assert.throws(
      () => parseProxy(address),
      (error: unknown) => {
        assert.ok(error instanceof InvalidProxy);
        assert.equal(error.message, message);
        assert.doesNotMatch(`${error.message} ${error.proxy}`, /sec/);
        return true;
      },
    );
  });
}

test('a long password is no trouble for an HTTP proxy', () => {
  assert.equal(parseProxy(`http://u:${'x'.repeat(1000)}@proxy`).password?.length, 1000);
});

test('an address is shown without user and password', () => {
  assert.equal(proxyAddress(parseProxy('socks5://u:p@[::1]')), 'socks5://[::1]:1080');
});
