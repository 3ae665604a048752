import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientProtocol } from '../../src/shared/protocol/client-protocol.ts';
import {
  ClientPermessageDeflateFactory,
  ServerPermessageDeflateFactory,
} from '../../src/shared/protocol/deflate-negotiation.ts';
import { InvalidHandshake } from '../../src/shared/protocol/errors/handshake-errors.ts';
import { Request, Response } from '../../src/shared/protocol/handshake/message.ts';
import { State } from '../../src/shared/protocol/protocol.ts';
import { ServerProtocol } from '../../src/shared/protocol/server-protocol.ts';
import { EXAMPLE_ACCEPT, EXAMPLE_KEY, EXAMPLE_PLATFORM } from '../support/handshakes.ts';
import { Random } from '../support/random.ts';

const HANDSHAKES = 5000;

/** A message to be spoilt: its lines, without their ends. */
interface Message {
  line: string;
  headers: [name: string, value: string][];
  /** What each line ends in. */
  end: string;
  body: string;
  truncated: boolean;
}

/** A way to spoil a message, and what it ends in; undefined where it opens the connection all the same. */
type Mutation = (message: Message, random: Random) => string | undefined;

const TEXT = 'abcXYZ019-_.~!#$%&*+^`|';
const anyText = (random: Random, length: number): string =>
  Array.from({ length }, () => random.pick([...TEXT])).join('');
const insert = (message: Message, random: Random, name: string, value: string): void => {
  message.headers.splice(random.below(message.headers.length + 1), 0, [name, value]);
};
const find = (message: Message, name: string): [string, string] =>
  message.headers.find(([other]) => other === name)!;
const without = (message: Message, name: string): void => {
  message.headers = message.headers.filter(([other]) => other !== name);
};
const cased = (text: string, random: Random): string =>
  [...text].map((letter) => (random.percent(50) ? letter.toUpperCase() : letter.toLowerCase())).join('');

/** Those that spoil a request as well as a response. */
const EITHER: readonly Mutation[] = [
  () => undefined,
  (message, random) => {
    for (const header of message.headers) header[0] = cased(header[0], random);
    return undefined;
  },
  (message, random) => {
    for (let n = random.below(20); n > 0; n--)
      insert(message, random, `X-${anyText(random, 8)}`, anyText(random, 30));
    return undefined;
  },
  (message, random) => {
    insert(message, random, random.pick(['__proto__', 'constructor', 'toString']), 'x');
    return undefined;
  },
  (message, random) => {
    const header = random.pick(message.headers);
    header[1] = `${' \t'.repeat(random.below(50))}${header[1]}${'\t '.repeat(random.below(50))}`;
    return undefined;
  },
  (message) => {
    find(message, 'Connection')[1] = ',, keep-alive ,,Upgrade,';
    return undefined;
  },
  (message, random) => {
    without(message, random.pick(['Connection', 'Upgrade']));
    return 'InvalidUpgrade';
  },
  (message, random) => {
    find(message, random.pick(['Connection', 'Upgrade']))[1] = anyText(random, 5);
    return 'InvalidUpgrade';
  },
  (message, random) => {
    find(message, random.pick(['Connection', 'Upgrade']))[1] = random.pick([
      '',
      '(',
      'a b',
      'a;',
      '"',
      ',',
      '\xe9',
    ]);
    return 'InvalidHeaderFormat';
  },
  (message, random) => {
    insert(message, random, 'Upgrade', 'websocket');
    return 'InvalidUpgrade';
  },
  (message, random) => {
    insert(
      message,
      random,
      'Sec-WebSocket-Extensions',
      random.pick(['', ';', 'a;', 'a=b', 'a; b="c', 'a; b="c d"']),
    );
    return 'InvalidHeaderFormat';
  },
  (message, random) => {
    const header = random.pick(message.headers);
    header[1] += String.fromCharCode(random.pick([0, 1, 8, 11, 12, 13, 27, 31, 127])) + 'x';
    return 'InvalidMessage';
  },
  (message, random) => {
    insert(message, random, random.pick(['', 'a b', 'a\t', 'a(', '\xe9', 'a\u0000', '"a"']), 'x');
    return 'InvalidMessage';
  },
  (message, random) => {
    const header = random.pick(message.headers);
    header[1] += `\r\n ${anyText(random, 10)}`;
    return 'InvalidMessage';
  },
  (message) => {
    message.end = '\n';
    return 'InvalidMessage';
  },
  (message) => {
    message.truncated = true;
    return 'InvalidMessage';
  },
  (message, random) => {
    message.line = random.pick([
      '',
      ' ',
      '  ',
      'HTTP/1.1',
      '\u0016\u0003\u0001 x y',
      anyText(random, 40),
      'SSH-2.0-x y z',
    ]);
    return 'InvalidMessage';
  },
  (message, random) => {
    insert(message, random, 'X', anyText(random, 1).repeat(8190 + random.below(20_000)));
    return 'HeaderLineTooLong';
  },
  (message, random) => {
    insert(message, random, anyText(random, 1).repeat(8193), '');
    return 'HeaderLineTooLong';
  },
  (message, random) => {
    for (let n = 129; n > 0; n--) insert(message, random, 'X', anyText(random, n));
    return 'TooManyHeaders';
  },
];

