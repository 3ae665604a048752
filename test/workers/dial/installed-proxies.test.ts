import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { microsocks, missing, tinyproxy } from '../../support/installed-proxies.ts';
import { echo, echoed, loopbackServer } from '../../support/loopback-server.ts';
import { AUTHORITY, ISSUED } from '../../support/private-authority.ts';

const NEVER = new AbortController().signal;
const AUTH = ['user', 'secret'] as const;

const PROXIES = [
  {
    program: 'tinyproxy',
    start: tinyproxy,
    schemes: ['http'],
    refusal: /^proxy rejected connection: HTTP 40[17]$/,
  },
  {
    program: 'microsocks',
    start: microsocks,
    schemes: ['socks5', 'socks5h'],
    refusal: /(no accepted authentication type|Authentication failed)/,
  },
] as const;

for (const { program, start, schemes, refusal } of PROXIES) {
  for (const auth of [undefined, AUTH]) {
    const how = auth === undefined ? 'without' : 'with';
    test(`through ${program} ${how} authentication`, async (t) => {
      const reason = missing(program);
      if (reason !== undefined) return t.skip(reason);
      await using proxy = await start(auth);
      for (const scheme of schemes) {
        for (const secure of [false, true]) {
          await using server = await loopbackServer(echo, secure ? { tls: ISSUED } : {});
          const credentials = auth === undefined ? '' : `${auth.join(':')}@`;
          const { socket } = await dial(
            { secure, host: 'localhost', port: server.port },
            {
              proxy: parseProxy(`${scheme}://${credentials}127.0.0.1:${proxy.port}`),
              tls: { ca: AUTHORITY },
              family: 4,
            },
            { signal: NEVER },
          );
          assert.equal(await echoed(socket, 'hello'), 'hello');
          socket.destroy();
          await server.closed();
        }
      }
      if (auth === undefined) return;
      for (const wrong of ['', 'user:wrong@']) {
        const address = `${schemes[0]}://${wrong}127.0.0.1:${proxy.port}`;
        await assert.rejects(
          dial(
            { secure: false, host: '127.0.0.1', port: 1 },
            { proxy: parseProxy(address) },
            { signal: NEVER },
          ),
          { message: refusal },
        );
      }
    });
  }
}
