import type { ServerLogger } from '../../options/serve-options.ts';
import { Connection } from '../connection.ts';
import type { ConnectionFacts } from '../described-connection.ts';
import { usernameOf } from './basic-auth.ts';
import type { WsTransport } from './ws-transport.ts';

/** A connection that a client has opened to our server. */
export class ServerConnection extends Connection {
  /** The server's. */
  readonly logger: ServerLogger;

  /** @internal */
  constructor(transport: WsTransport, facts: ConnectionFacts, logger: ServerLogger) {
    super(transport, facts);
    this.logger = logger;
  }

  /** Who the client has shown to be, where `basicAuth` asked. */
  get username(): string | undefined {
    return usernameOf(this.request);
  }
}
