import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../../src/shared/invariant.ts';
import { Headers } from '../../../../src/shared/protocol/handshake/headers.ts';
import { Request, Response } from '../../../../src/shared/protocol/handshake/message.ts';

const textOf = (message: Request | Response): string => Buffer.from(message.serialize()).toString('latin1');
const headers = new Headers([['Host', 'localhost']]);

test('a request is its line and its headers', () => {
  assert.equal(textOf(new Request('/test?a', headers)), 'GET /test?a HTTP/1.1\r\nHost: localhost\r\n\r\n');
});

test('a response is its line, its headers and its body', () => {
  assert.equal(
    textOf(new Response(101, 'Switching Protocols', headers)),
    'HTTP/1.1 101 Switching Protocols\r\nHost: localhost\r\n\r\n',
  );
  assert.equal(
    textOf(new Response(404, '', headers, Buffer.from('Sorry'))),
    'HTTP/1.1 404 \r\nHost: localhost\r\n\r\nSorry',
  );
});

for (const [message, refused] of [
  [new Request('/a b', headers), 'path is /a b'],
  [new Request('/\r\nX: y', headers), 'path is /\\x0d\\x0aX: y'],
  [new Request('', headers), 'path is '],
  [new Request('/ö', headers), 'path is /\\xf6'],
  [new Request('/', headers, 'GET /evil'), 'method is GET /evil'],
  [new Request('/', headers, 'GET', 'HTTP/1.1\r\nX: y'), 'protocol is HTTP/1.1\\x0d\\x0aX: y'],
  [new Response(99, 'OK', headers), 'statusCode is 99'],
  [new Response(600, 'OK', headers), 'statusCode is 600'],
  [new Response(200.5, 'OK', headers), 'statusCode is 200.5'],
  [new Response(200, 'OK\r\nX: y', headers), 'reasonPhrase is OK\\x0d\\x0aX: y'],
  [new Response(200, '\u010d', headers), 'reasonPhrase is \\u{10d}'],
] as const) {
  test(`nothing is sent where the ${refused}`, () => {
    assert.throws(
      () => message.serialize(),
      (error) =>
        error instanceof MisuseError &&
        error.message === `Condition failed: ${refused}, which HTTP does not allow`,
    );
  });
}
