import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import { NegotiationError } from '../../src/shared/protocol/errors/header-errors.ts';
import type {
  ClientExtensionFactory,
  Extension,
  ServerExtensionFactory,
} from '../../src/shared/protocol/extension.ts';
import { Request, Response } from '../../src/shared/protocol/handshake/message.ts';
import type { ProtocolPlatform } from '../../src/shared/protocol/platform.ts';
import { type Protocol, State } from '../../src/shared/protocol/protocol.ts';

/** The nonce of the example in RFC 6455, section 1.3, whenever sixteen bytes are asked for. */
export const EXAMPLE_PLATFORM: ProtocolPlatform = {
  ...NODE_PLATFORM,
  randomFill: (bytes) => bytes.set(Buffer.from('the sample nonce').subarray(0, bytes.length)),
};
export const EXAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const EXAMPLE_ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** An extension that changes nothing and has one parameter, `op`, on which both sides must agree. */
export function testExtension(op?: string): ClientExtensionFactory & ServerExtensionFactory {
  const extension: Extension = {
    name: 'x-op',
    rsv: 0,
    encode: (payload) => payload,
    decode: (payload) => payload,
  };
  const expectOp = (params: readonly (readonly [string, string | undefined])[]): void => {
    if (params.length !== 1 || params[0]![0] !== 'op' || params[0]![1] !== op)
      throw new NegotiationError('unexpected op');
  };
  return {
    name: 'x-op',
    getRequestParams: () => [['op', op]],
    processResponseParams: (params) => {
      expectOp(params);
      return extension;
    },
    processRequestParams: (params) => {
      expectOp(params);
      return { params, extension };
    },
  };
}

/** Everything about a protocol that can be seen, as plain data. Takes its events. */
export function seen(protocol: Protocol<Request> | Protocol<Response>): object {
  const { handshakeException, parserException } = protocol;
  return {
    state: Object.entries(State).find(([, state]) => state === protocol.state)![0],
    events: protocol.eventsReceived().map((event) => {
      if (event instanceof Request) return `${event.method} ${event.path} ${event.headers}`;
      if (event instanceof Response)
        return `${event.statusCode} ${event.reasonPhrase} ${event.headers}${Buffer.from(event.body).toString('latin1')}`;
      return `${event.opcode} ${event.fin} ${Buffer.from(event.data).toString('latin1')}`;
    }),
    handshakeException: handshakeException && `${handshakeException}`,
    cause: handshakeException?.cause && `${handshakeException.cause}`,
    parserException: parserException && `${parserException}`,
    extensions: protocol.extensions.map(({ name }) => name),
    subprotocol: protocol.subprotocol,
    closeExpected: protocol.closeExpected(),
  };
}

/** What is to be written, as text: `<EOF>` where our half ends. Takes it. */
export const written = (protocol: Protocol<Request> | Protocol<Response>): string =>
  protocol
    .dataToSend()
    .map((bytes) => (bytes.length === 0 ? '<EOF>' : Buffer.from(bytes).toString('latin1')))
    .join('');
