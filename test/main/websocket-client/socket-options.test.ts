import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_SOCKET_OPTION,
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SOL_SOCKET,
  SOL_TCP,
  SockOpt,
  type SockOptTuple,
  socketSettings,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from '../../../src/main/websocket-client/socket-options.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

test('without options the defaults hold: send at once, ask after half a minute of silence', () => {
  for (const sockopt of [undefined, null, [], DEFAULT_SOCKET_OPTION])
    assert.deepEqual(socketSettings(sockopt), { noDelay: true, keepAliveMs: 30_000 });
});

test('options come after the defaults, and the last of one counts', () => {
  const cases: [SockOptTuple[], noDelay: boolean, keepAliveMs: number | undefined][] = [
    [[[IPPROTO_TCP, TCP_NODELAY, 0]], false, 30_000],
    [[[SOL_SOCKET, SO_KEEPALIVE, 0]], true, undefined],
    [[[SOL_TCP, TCP_KEEPIDLE, 5]], true, 5000],
    [
      [
        [SOL_SOCKET, SO_KEEPALIVE, 0],
        [SOL_TCP, TCP_KEEPIDLE, 7],
        [SOL_SOCKET, SO_KEEPALIVE, 1],
      ],
      true,
      7000,
    ],
  ];
  for (const [sockopt, noDelay, keepAliveMs] of cases)
    assert.deepEqual(socketSettings(sockopt), { noDelay, keepAliveMs }, JSON.stringify(sockopt));
});

test('an option that cannot be obeyed is refused, not ignored', () => {
  const fixed = 'cannot be set from JavaScript: Node asks a silent peer once a second, ten times';
  const unknown = 'cannot be set from JavaScript, only TCP_NODELAY, SO_KEEPALIVE and TCP_KEEPIDLE can';
  const malformed = 'is not [level, option, value] in whole numbers';
  const cases: [sockopt: unknown, message: string][] = [
    [[SOL_TCP, TCP_KEEPINTVL, 10], `socket option TCP_KEEPINTVL ${fixed}`],
    [[SOL_TCP, TCP_KEEPCNT, 3], `socket option TCP_KEEPCNT ${fixed}`],
    [[SOL_SOCKET, 2, 1], `socket option 2 of level 1 ${unknown}`],
    [[SOL_SOCKET, TCP_KEEPINTVL, 1], `socket option 5 of level 1 ${unknown}`],
    [[SOL_TCP, TCP_KEEPIDLE, 0], 'socket option TCP_KEEPIDLE is 0, allowed: 1 to 32767 seconds'],
    [[SOL_TCP, TCP_NODELAY], `socket option 6,1 ${malformed}`],
    [[SOL_TCP, TCP_NODELAY, true], `socket option 6,1,true ${malformed}`],
    ['TCP_NODELAY', `socket option TCP_NODELAY ${malformed}`],
  ];
  for (const [tuple, message] of cases)
    assert.throws(() => socketSettings([tuple as SockOptTuple]), new WebSocketException(message));
});

test('a holder without options is empty', () => {
  const { sockopt, sslopt, timeout } = new SockOpt();
  assert.deepEqual([sockopt, sslopt, timeout], [[], {}, null]);
  const given = new SockOpt([[SOL_TCP, TCP_NODELAY, 0]], { ciphers: 'x' });
  assert.deepEqual([given.sockopt, given.sslopt], [[[6, 1, 0]], { ciphers: 'x' }]);
});
