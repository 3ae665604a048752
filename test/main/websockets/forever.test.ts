import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, processException } from '../../../src/main/websockets/forever.ts';
import { InvariantError, MisuseError } from '../../../src/shared/invariant.ts';
import {
  InvalidMessage,
  InvalidStatus,
  InvalidURI,
  SecurityError,
} from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { EOFError, WebSocketTimeout } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Headers } from '../../../src/shared/protocol/handshake/headers.ts';
import { Response } from '../../../src/shared/protocol/handshake/message.ts';
import { Random } from '../../support/random.ts';

const status = (statusCode: number): InvalidStatus =>
  new InvalidStatus(new Response(statusCode, '', new Headers()));

test('the network, timeouts and servers that are busy are tried again, all else is not', () => {
  for (const error of [
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }),
    new WebSocketTimeout('late'),
    new InvalidMessage('cut', { cause: new EOFError('end') }),
    ...[500, 502, 503, 504].map(status),
  ])
    assert.equal(processException(error), null, String(error));
  for (const error of [
    new MisuseError('wrong'),
    new InvariantError('ours'),
    new InvalidURI('ws', 'none'),
    new InvalidMessage('no HTTP'),
    new SecurityError('no'),
    new TypeError('a bug'),
    ...[301, 400, 401, 403, 404, 429, 501].map(status),
  ])
    assert.equal(processException(error), error);
});

test('delays begin by chance, up to five seconds, and grow to a minute and a half', () => {
  const random = new Random(7);
  const delays = backoff(() => random.below(1000) / 1000);
  const first = delays.next().value;
  assert.ok(first >= 0 && first <= 5);
  const grown = Array.from({ length: 10 }, () => Number(delays.next().value.toFixed(2)));
  assert.deepEqual(grown, [3.1, 5.02, 8.12, 13.13, 21.25, 34.38, 55.62, 89.99, 90, 90]);
  const spread = new Set(
    Array.from({ length: 20 }, () => backoff(() => random.below(1000) / 1000).next().value),
  );
  assert.ok(spread.size > 10);
});
