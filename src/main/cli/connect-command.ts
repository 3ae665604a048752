import { Command, InvalidArgumentError } from 'commander';
import { MisuseError } from '../../shared/invariant.ts';
import { parseUri } from '../../shared/protocol/handshake/uri.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import type { ConnectOptions } from '../options/connect-options.ts';
import { connect } from '../websockets/connect.ts';
import { numberArgument } from './arguments.ts';
import { converse } from './connect/conversation.ts';
import { pipedScreen } from './connect/piped-screen.ts';
import { TerminalScreen } from './connect/terminal-screen.ts';
import { jsonTelling, plainTelling } from './connect/wording.ts';
import { endSignal, interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';
import { failureText } from './screen/connection-text.ts';
import { visibleText } from './screen/visible-text.ts';

interface ConnectCommandOptions {
  readonly insecure?: boolean;
  readonly origin?: string;
  readonly header?: readonly Header[];
  readonly subprotocol?: readonly string[];
  readonly proxy?: string;
  /** False for `--no-compression`. */
  readonly compression: boolean;
  readonly json?: boolean;
  /** Seconds. */
  readonly eofWait: number;
}

type Header = readonly [name: string, value: string];

/** The longest that a timer of Node waits, in seconds, is a little more. */
const EOF_WAIT_MAX_S = 2_000_000;

export const connectCommand = (): Command =>
  new Command('connect')
    .description(
      'talk to a WebSocket server: each line is sent as a message, each message is shown as a line',
    )
    .argument('<url>', 'ws:// or wss://', urlArgument)
    .option('--insecure', 'do not check the certificate of the server')
    .option('--origin <origin>', 'the Origin header')
    .option('--header <header>', 'a header of the request, as "Name: value"; may be repeated', listOf(header))
    .option(
      '--subprotocol <name>',
      'offered to the server; may be repeated, the most wanted first',
      listOf(String),
    )
    .option('--proxy <url>', 'http://, https:// or socks5h:// …; as the environment says where left out')
    .option('--no-compression', 'do not offer permessage-deflate')
    .option('--json', 'print one JSON object a line, for programs')
    .option(
      '--eof-wait <seconds>',
      'how long to listen on after the last line where the lines come from a pipe or a file',
      numberArgument(0, EOF_WAIT_MAX_S, false),
      0,
    )
    .action(talk);

function urlArgument(text: string): string {
  try {
    parseUri(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return text;
}

function header(text: string): Header {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('expected a form like "Name: value".');
  return [text.slice(0, colon), text.slice(colon + 1).trim()];
}

/** Collects what an option that may be repeated is given. */
const listOf =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, read(text)];

const notice = (text: string): void => void process.stderr.write(`${text}\n`);

async function talk(url: string, options: ConnectCommandOptions): Promise<void> {
  const { json = false, insecure = false, eofWait } = options;
  const shownUrl = safeUrl(url);
  if (insecure) notice('The certificate of the server is not checked.');
  const connection = await connect(url, connectOptions(url, options)).catch((error: unknown) => {
    if (error instanceof MisuseError) throw error;
    notice(`Failed to connect to ${visibleText(shownUrl)}: ${failureText(error)}.`);
    return undefined;
  });
  if (connection === undefined) {
    process.exitCode = 1;
    return;
  }
  const output = new Output();
  const stop = endSignal([interruptSignal(), output.closed], undefined);
  const isTerminal = !json && process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  const screen = isTerminal
    ? // The same as the signal that ^C is everywhere else; a second one ends the process at once.
      new TerminalScreen(process.stdin, process.stdout, () => process.emit('SIGINT'))
    : pipedScreen(process.stdin, json ? jsonTelling(output.line) : plainTelling(output.line, notice));
  screen.opened(shownUrl, connection.subprotocol);
  await converse(connection, screen, { stop, eofWaitMs: isTerminal ? undefined : eofWait * 1000 });
  output.flush();
}

function connectOptions(
  url: string,
  { insecure, origin, header, subprotocol, proxy, compression }: ConnectCommandOptions,
): ConnectOptions {
  return {
    additionalHeaders: header ?? [],
    subprotocols: subprotocol ?? [],
    compression: compression ? 'deflate' : null,
    ...(origin === undefined ? {} : { origin }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(insecure === true && parseUri(url).secure ? { tls: { rejectUnauthorized: false } } : {}),
  };
}
