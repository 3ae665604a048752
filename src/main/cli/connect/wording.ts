import { Close, CloseCode, explainCloseCode } from '../../../shared/protocol/close-code.ts';
import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import type { Message } from '../../websockets/transport.ts';
import type { Telling } from './screen.ts';
import { visibleJson, visibleText } from './visible-text.ts';

/** Takes whole lines, without their line ends. */
export type LineSink = (line: string) => void;

const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** The close frame that came, or what stands for none. */
const closeOf = ({ rcvd }: ConnectionClosed): Close => rcvd ?? new Close(CloseCode.ABNORMAL_CLOSURE, '');

/** What happened where no close frame came: which of ours went out, and what the network said. */
function detailOf({ message, cause }: ConnectionClosed): string {
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

export const openedText = (url: string): string => `Connected to ${visibleText(url)}.`;

export const messageText = (message: Message): string =>
  typeof message === 'string' ? visibleText(message) : `(binary) ${hexOf(message)}`;

/** A line, and a second one where no close frame came that could tell why. */
export function closedText(how: ConnectionClosed): readonly string[] {
  const line = `Connection closed: ${visibleText(String(closeOf(how)))}.`;
  return how.rcvd === undefined ? [line, `${visibleText(detailOf(how))}.`] : [line];
}

/** Messages alone in `output`, one a line, and beside them in `notices` what becomes of the connection. */
export const plainTelling = (output: LineSink, notices: LineSink): Telling => ({
  opened: (url) => notices(openedText(url)),
  received: (message) => output(messageText(message)),
  closed: (how) => closedText(how).forEach(notices),
});

/** One JSON object a line, for a program to read. */
export const jsonTelling = (output: LineSink): Telling => ({
  opened: (url, subprotocol) => output(visibleJson({ type: 'open', url, subprotocol: subprotocol ?? null })),
  received: (message) =>
    output(
      visibleJson(
        typeof message === 'string'
          ? { type: 'text', data: message }
          : { type: 'binary', data: hexOf(message) },
      ),
    ),
  closed: (how) => {
    const { code, reason } = closeOf(how);
    output(
      visibleJson({
        type: 'closed',
        code,
        explanation: explainCloseCode(code),
        reason,
        detail: detailOf(how),
      }),
    );
  },
});
