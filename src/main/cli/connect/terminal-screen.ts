import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import type { Message } from '../../websockets/transport.ts';
import { closedText, openedText } from '../screen/connection-text.ts';
import { PromptScreen } from '../screen/prompt-screen.ts';
import type { Screen } from './screen.ts';
import { messageText } from './wording.ts';

/** A terminal with a person at it, who sees the messages above the line that is being typed. */
export class TerminalScreen implements Screen {
  readonly #screen: PromptScreen;

  /** @param interrupted called at ^C, which is no signal while a line is edited. */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, interrupted: () => void) {
    this.#screen = new PromptScreen(input, output, interrupted);
  }

  get lines(): AsyncIterable<string> {
    return this.#screen.lines;
  }

  opened(url: string): void {
    this.#screen.print(openedText(url));
  }

  received(message: Message): void {
    this.#screen.print(`< ${messageText(message)}`);
  }

  closed(how: ConnectionClosed): void {
    for (const line of closedText(how)) this.#screen.print(line);
  }

  end(): void {
    this.#screen.end();
  }
}
