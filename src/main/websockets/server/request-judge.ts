import { NODE_PLATFORM } from '../../../shared/node/node-platform.ts';
import { InvalidHandshake } from '../../../shared/protocol/errors/handshake-errors.ts';
import type { Request, Response } from '../../../shared/protocol/handshake/message.ts';
import { ServerProtocol } from '../../../shared/protocol/server-protocol.ts';
import type { HttpAnswer } from '../../options/serve-options.ts';
import { responseOf } from './http-answer.ts';
import type { ServePlan } from './serve-plan.ts';

const SWITCHING_PROTOCOLS = 101;
const SERVER_ERROR = 500;

/** What a client is answered. */
export interface Judgement {
  /** With 101 it gets its connection. */
  readonly response: Response;
  readonly subprotocol: string | undefined;
}

/** Decides what a client is answered, by the rules of the protocol and those of the options. */
export class RequestJudge {
  readonly #plan: ServePlan;

  constructor(plan: ServePlan) {
    this.#plan = plan;
  }

  /** Never rejects: where the options' functions throw, the client is told no more than that. */
  async judge(request: Request): Promise<Judgement> {
    const protocol = this.#protocol(request);
    try {
      return { response: await this.#answer(request, protocol), subprotocol: protocol.subprotocol };
    } catch (error) {
      this.#plan.logger.error({ err: error }, 'opening handshake failed');
      return this.refusal(SERVER_ERROR, MISFORTUNE);
    }
  }

  /** A refusal that nobody had to decide on. */
  refusal(statusCode: number, text: string): Judgement {
    const response = this.#protocol().reject(statusCode, text);
    this.#sign(response);
    return { response, subprotocol: undefined };
  }

  async #answer(request: Request, protocol: ServerProtocol): Promise<Response> {
    const { processResponse, headers, logger } = this.#plan;
    const answer = await this.#firstAnswer(request);
    let response: Response;
    if (answer !== undefined) response = responseOf(answer);
    else {
      response = protocol.accept(request);
      const { handshakeException: error } = protocol;
      // With the server's own error it was `selectSubprotocol` that threw, and the client is not told what.
      if (response.statusCode === SERVER_ERROR)
        logger.error({ err: error?.cause }, 'opening handshake failed');
      else if (error !== undefined) logger.info({ err: error }, 'opening handshake refused');
      if (response.statusCode === SWITCHING_PROTOCOLS) response.headers.append(headers);
    }
    this.#sign(response);
    response = (await processResponse?.(request, response)) ?? response;
    // Throws where it cannot be sent, here rather than where nobody would catch it.
    response.serialize();
    return response;
  }

  async #firstAnswer(request: Request): Promise<HttpAnswer | undefined> {
    const { processRequest, logger } = this.#plan;
    try {
      return (await processRequest?.(request)) ?? undefined;
    } catch (error) {
      // The client's doing: a header that may be there once is there twice, for example.
      if (!(error instanceof InvalidHandshake)) throw error;
      logger.info({ err: error }, 'opening handshake refused');
      return { statusCode: 400, body: `Failed to open a WebSocket connection: ${error.message}.\n` };
    }
  }

  #sign(response: Response): void {
    const { serverHeader } = this.#plan;
    if (serverHeader !== null && !response.headers.has('Server'))
      response.headers.add('Server', serverHeader);
  }

  /** The protocol judges the request, and no more: frames are for ws, and so is compression. */
  #protocol(request?: Request): ServerProtocol {
    const { origins, subprotocols, selectSubprotocol } = this.#plan;
    return new ServerProtocol({
      platform: NODE_PLATFORM,
      origins,
      subprotocols,
      selectSubprotocol:
        selectSubprotocol && request && ((_protocol, offered) => selectSubprotocol(offered, request)),
      now: Date.now,
    });
  }
}

const MISFORTUNE = 'Failed to open a WebSocket connection.\nSee server log for more information.\n';
