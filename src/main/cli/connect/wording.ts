import type { Message } from '../../websockets/transport.ts';
import { closedData, closedText, hexOf, type LineSink, openedText } from '../screen/connection-text.ts';
import { visibleJson, visibleText } from '../screen/visible-text.ts';
import type { Telling } from './screen.ts';

export const messageText = (message: Message): string =>
  typeof message === 'string' ? visibleText(message) : `(binary) ${hexOf(message)}`;

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
  closed: (how) => output(visibleJson(closedData(how))),
});