const RESPONSES: readonly Mutation[] = [
  ...EITHER,
  (message, random) => {
    message.line = `HTTP/1.1 ${random.pick([100, 200, 204, 301, 304, 400, 403, 429, 500, 503, 599])} Other`;
    message.headers.push(['Content-Length', '4']);
    message.body = 'body and more';
    return 'InvalidStatus';
  },
  (message, random) => {
    message.line = `HTTP/1.1 ${random.pick(['099', '600', '1e2', '+101', '0101', 'x', ''])} Other`;
    return 'InvalidMessage';
  },
  (message, random) => {
    message.line = `HTTP/1.1 101 ${anyText(random, 1).repeat(8192)}`;
    return 'StatusLineTooLong';
  },
  (message, random) => {
    message.line = 'HTTP/1.1 403 No';
    insert(message, random, 'Content-Length', String(2 ** 20 + 1 + random.below(2 ** 30)));
    return 'SecurityError';
  },
  (message, random) => {
    message.line = 'HTTP/1.1 403 No';
    insert(message, random, 'Transfer-Encoding', 'chunked');
    message.body = random.pick(['x\r\n', '\r\n', '1\r\nab\r\n', '-1\r\n', '1 \r\n', '5\r\nabc']);
    return 'InvalidMessage';
  },
  (message) => {
    without(message, 'Sec-WebSocket-Accept');
    return 'InvalidHeader';
  },
  (message, random) => {
    insert(message, random, 'sec-websocket-accept', EXAMPLE_ACCEPT);
    return 'InvalidHeader';
  },
  (message, random) => {
    const at = random.below(EXAMPLE_ACCEPT.length - 1);
    find(message, 'Sec-WebSocket-Accept')[1] =
      `${EXAMPLE_ACCEPT.slice(0, at)}${EXAMPLE_ACCEPT[at] === 'A' ? 'B' : 'A'}${EXAMPLE_ACCEPT.slice(at + 1)}`;
    return 'InvalidHeaderValue';
  },
  (message, random) => {
    insert(
      message,
      random,
      'Sec-WebSocket-Extensions',
      random.pick([
        'x',
        'permessage-deflate; x',
        'permessage-deflate, permessage-deflate',
        'permessage-deflate; server_max_window_bits=7',
      ]),
    );
    return 'NegotiationError';
  },
  (message, random) => {
    insert(message, random, 'Sec-WebSocket-Protocol', random.pick(['other', 'CHAT', '__proto__']));
    return 'NegotiationError';
  },
  (message, random) => {
    insert(message, random, 'Sec-WebSocket-Protocol', 'chat, superchat');
    return 'InvalidHeader';
  },
  (message, random) => {
    insert(message, random, 'Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits=12');
    insert(message, random, 'Sec-WebSocket-Protocol', 'superchat');
    return undefined;
  },
];

