import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExempt, noProxyEntries } from '../../../src/shared/proxy/no-proxy.ts';

const CASES: readonly (readonly [list: string, host: string, exempt: boolean, port?: number])[] = [
  ['', 'example.com', false],
  ['*', 'example.com', true],
  ['*', '::1', true],
  ['a.b, *', 'example.com', true],

  ['example.com', 'example.com', true],
  ['example.com', 'EXAMPLE.com', true],
  ['Example.COM', 'example.com', true],
  ['example.com', 'example.com.', true],
  ['example.com.', 'example.com', true],
  ['example.com', 'www.example.com', true],
  ['example.com', 'badexample.com', false],
  ['example.com', 'example.com.evil.org', false],
  ['example.com', 'com', false],
  ['.example.com', 'example.com', true],
  ['.example.com', 'a.b.example.com', true],
  ['.example.com', 'badexample.com', false],
  ['*.example.com', 'a.example.com', true],
  ['*.example.com', 'badexample.com', false],
  ['..example.com', 'a.example.com', true],
  ['.', 'example.com', false],
  ['*.', 'example.com', false],
  ['com', 'example.com', true],
  ['om', 'example.com', false],

  ['one,two', 'two', true],
  [' one , two ', 'two', true],
  ['one two', 'two', true],
  ['one\ttwo\n', 'two', true],
  [',,', 'two', false],

  ['example.com:8443', 'example.com', true, 8443],
  ['example.com:8443', 'example.com', false, 443],
  ['.example.com:8443', 'a.example.com', true, 8443],
  ['example.com:', 'example.com', false],
  ['example.com:x', 'example.com', false],

  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.10', false],
  ['2.1', '192.0.2.1', false],
  ['.2.1', '192.0.2.1', false],
  ['192.0.2.1:80', '192.0.2.1', true, 80],
  ['192.0.2.1:80', '192.0.2.1', false, 81],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['::ffff:192.0.2.1', '192.0.2.1', true],

  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.77/24', '192.0.2.1', true],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.128/25', '192.0.2.128', true],
  ['192.0.2.1/32', '192.0.2.1', true],
  ['192.0.2.1/32', '192.0.2.0', false],
  ['0.0.0.0/0', '192.0.2.1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['128.0.0.0/1', '192.0.2.1', true],
  ['128.0.0.0/1', '127.0.0.1', false],
  ['192.0.2.0/33', '192.0.2.0', false],
  ['192.0.2.0/-1', '192.0.2.0', false],
  ['192.0.2.0/', '192.0.2.0', false],
  ['192.0.2/24', '192.0.2.0', false],
  ['10.0.0.0/8', '10.example.com', false],

  ['::1', '::1', true],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['[::1]', '::1', true],
  ['[::1]:443', '::1', true, 443],
  ['[::1]:443', '::1', false, 80],
  ['::1', '::2', false],
  ['FD00::A', 'fd00::a', true],
  ['fe80::1', 'fe80::1%eth0', true],
  ['fd00::/8', 'fdff:ffff::1', true],
  ['fd00::/8', 'fe00::1', false],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:db8::/33', '2001:db8:8000::', false],
  ['2001:db8::/33', '2001:db8:7fff::', true],
  ['::/0', '2001:db8::1', true],
  ['::/0', '192.0.2.1', false],
  ['::/129', '::1', false],
  ['1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8', false],

  ['__proto__', '__proto__', true],
  ['constructor', 'example.com', false],
];

for (const [list, host, exempt, port] of CASES) {
  const where = port === undefined ? host : `${host} at port ${port}`;
  test(`${JSON.stringify(list)} ${exempt ? 'exempts' : 'does not exempt'} ${where}`, () => {
    assert.equal(isExempt({ host, port: port ?? 443 }, noProxyEntries(list)), exempt);
  });
}
