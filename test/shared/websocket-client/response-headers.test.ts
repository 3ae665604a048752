import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headersByName } from '../../../src/shared/websocket-client/response-headers.ts';

test('headers go by their names in lower case, and several of one name are joined', () => {
  const headers = headersByName([
    ['Content-Type', 'text/plain'],
    ['Set-Cookie', 'a=b; Domain=x'],
    ['Via', 'one'],
    ['set-cookie', 'c=d'],
    ['VIA', 'two'],
    ['__proto__', 'a name'],
  ]);
  assert.deepEqual(Object.entries(headers), [
    ['content-type', 'text/plain'],
    ['set-cookie', 'a=b; Domain=x; c=d'],
    ['via', 'one, two'],
    ['__proto__', 'a name'],
  ]);
  assert.equal(headers['constructor'], undefined);
});