const REQUESTS: readonly Mutation[] = [
  ...EITHER,
  (message, random) => {
    message.line = `${random.pick(['POST', 'get', 'HEAD', 'CONNECT', 'X'])} / HTTP/1.1`;
    return 'InvalidMethod';
  },
  (message) => {
    message.line = 'GET / HTTP/1.0';
    return 'InvalidProtocol';
  },
  (message, random) => {
    message.line = `GET /${random.pick([' ', '\t', '\u0000', '\xe9', '\x7f'])} ${random.pick(['HTTP/1.1', 'HTTP/2'])}`;
    return 'InvalidMessage';
  },
  (message, random) => {
    message.line = `GET /${anyText(random, 1).repeat(8192)} HTTP/1.1`;
    return 'RequestLineTooLong';
  },
  (message, random) => {
    const [name, value] = random.pick([
      ['Content-Length', '5'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '0x0'],
    ] as const);
    insert(message, random, name, value);
    return 'InvalidMessage';
  },
  (message, random) => {
    without(message, random.pick(['Sec-WebSocket-Key', 'Sec-WebSocket-Version']));
    return 'InvalidHeader';
  },
  (message, random) => {
    insert(message, random, random.pick(['Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Origin']), 'x');
    return 'InvalidHeader';
  },
  (message, random) => {
    find(message, 'Sec-WebSocket-Key')[1] = random.pick([
      '',
      anyText(random, 24),
      EXAMPLE_KEY.slice(4),
      `${EXAMPLE_KEY}=`,
    ]);
    return 'InvalidHeaderValue';
  },
  (message, random) => {
    find(message, 'Sec-WebSocket-Version')[1] = random.pick(['', '8', '14', '013', '13, 8', 'x']);
    return 'InvalidHeaderValue';
  },
  (message, random) => {
    find(message, 'Origin')[1] = random.pick([
      'https://evil.example',
      'null',
      '',
      'https://example.com.evil.example',
    ]);
    return 'InvalidOrigin';
  },
  (message) => {
    without(message, 'Origin');
    return 'InvalidOrigin';
  },
  (message, random) => {
    insert(
      message,
      random,
      'Sec-WebSocket-Extensions',
      random.pick(['x', 'permessage-deflate; x, permessage-deflate']),
    );
    return undefined;
  },
];

const response = (): Message => ({
  line: 'HTTP/1.1 101 Switching Protocols',
  headers: [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', EXAMPLE_ACCEPT],
  ],
  end: '\r\n',
  body: '',
  truncated: false,
});

