import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noProxyVariable, proxyVariable } from '../../../src/shared/proxy/proxy-environment.ts';

const CASES: readonly (readonly [
  env: Record<string, string | undefined>,
  kind: string,
  value: string | undefined,
])[] = [
  [{}, 'https', undefined],
  [{ https_proxy: 'a' }, 'https', 'a'],
  [{ HTTPS_PROXY: 'b' }, 'https', 'b'],
  [{ https_proxy: 'a', HTTPS_PROXY: 'b' }, 'https', 'a'],
  [{ https_proxy: '', HTTPS_PROXY: 'b' }, 'https', undefined],
  [{ https_proxy: ' ', HTTPS_PROXY: 'b' }, 'https', undefined],
  [{ https_proxy: undefined, HTTPS_PROXY: 'b' }, 'https', 'b'],
  [{ https_proxy: ' a ' }, 'https', 'a'],
  [{ Https_Proxy: 'a' }, 'https', undefined],
  [{ HTTP_PROXY: 'b', REQUEST_METHOD: '' }, 'http', undefined],
  [{ http_proxy: 'a', HTTP_PROXY: 'b', REQUEST_METHOD: 'GET' }, 'http', 'a'],
];

for (const [env, kind, value] of CASES) {
  test(`${JSON.stringify(env)} has ${value ?? 'no'} ${kind} proxy`, () => {
    assert.equal(proxyVariable(env, kind), value);
  });
}

test('the exceptions are a list', () => {
  assert.deepEqual(noProxyVariable({ NO_PROXY: 'a, .b  10.0.0.0/8,' }), ['a', '.b', '10.0.0.0/8']);
  assert.deepEqual(noProxyVariable({}), []);
});
