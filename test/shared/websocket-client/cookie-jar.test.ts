import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimpleCookieJar } from '../../../src/shared/websocket-client/cookie-jar.ts';

const jarOf = (...cookies: readonly string[]): SimpleCookieJar => {
  const jar = new SimpleCookieJar();
  for (const cookie of cookies) jar.add(cookie);
  return jar;
};

test('cookies without a domain are not kept', () => {
  assert.deepEqual(jarOf('', 'a=b', 'a=b; Path=/; Secure').domains, []);
});

test('a domain has a dot before it and is in lower case', () => {
  assert.deepEqual(jarOf('a=b; domain=.abc').domains, ['.abc']);
  assert.deepEqual(jarOf('a=b; domain=ABC').domains, ['.abc']);
  assert.deepEqual(jarOf('a=b; domain=ABC', 'c=d; domain=.abc').domains, ['.abc']);
});

test('what is added comes to what is there, what is set replaces it', () => {
  const jar = jarOf('e=f; c=d; domain=abc', 'a=b; Domain=.abc', 'c=new; domain=abc');
  assert.equal(jar.get('abc'), 'a=b; c=new; e=f');
  jar.set('x=y; domain=abc');
  assert.equal(jar.get('abc'), 'x=y');
  jar.set('z=z; domain=other');
  assert.equal(jar.get('abc'), 'x=y');
  assert.equal(jar.get('something'), '');
  assert.equal(jar.get(null), '');
});

test('a cookie goes to its domain and below, by whole labels', () => {
  for (const domain of ['abc.com', '.abc.com', 'ABC.com']) {
    const jar = jarOf(`a=b; c=d; domain=${domain}`);
    assert.equal(jar.get('abc.com'), 'a=b; c=d');
    assert.equal(jar.get('X.abc.COM'), 'a=b; c=d');
    assert.equal(jar.get('abc.com.es'), '');
    assert.equal(jar.get('xabc.com'), '');
  }
  assert.equal(jarOf('a=b; domain=0.0.1').get('127.0.0.1'), '');
  assert.equal(jarOf('a=b; domain=127.0.0.1').get('127.0.0.1'), 'a=b');
});

test('cookies of several domains in one text go to their own', () => {
  const jar = jarOf('a=1; Path=/; Domain=one.test; b=2; c=3; Domain=two.test; d=4');
  assert.equal(jar.get('one.test'), 'a=1');
  assert.equal(jar.get('two.test'), 'b=2; c=3');
});

test('a secure cookie stays away from connections that are not', () => {
  for (const text of ['a=b; c=d; Secure; domain=abc', 'a=b; c=d; domain=abc; secure']) {
    assert.equal(jarOf(text).get('abc'), 'a=b; c=d');
    assert.equal(jarOf(text).get('abc', false), 'a=b');
  }
});

test('a server sets cookies for itself and for what is above it, and for no other', () => {
  const jar = new SimpleCookieJar();
  jar.add('a=1; domain=bank.test', 'evil.test');
  jar.add('a=2; domain=test', 'evil.test');
  jar.add('a=3; domain=sub.evil.test', 'evil.test');
  assert.deepEqual(jar.domains, []);
  jar.add('a=4; domain=evil.test', 'sub.evil.test');
  jar.add('a=5; domain=localhost', 'LOCALHOST');
  assert.deepEqual(jar.domains, ['.evil.test', '.localhost']);
});

test('what would end the header is no cookie, and names are nothing but names', () => {
  assert.equal(jarOf('a=b\r\nX: y; c d=e; f,g=h; =i; j; k=l; domain=abc').get('abc'), 'k=l');
  assert.deepEqual(jarOf('a=b; domain=a b').domains, []);
  assert.equal(jarOf('__proto__=1; constructor=2; domain=abc').get('abc'), '__proto__=1; constructor=2');
  assert.equal(jarOf('a=x=y; b="q, r"; c=; domain=abc').get('abc'), 'a=x=y; b="q, r"; c=');
});

test('a server cannot make the jar grow for ever', () => {
  const jar = new SimpleCookieJar();
  for (let i = 0; i < 5000; i++) jar.add(`a=b; domain=d${i}.test`);
  assert.equal(jar.domains.length, 1000);
  for (let i = 0; i < 200; i++) jar.add(`n${i}=v; domain=d0.test`);
  jar.add('a=changed; domain=d0.test');
  assert.equal(jar.get('d0.test').split('; ').length, 50);
  assert.match(jar.get('d0.test'), /^a=changed;/);
  jar.add(`big=${'x'.repeat(5000)}; domain=d1.test`);
  assert.equal(jar.get('d1.test'), 'a=b');
});
