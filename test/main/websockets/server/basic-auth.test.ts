import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicAuth } from '../../../../src/main/websockets/server/basic-auth.ts';
import { MisuseError } from '../../../../src/shared/invariant.ts';
import { buildAuthorizationBasic } from '../../../../src/shared/protocol/handshake/header-values.ts';
import { serving, Visitors, visit } from '../../../support/serving.ts';

const LIMIT = { timeout: 20_000 };

const passwords = { ann: 'pässword', bob: '', '': 'nameless' };

const rows: readonly {
  readonly what: string;
  readonly authorization: string | undefined;
  readonly username?: string;
  readonly refused?: string;
}[] = [
  {
    what: 'a name with its password is let in',
    authorization: buildAuthorizationBasic('ann', 'pässword'),
    username: 'ann',
  },
  { what: 'an empty password is one', authorization: buildAuthorizationBasic('bob', ''), username: 'bob' },
  { what: 'an empty name is one', authorization: buildAuthorizationBasic('', 'nameless'), username: '' },
  {
    what: 'the scheme may be written in any case',
    authorization: buildAuthorizationBasic('ann', 'pässword').replace('Basic', 'bASIC'),
    username: 'ann',
  },
  {
    what: 'a wrong password is refused',
    authorization: buildAuthorizationBasic('ann', 'password'),
    refused: 'Invalid credentials\n',
  },
  {
    what: "another's password is refused",
    authorization: buildAuthorizationBasic('bob', 'pässword'),
    refused: 'Invalid credentials\n',
  },
  {
    what: 'a name that nobody has is refused without a password',
    authorization: buildAuthorizationBasic('eve', ''),
    refused: 'Invalid credentials\n',
  },
  {
    what: 'a name that every object has is refused',
    authorization: buildAuthorizationBasic('constructor', ''),
    refused: 'Invalid credentials\n',
  },
  { what: 'nobody is refused', authorization: undefined, refused: 'Missing credentials\n' },
  { what: 'another scheme is refused', authorization: 'Bearer abc', refused: 'Unsupported credentials\n' },
  { what: 'what is no base64 is refused', authorization: 'Basic !', refused: 'Unsupported credentials\n' },
];

for (const { what, authorization, username, refused } of rows)
  test(what, LIMIT, async (t) => {
    const visitors = new Visitors();
    const auth = basicAuth('the "realm"', passwords);
    const { url, port } = await serving(t, visitors.handler, { processRequest: auth });
    const headers = authorization === undefined ? {} : { authorization };
    if (refused === undefined) {
      const { ws } = await visit(url, [], { headers });
      assert.equal((await visitors.next()).username, username);
      ws.close();
    } else {
      await assert.rejects(visit(url, [], { headers }));
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="the \\"realm\\"", charset="UTF-8"');
      assert.equal(await answer.text(), refused);
    }
  });

test('a function knows who is who', LIMIT, async (t) => {
  const visitors = new Visitors();
  const processRequest = basicAuth('', async (name, password) => name === [...password].reverse().join(''));
  const { port } = await serving(t, visitors.handler, { processRequest });
  await assert.rejects(visit(`ws://ann:ann@127.0.0.1:${port}`));
  const { ws } = await visit(`ws://ann:nna@127.0.0.1:${port}`);
  assert.equal((await visitors.next()).username, 'ann');
  ws.close();
});

test('nobody has a name where nobody asks for it', LIMIT, async (t) => {
  const visitors = new Visitors();
  const { port } = await serving(t, visitors.handler);
  const { ws } = await visit(`ws://ann:nna@127.0.0.1:${port}`);
  assert.equal((await visitors.next()).username, undefined);
  ws.close();
});

test('a realm that is in no header is a mistake of the caller', () => {
  assert.throws(() => basicAuth('a\r\nb', passwords), MisuseError);
});
