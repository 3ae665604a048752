import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import { bytesRepr } from '../../../shared/websocket-client/bytes-repr.ts';
import { closedData, closedText, detailOf, hexOf, type LineSink } from '../screen/connection-text.ts';
import { visibleJson, visibleText } from '../screen/visible-text.ts';
import type { ReadFrame } from './frame-reading.ts';

/** What is told of a connection, whoever reads it. */
export interface DumpTelling {
  opened(url: string, subprotocol: string | null): void;
  /** @param atMs since the program began. */
  frame(frame: ReadFrame, atMs: number): void;
  /** @param here whether this side has ended it. */
  closed(how: ConnectionClosed, here: boolean, atMs: number): void;
}

export interface DumpWording {
  /** Says of each frame what it is. */
  readonly names: boolean;
  /** Says when it came. */
  readonly timings: boolean;
  /** Shows what the network says as it is, however it steers a terminal. */
  readonly raw: boolean;
}

const SECOND_MS = 1000;
const secondsOf = (ms: number): string => (ms / SECOND_MS).toFixed(6);

/** Frames in `output`, and beside them in `notices` what becomes of the connection. */
export function plainDump(
  output: LineSink,
  notices: LineSink,
  { names, timings, raw }: DumpWording,
): DumpTelling {
  const shown = raw ? (text: string) => text : visibleText;
  const line = (name: string, text: string, atMs: number): void =>
    output(`${timings ? `${secondsOf(atMs)}: ` : ''}${names ? `${name}: ` : ''}${text}`);
  return {
    opened: () => undefined,
    frame: ({ name, text, packing, bytes }, atMs) =>
      line(
        name,
        text === undefined ? bytesRepr(bytes) : `${packing ? `[${packing}] ` : ''}${shown(text)}`,
        atMs,
      ),
    closed: (how, here, atMs) => {
      if (names && how.rcvd !== undefined) line('close', shown(String(how.rcvd)), atMs);
      if (here) return;
      if (!names || how.rcvd === undefined) closedText(how).forEach(notices);
      // Answered by the server, but it was not the server that began.
      if (how.rcvd !== undefined && how.rcvdThenSent !== true) notices(`${visibleText(detailOf(how))}.`);
    },
  };
}

/** One JSON object a line, for a program to read. */
export function jsonDump(output: LineSink, timings: boolean): DumpTelling {
  const line = (data: object, atMs: number): void =>
    output(visibleJson(timings ? { seconds: Number(secondsOf(atMs)), ...data } : data));
  return {
    opened: (url, subprotocol) => output(visibleJson({ type: 'open', url, subprotocol })),
    frame: ({ name: type, fin, bytes, isText, text, packing }, atMs) => {
      if (isText && text !== undefined) line({ type, fin, data: text }, atMs);
      else if (packing !== undefined) line({ type, fin, data: hexOf(bytes), packing, text }, atMs);
      // Text that is none has no data; `type` and `hex` tell it from bytes.
      else if (isText) line({ type, fin, data: null, hex: hexOf(bytes) }, atMs);
      else line({ type, fin, data: hexOf(bytes) }, atMs);
    },
    closed: (how, _here, atMs) => line(closedData(how), atMs),
  };
}
