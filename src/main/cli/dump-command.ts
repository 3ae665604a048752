import { Command } from 'commander';
import { MisuseError } from '../../shared/invariant.ts';
import { InvalidProxy } from '../../shared/protocol/errors/handshake-errors.ts';
import { type ProxyServer, parseProxy } from '../../shared/proxy/proxy-server.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import {
  ValueError,
  WebSocketException,
  WebSocketProxyException,
} from '../../shared/websocket-client/exceptions.ts';
import type { ConnectOptions } from '../websocket-client/connect-options.ts';
import { connectPlan } from '../websocket-client/connect-plan.ts';
import { enableTrace } from '../websocket-client/logging.ts';
import { type OpenedTransport, openTransport } from '../websocket-client/open-transport.ts';
import { CERT_NONE } from '../websocket-client/tls-options.ts';
import { numberArgument } from './arguments.ts';
import { plainForms } from './dump/argument-forms.ts';
import { dumpScreen } from './dump/dump-screen.ts';
import { dumpSession } from './dump/dump-session.ts';
import { FrameConnection } from './dump/frame-connection.ts';
import { headerLines } from './dump/header-lines.ts';
import { endSignal, interruptSignal } from './interrupt.ts';
import { Output } from './output.ts';
import { failureText } from './screen/connection-text.ts';
import { visibleText } from './screen/visible-text.ts';

interface DumpCommandOptions {
  readonly proxy?: string;
  readonly verbose?: number;
  readonly nocert?: boolean;
  readonly raw?: boolean;
  readonly subprotocols?: readonly string[];
  readonly origin?: string;
  /** Seconds. */
  readonly eofWait: number;
  readonly text?: string;
  readonly timings?: boolean;
  readonly headers?: readonly string[];
  readonly json?: boolean;
}

/** The longest that a timer of Node waits, in seconds, is a little more. */
const EOF_WAIT_MAX_S = 2_000_000;
const OPEN_TIMEOUT_S = 30;
const VERBOSE_MAX = 9;
const VERBOSE_NAMES = 1;
const VERBOSE_TRACE = 2;

/** Whoever names a proxy wants it for every host, and the list of exceptions wants a name. Source: RFC 2606. */
const NO_HOST = ['.invalid'];

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Its arguments may have the forms of wsdump. */
class DumpCommand extends Command {
  override parseOptions(args: string[]): ReturnType<Command['parseOptions']> {
    return super.parseOptions(plainForms(args));
  }
}

export const dumpCommand = (): Command =>
  new DumpCommand('dump')
    .description('show the frames of a WebSocket server; each line is sent as a text (the wsdump of Python)')
    .argument('<url>', 'ws:// or wss://')
    .option('-p, --proxy <url>', 'http://, https:// or socks5h:// …; as the environment says where left out')
    .option(
      '-v, --verbose [level]',
      'say what each frame is; -vv traces the connection on standard error, secrets and all',
      added(numberArgument(0, VERBOSE_MAX, true)),
    )
    .option('-n, --nocert', 'do not check the certificate of the server')
    .option('-r, --raw', 'no prompt, no colour, and texts as they are, also at a terminal')
    .option('-s, --subprotocols <names...>', 'offered to the server, the most wanted first', gathered)
    .option('-o, --origin <origin>', 'the Origin header; that of the address where left out')
    .option(
      '--eof-wait <seconds>',
      'how long to listen on after the last line',
      numberArgument(0, EOF_WAIT_MAX_S, false),
      0,
    )
    .option('-t, --text <text>', 'sent first')
    .option('--timings', 'say when each frame came, in seconds')
    .option('--headers <headers>', 'headers of the request, as "A: 1,B: 2"; may be repeated', gathered)
    .option('--json', 'print one JSON object a line, for programs')
    .action(dump);

/** Adds up what an option that may be repeated is given. */
function added(read: (text: string) => number): (text: string, before?: number) => number {
  return (text, before = 0) => before + read(text);
}

const gathered = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const notice = (text: string): void => void process.stderr.write(`${text}\n`);

async function dump(url: string, options: DumpCommandOptions): Promise<void> {
  const begin = performance.now();
  const connectOptions = checkedOptions(url, options);
  const { json = false, raw = false, nocert = false, timings = false, verbose = 0, eofWait, text } = options;
  if (nocert) notice('The certificate of the server is not checked.');
  const output = new Output();
  const stop = endSignal([interruptSignal(), output.closed], undefined);
  const screen = dumpScreen(output, { json, raw, timings, names: verbose >= VERBOSE_NAMES });
  if (verbose >= VERBOSE_TRACE) enableTrace(true, { destination: { write: screen.trace } });
  const opened = await opening(url, connectOptions, stop);
  if (opened === undefined) return;
  const { telling, typed } = screen.open();
  telling.opened(safeUrl(url), opened.subprotocol);
  const isOrderly = await dumpSession({
    connection: new FrameConnection(opened.transport),
    typed,
    telling,
    text,
    eofWaitMs: eofWait * 1000,
    stop,
    elapsedMs: () => performance.now() - begin,
  });
  output.flush();
  if (!isOrderly) process.exitCode = 1;
}

/** @returns undefined where it is not open: stopped, or for a reason that has been told. */
async function opening(
  url: string,
  options: ConnectOptions,
  stop: AbortSignal,
): Promise<OpenedTransport | undefined> {
  try {
    return await openTransport(url, options, { signal: stop });
  } catch (error) {
    if (stop.aborted) return undefined;
    notice(`Failed to connect to ${visibleText(safeUrl(url))}: ${failureText(error)}.`);
    process.exitCode = 1;
    return undefined;
  }
}

/** @throws MisuseError, which shows no secrets, where the command line cannot work. */
function checkedOptions(url: string, options: DumpCommandOptions): ConnectOptions {
  const { nocert, origin, subprotocols = [], headers = [], proxy } = options;
  try {
    const checked: ConnectOptions = {
      timeout: OPEN_TIMEOUT_S,
      skipUtf8Validation: true,
      header: headers.flatMap(headerLines),
      subprotocols: subprotocols.map(expectToken),
      ...(origin === undefined ? {} : { origin }),
      ...(nocert === true ? { sslopt: { certReqs: CERT_NONE, checkHostname: false } } : {}),
      ...(proxy === undefined ? {} : proxyOptions(parseProxy(proxy))),
    };
    connectPlan(url, checked);
    return checked;
  } catch (error) {
    // A proxy that the environment names is nothing that the command line says.
    const isMisuse =
      error instanceof ValueError ||
      error instanceof InvalidProxy ||
      (error instanceof WebSocketException && !(error instanceof WebSocketProxyException));
    throw isMisuse ? new MisuseError(error.message, { cause: error }) : error;
  }
}

function expectToken(subprotocol: string): string {
  if (!TOKEN.test(subprotocol))
    throw new MisuseError(`Condition failed: ${visibleText(subprotocol)} is no name of a subprotocol`);
  return subprotocol;
}

const proxyOptions = ({ scheme, host, port, username, password }: ProxyServer): ConnectOptions => ({
  proxyType: scheme,
  httpProxyHost: host,
  httpProxyPort: port,
  httpNoProxy: NO_HOST,
  ...(username === undefined || password === undefined ? {} : { httpProxyAuth: [username, password] }),
});
