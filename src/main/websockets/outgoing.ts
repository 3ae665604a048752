import type { DataOpcode } from '../../shared/client/client-contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { CloseCode } from '../../shared/protocol/close-code.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { bytesOf, isMessage } from './payload.ts';
import type { AsyncTransport, Message } from './transport.ts';

const CONTINUATION: DataOpcode = 0;
const TEXT: DataOpcode = 1;
const BINARY: DataOpcode = 2;
const NO_BYTES = new Uint8Array(0);

/** What goes out of a connection. */
export interface Outgoing {
  readonly transport: AsyncTransport;
  /** Settles when the message that is being sent in fragments is sent; no other may be begun until then. */
  fragmenting: Promise<void> | undefined;
}

export const opcodeOf = (message: Message, text: boolean | undefined): DataOpcode =>
  (text ?? typeof message === 'string') ? TEXT : BINARY;

/** @throws MisuseError for what is no message and no list of messages. */
export function notAMessage(value: unknown): MisuseError {
  const what = value === null ? 'null' : typeof value;
  return new MisuseError(
    `Condition failed: a message is a text, a Uint8Array, or an iterable of either; given was ${what}`,
  );
}

/** Sends a message whole, or the parts of one as fragments. */
export async function sendAll(
  outgoing: Outgoing,
  message: Message | Iterable<Message> | AsyncIterable<Message>,
  text: boolean | undefined,
): Promise<void> {
  const { transport } = outgoing;
  while (outgoing.fragmenting !== undefined) await outgoing.fragmenting;
  if (transport.state !== State.OPEN) throw await closedOf(transport);
  if (isMessage(message)) {
    transport.send(opcodeOf(message, text), bytesOf(message), true);
    await settled(transport);
    return;
  }
  if (!isPartList(message)) throw notAMessage(message);
  let done: () => void = () => undefined;
  outgoing.fragmenting = new Promise((resolve) => {
    done = resolve;
  });
  try {
    await sendParts(transport, message, text);
  } finally {
    outgoing.fragmenting = undefined;
    done();
  }
}

/** A list of parts; a text or bytes are none. */
export const isPartList = (message: unknown): message is Iterable<Message> | AsyncIterable<Message> =>
  typeof message === 'object' &&
  message !== null &&
  (Symbol.iterator in message || Symbol.asyncIterator in message);

async function sendParts(
  transport: AsyncTransport,
  parts: Iterable<Message> | AsyncIterable<Message>,
  text: boolean | undefined,
): Promise<void> {
  let kind: string | undefined;
  try {
    for await (const part of parts) {
      if (!isMessage(part)) throw notAMessage(part);
      if (kind === undefined) {
        kind = typeof part;
        if (transport.state !== State.OPEN) throw await closedOf(transport);
        transport.send(opcodeOf(part, text), bytesOf(part), false);
      } else {
        if (typeof part !== kind)
          throw new MisuseError('Condition failed: the parts of a message are all texts or all bytes');
        if (transport.state !== State.OPEN) throw await closedOf(transport);
        transport.send(CONTINUATION, bytesOf(part), false);
      }
      await settled(transport);
    }
    if (kind === undefined) return;
    if (transport.state !== State.OPEN) throw await closedOf(transport);
    transport.send(CONTINUATION, NO_BYTES, true);
  } catch (error) {
    // Half a message has gone out and can be neither ended nor taken back.
    if (kind !== undefined && transport.state === State.OPEN)
      transport.fail(CloseCode.INTERNAL_ERROR, 'error in fragmented message');
    throw error;
  }
}

/** Resolves when no more waits to be written than should. */
async function settled(transport: AsyncTransport): Promise<void> {
  while (transport.isCongested && transport.closed === undefined) await transport.told();
}

async function closedOf(transport: AsyncTransport): Promise<Error> {
  while (transport.closed === undefined) await transport.told();
  return transport.closed;
}
