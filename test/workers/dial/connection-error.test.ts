import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionError, connectionErrorAt } from '../../../src/workers/dial/connection-error.ts';

const refused = (address: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });

/** As Node makes it where a name has several addresses: it has a code and no text. */
const several = Object.assign(
  new AggregateError([refused('::1:1'), refused('127.0.0.1:1'), refused('127.0.0.1:1')]),
  { code: 'ECONNREFUSED' },
);

test('an error for several addresses has the text of each once, and their code', () => {
  const error = connectionError(several) as Error & { code?: string };
  assert.equal(error.message, 'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
  assert.equal(error.code, 'ECONNREFUSED');
  assert.ok(!(error instanceof AggregateError));
});

test('any other error stays as it is', () => {
  const error = refused('::1:1');
  assert.equal(connectionError(error), error);
  assert.equal(connectionError('text'), 'text');
});

test('where it happened comes before the text, and the code stays', () => {
  const error = connectionErrorAt('proxy http://p:1', several) as Error & { code?: string };
  assert.equal(
    error.message,
    'proxy http://p:1: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
  );
  assert.equal(error.code, 'ECONNREFUSED');
  assert.equal(connectionErrorAt('here', 'text'), 'text');
});
