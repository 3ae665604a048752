import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyError } from '../../../src/shared/protocol/errors/handshake-errors.ts';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { Random } from '../../support/random.ts';

const NEVER = new AbortController().signal;
const SEED = Number(process.env['SEED'] ?? 1);
const TRIES = 300;

const ANSWERS = [
  ['http', ['HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\nfirst']],
  ['socks4a', ['\0\x5a\0\0\0\0\0\0first']],
  ['socks5h', ['\x05\x02', '\x01\0', '\x05\0\0\x01\0\0\0\0\0\x50first']],
] as const;

for (const [scheme, answers] of ANSWERS) {
  test(`whatever a ${scheme} proxy answers is a connection or an error, and leaves no socket (SEED=${SEED})`, async () => {
    const random = new Random(SEED);
    const below = (bound: number): number => random.below(bound);
    const spoilt = (answer: string): Buffer => {
      let bytes = Buffer.from(answer, 'latin1');
      for (let changes = below(4); changes > 0; changes--) {
        const at = below(bytes.length + 1);
        const change = below(4);
        if (change === 0) bytes[at] = below(256);
        else if (change === 1)
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(4))]);
        else if (change === 2)
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.alloc(below(20_000), below(256)),
            bytes.subarray(at),
          ]);
        else bytes = bytes.subarray(0, at);
      }
      return bytes;
    };
    await using proxy = await loopbackServer((socket) => {
      let next = 0;
      const answer = (): void => {
        const said = answers[next++];
        if (said === undefined) return;
        const bytes = spoilt(said);
        // In two pieces.
        const cut = below(bytes.length + 1);
        socket.write(bytes.subarray(0, cut));
        socket.write(bytes.subarray(cut));
        // What was cut off would be waited for.
        if (next === answers.length || !bytes.equals(Buffer.from(said, 'latin1'))) socket.end();
      };
      socket.on('data', answer);
    });
    const outcomes = new Map<string, number>();
    for (let i = 0; i < TRIES; i++) {
      const outcome = await dial(
        { secure: false, host: 'server.example', port: 80 },
        { proxy: parseProxy(`${scheme}://user:password@127.0.0.1:${proxy.port}`), proxyTimeoutMs: 10_000 },
        { signal: NEVER },
      ).then(
        ({ socket }) => {
          socket.destroy();
          return 'connected';
        },
        (error: unknown) => {
          const code = (error as { code?: string }).code;
          assert.ok(error instanceof ProxyError || code === 'ECONNRESET' || code === 'EPIPE', String(error));
          assert.doesNotMatch((error as Error).message, /password/);
          return 'refused';
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await proxy.closed(i);
    }
    // It would show nothing where all of them were the same.
    assert.deepEqual([...outcomes.keys()].sort(), ['connected', 'refused']);
  });
}
