import { Close, CloseCode, explainCloseCode } from '../../../shared/protocol/close-code.ts';
import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import { visibleText } from './visible-text.ts';

/** Takes whole lines, without their line ends. */
export type LineSink = (line: string) => void;

/** The close frame that came, or what stands for none. */
const closeOf = ({ rcvd }: ConnectionClosed): Close => rcvd ?? new Close(CloseCode.ABNORMAL_CLOSURE, '');

/** Which close frames came and went, and what broke the connection where something did. */
export function detailOf({ message, cause }: ConnectionClosed): string {
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

export const openedText = (url: string): string => `Connected to ${visibleText(url)}.`;

/** A line, and a second one where no close frame came that could tell why. */
export function closedText(how: ConnectionClosed): readonly string[] {
  const line = `Connection closed: ${visibleText(String(closeOf(how)))}.`;
  return how.rcvd === undefined ? [line, `${visibleText(detailOf(how))}.`] : [line];
}

/** The end of a connection for a program to read. */
export function closedData(how: ConnectionClosed): object {
  const { code, reason } = closeOf(how);
  return { type: 'closed', code, explanation: explainCloseCode(code), reason, detail: detailOf(how) };
}

/** What was wrong where a connection was not opened, on one line and without the full stop of its sentence. */
export function failureText(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return visibleText(message === '' ? (code ?? 'unknown error') : message).replace(/\.+$/, '');
}

export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
