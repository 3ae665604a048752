import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidHeader, InvalidHeaderValue } from '../../../../src/shared/protocol/errors/header-errors.ts';
import { Headers } from '../../../../src/shared/protocol/handshake/headers.ts';

const textOf = (headers: Headers): string => Buffer.from(headers.serialize()).toString('latin1');

test('names are found without regard to case and written as they came', () => {
  const headers = new Headers([
    ['Connection', 'Upgrade'],
    ['SERVER', 'ringfeed'],
  ]);
  assert.equal(headers.get('connection'), 'Upgrade');
  assert.equal(headers.get('Server'), 'ringfeed');
  assert.equal(headers.get('Host'), undefined);
  assert.equal(headers.has('CONNECTION'), true);
  assert.equal(headers.size, 2);
  assert.equal(textOf(headers), 'Connection: Upgrade\r\nSERVER: ringfeed\r\n\r\n');
});

test('a name may have several values, which a reader that expects one is told of', () => {
  const headers = new Headers([
    ['Server', 'Python'],
    ['Host', 'localhost'],
    ['server', 'websockets'],
  ]);
  assert.deepEqual(headers.getAll('Server'), ['Python', 'websockets']);
  assert.deepEqual([...headers].flat(), ['Server', 'Python', 'Host', 'localhost', 'server', 'websockets']);
  assert.throws(
    () => headers.get('server'),
    (error) => error instanceof InvalidHeader && error.message === 'invalid server header: multiple values',
  );
  headers.set('SERVER', 'one');
  assert.deepEqual([...headers].flat(), ['Host', 'localhost', 'SERVER', 'one']);
  assert.equal(headers.delete('host'), true);
  assert.equal(headers.delete('host'), false);
  headers.clear();
  assert.equal(headers.size, 0);
  assert.equal(textOf(headers), '\r\n');
});

test('headers are made of pairs, of an object, or of headers, and a copy is on its own', () => {
  const headers = new Headers({ 'X-One': '1', 'X-Many': ['a', 'b'] });
  const copy = headers.copy();
  copy.add('X-Two', '2');
  assert.equal(textOf(headers), 'X-One: 1\r\nX-Many: a\r\nX-Many: b\r\n\r\n');
  assert.equal(textOf(copy), 'X-One: 1\r\nX-Many: a\r\nX-Many: b\r\nX-Two: 2\r\n\r\n');
  copy.append(headers);
  assert.deepEqual(copy.getAll('x-one'), ['1', '1']);
});

test('names that objects have of themselves are names like others', () => {
  const headers = new Headers();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(headers.has(name), false);
    assert.deepEqual(headers.getAll(name), []);
    headers.add(name, 'x');
    assert.equal(headers.get(name), 'x');
  }
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('every byte but controls may be in a value, and comes out as it went in', () => {
  const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((i) => i >= 0x20 && i !== 0x7f));
  const headers = new Headers([['X', `\t${value.toString('latin1')}`]]);
  assert.deepEqual(
    Buffer.from(headers.serialize()),
    Buffer.concat([Buffer.from('X: \t'), value, Buffer.from('\r\n\r\n')]),
  );
});

for (const [name, value, Class, message] of [
  ['X', 'a\r\nEvil: 1', InvalidHeaderValue, 'invalid X header: a\\x0d\\x0aEvil: 1'],
  ['X', 'a\n', InvalidHeaderValue, 'invalid X header: a\\x0a'],
  ['X', 'a\u0000', InvalidHeaderValue, 'invalid X header: a\\x00'],
  ['X', '\u0100', InvalidHeaderValue, 'invalid X header: \\u{100}'],
  ['X', '\u010a', InvalidHeaderValue, 'invalid X header: \\u{10a}'],
  ['', 'a', InvalidHeader, 'invalid  header: expected token as its name'],
  ['X:', 'a', InvalidHeader, 'invalid X: header: expected token as its name'],
  ['X\r\nEvil', 'a', InvalidHeader, 'invalid X\\x0d\\x0aEvil header: expected token as its name'],
  ['X Y', 'a', InvalidHeader, 'invalid X Y header: expected token as its name'],
  ['Ä', 'a', InvalidHeader, 'invalid \\xc4 header: expected token as its name'],
] as const) {
  test(`a header that would not be one line is refused: ${message}`, () => {
    const headers = new Headers();
    for (const add of [
      () => headers.add(name, value),
      () => headers.set(name, value),
      () => new Headers([[name, value]]),
    ])
      assert.throws(add, (error) => {
        assert.ok(error instanceof Class);
        assert.equal(error.message, message);
        return true;
      });
    assert.equal(textOf(headers), '\r\n');
  });
}
