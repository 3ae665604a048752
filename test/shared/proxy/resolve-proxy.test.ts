import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidProxy } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { proxyAddress } from '../../../src/shared/proxy/proxy-server.ts';
import { type ProxyOption, resolveProxy } from '../../../src/shared/proxy/resolve-proxy.ts';

type Case = readonly [
  title: string,
  target: string,
  option: ProxyOption,
  env: Readonly<Record<string, string | undefined>>,
  expected: string | undefined,
];

function target(address: string) {
  const [, scheme, bracketed, host, port] = /^(wss?):\/\/(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(address)!;
  const secure = scheme === 'wss';
  return {
    secure,
    host: (bracketed ?? host)!,
    port: port === undefined ? (secure ? 443 : 80) : Number(port),
  };
}

const H = 'http://h:1';
const PORTS = {
  ws_proxy: 'http://ws:1',
  wss_proxy: 'http://wss:1',
  socks_proxy: 'socks5://socks:1',
  https_proxy: 'http://https:1',
  http_proxy: 'http://http:1',
};
const without = (...names: (keyof typeof PORTS)[]): Record<string, string> =>
  Object.fromEntries(Object.entries(PORTS).filter(([name]) => !names.includes(name as keyof typeof PORTS)));

const CASES: readonly Case[] = [
  ['an empty environment means none', 'wss://e', true, {}, undefined],
  ['left out means the environment', 'wss://e', undefined, { https_proxy: H }, H],
  ['null means none', 'wss://e', null, { https_proxy: H }, undefined],
  ['a URL means that one', 'wss://e', 'http://mine:9', { https_proxy: H }, 'http://mine:9'],
  ['no_proxy is not about a URL', 'wss://e', 'http://mine:9', { no_proxy: '*' }, 'http://mine:9'],

  ['wss: wss_proxy comes first', 'wss://e', true, PORTS, 'http://wss:1'],
  ['wss: then socks_proxy', 'wss://e', true, without('wss_proxy'), 'socks5://socks:1'],
  ['wss: then https_proxy', 'wss://e', true, without('wss_proxy', 'socks_proxy'), 'http://https:1'],
  [
    'wss: never http_proxy or ws_proxy',
    'wss://e',
    true,
    { http_proxy: H, ws_proxy: H, all_proxy: H },
    undefined,
  ],
  ['ws: ws_proxy comes first', 'ws://e', true, PORTS, 'http://ws:1'],
  ['ws: then socks_proxy', 'ws://e', true, without('ws_proxy'), 'socks5://socks:1'],
  ['ws: then https_proxy', 'ws://e', true, without('ws_proxy', 'socks_proxy'), 'http://https:1'],
  ['ws: then http_proxy', 'ws://e', true, without('ws_proxy', 'socks_proxy', 'https_proxy'), 'http://http:1'],
  ['ws: never wss_proxy', 'ws://e', true, { wss_proxy: H }, undefined],

  ['upper case counts', 'wss://e', true, { HTTPS_PROXY: H }, H],
  ['lower case counts more', 'wss://e', true, { https_proxy: H, HTTPS_PROXY: 'http://upper:1' }, H],
  ['empty lower case hides upper case', 'wss://e', true, { https_proxy: '', HTTPS_PROXY: H }, undefined],
  ['empty is skipped for the next', 'wss://e', true, { wss_proxy: '', https_proxy: H }, H],
  ['HTTP_PROXY is not believed in CGI', 'ws://e', true, { REQUEST_METHOD: 'GET', HTTP_PROXY: H }, undefined],
  ['http_proxy is believed in CGI', 'ws://e', true, { REQUEST_METHOD: 'GET', http_proxy: H }, H],
  ['HTTPS_PROXY is believed in CGI', 'ws://e', true, { REQUEST_METHOD: 'GET', HTTPS_PROXY: H }, H],

  ['socks_proxy as http:// is SOCKS', 'wss://e', true, { socks_proxy: 'http://s:5' }, 'socks5h://s:5'],
  ['https_proxy may be SOCKS', 'wss://e', true, { https_proxy: 'socks5h://s' }, 'socks5h://s:1080'],

  ['http has port 80', 'ws://e', 'http://p', {}, 'http://p:80'],
  ['https has port 443', 'ws://e', 'https://p', {}, 'https://p:443'],
  ['socks4 has port 1080', 'ws://e', 'socks4://p', {}, 'socks4://p:1080'],
  ['socks4a has port 1080', 'ws://e', 'socks4a://p', {}, 'socks4a://p:1080'],
  ['socks5 has port 1080', 'ws://e', 'socks5://p', {}, 'socks5://p:1080'],
  ['socks5h has port 1080', 'ws://e', 'socks5h://p', {}, 'socks5h://p:1080'],

  ['no_proxy exempts', 'wss://e.com', true, { https_proxy: H, no_proxy: 'e.com' }, undefined],
  ['NO_PROXY exempts', 'wss://e.com', true, { https_proxy: H, NO_PROXY: 'e.com' }, undefined],
  ['empty no_proxy hides NO_PROXY', 'wss://e', true, { https_proxy: H, no_proxy: '', NO_PROXY: '*' }, H],
  ['no_proxy exempts others', 'wss://e.com', true, { https_proxy: H, no_proxy: 'o.com' }, H],
  ['no_proxy knows the port of wss', 'wss://e', true, { https_proxy: H, no_proxy: 'e:443' }, undefined],
  ['no_proxy knows the port of ws', 'ws://e', true, { http_proxy: H, no_proxy: 'e:443' }, H],
  ['localhost is no exception by itself', 'ws://localhost', true, { http_proxy: H }, H],
];

for (const [title, address, option, env, expected] of CASES) {
  test(title, () => {
    const proxy = resolveProxy(target(address), option, env);
    assert.equal(proxy && proxyAddress(proxy), expected);
  });
}

test('a wrong address in the environment is an error only where it decides', () => {
  const env = { https_proxy: 'proxy:8080', wss_proxy: H };
  assert.equal(resolveProxy(target('wss://e'), true, env)?.host, 'h');
  assert.throws(
    () => resolveProxy(target('ws://e'), true, env),
    (error: unknown) => error instanceof InvalidProxy && /scheme is missing/.test(error.message),
  );
  assert.equal(resolveProxy(target('ws://e'), true, { ...env, no_proxy: 'e' }), undefined);
});