const request = (): Message => ({
  line: 'GET /test HTTP/1.1',
  headers: [
    ['Host', 'example.com'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', EXAMPLE_KEY],
    ['Sec-WebSocket-Version', '13'],
    ['Origin', 'https://example.com'],
  ],
  end: '\r\n',
  body: '',
  truncated: false,
});

function bytesOf({ line, headers, end, body, truncated }: Message, random: Random): Buffer {
  const text = `${line}${end}${headers.map(([name, value]) => `${name}: ${value}${end}`).join('')}${end}`;
  const whole = Buffer.from(text + body, 'latin1');
  return truncated ? whole.subarray(0, random.below(text.length)) : whole;
}

const client = (): ClientProtocol =>
  new ClientProtocol('ws://example.com/test', {
    platform: EXAMPLE_PLATFORM,
    extensions: [new ClientPermessageDeflateFactory()],
    subprotocols: ['chat', 'superchat'],
  });

const server = (): ServerProtocol =>
  new ServerProtocol({
    platform: EXAMPLE_PLATFORM,
    extensions: [new ServerPermessageDeflateFactory()],
    origins: ['https://example.com'],
  });

/** Gives the bytes in pieces, answers a request, and ends the stream unless the connection has opened. */
function play(protocol: ClientProtocol | ServerProtocol, bytes: Buffer, random: Random): boolean {
  const piece = random.pick([1, 10, 100, bytes.length]) + 1;
  for (let at = 0; at < bytes.length; ) {
    // A piece may be empty; of long messages it is not, or nothing would be left of the day.
    const length = bytes.length > 5000 ? bytes.length : random.below(piece + 1);
    protocol.receiveData(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
    for (const event of protocol.eventsReceived()) {
      if (event instanceof Request && protocol instanceof ServerProtocol) {
        const answer = protocol.accept(event);
        assert.equal(answer.statusCode === 101, protocol.handshakeException === undefined);
        protocol.sendResponse(answer);
      } else assert.ok(event instanceof Response || protocol.state !== State.CONNECTING);
    }
  }
  const opened = protocol.state === State.OPEN;
  protocol.dataToSend();
  if (!opened) protocol.receiveEof();
  return opened;
}

for (const [what, good, mutations, make] of [
  ['responses', response, RESPONSES, client],
  ['requests', request, REQUESTS, server],
] as const) {
  test(`of ${HANDSHAKES} spoilt ${what} each ends in the error of its kind`, () => {
    const random = new Random(2026);
    for (let n = 0; n < HANDSHAKES; n++) {
      const mutation = n % mutations.length;
      const message = good();
      const expected = mutations[mutation]!(message, random);
      const bytes = bytesOf(message, random);
      const protocol = make();
      const opened = play(protocol, bytes, random);
      const where = `${n}, mutation ${mutation}: ${bytes.toString('latin1').slice(0, 300)}`;
      assert.equal(protocol.handshakeException?.name, expected, where);
      assert.equal(opened, expected === undefined, where);
      if (!opened) assert.equal(protocol.state, State.CLOSED, where);
    }
  });

  test(`${HANDSHAKES} ${what} with bytes changed by chance end in an open connection or in an error of the handshake`, () => {
    const random = new Random(7);
    const names = new Map<string, number>();
    for (let n = 0; n < HANDSHAKES; n++) {
      const message = good();
      if (random.percent(30)) mutations[random.below(mutations.length)]!(message, random);
      let bytes = Buffer.from(bytesOf(message, random));
      for (let changes = random.below(6); changes > 0 && bytes.length > 0; changes--) {
        const at = random.below(bytes.length);
        if (random.percent(40)) bytes[at] = random.below(256);
        else if (random.percent(30))
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(9))]);
        else if (random.percent(50))
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.from([random.pick([0, 9, 10, 13, 32, 44, 58, 59])]),
            bytes.subarray(at),
          ]);
        else bytes = Buffer.concat([bytes, bytes.subarray(at, at + 200)]);
      }
      if (random.percent(5))
        bytes = Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
      const protocol = make();
      const opened = play(protocol, bytes, random);
      const where = `${n}: ${JSON.stringify(bytes.toString('latin1').slice(0, 300))}`;
      const error = protocol.handshakeException;
      // Frames behind a response may be wrong: then it has opened and is over already.
      if (error === undefined) assert.ok(opened || protocol.closeRcvd || protocol.parserException, where);
      else {
        assert.ok(error instanceof InvalidHandshake, where);
        assert.notEqual(error.name, 'InvalidHandshake', where);
        assert.equal(opened, false, where);
      }
      const name = error?.name ?? 'none';
      names.set(name, (names.get(name) ?? 0) + 1);
    }
    assert.ok(names.size >= 7, [...names].join('; '));
  });
}

test('a handshake of offers without end costs no more than its bytes', () => {
  const line = 'permessage-deflate; x,'.repeat(360);
  const message = request();
  for (let n = 0; n < 120; n++) message.headers.push(['Sec-WebSocket-Extensions', line]);
  const protocol = server();
  assert.equal(play(protocol, bytesOf(message, new Random(1)), new Random(1)), true);
  assert.deepEqual(protocol.extensions, []);
});
