import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import type { Message } from '../../websockets/transport.ts';

/** What is told about a connection, whoever reads it. */
export interface Telling {
  opened(url: string, subprotocol: string | undefined): void;
  received(message: Message): void;
  closed(how: ConnectionClosed): void;
}

/** Where somebody, or some program, talks to a server. */
export interface Screen extends Telling {
  /** What is said to the server, a message each. They end when there is no more to say, or with `end`. */
  readonly lines: AsyncIterable<string>;
  /** Takes no more lines. What is told afterwards still appears. */
  end(): void;
}
