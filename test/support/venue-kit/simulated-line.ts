import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';
import type { ExchangeName } from '../../../src/shared/venues/venue.ts';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';

/** A market small enough to read it often, and the same in every run: 2025-06-15, 10 ms from one look to the next. */
const OPTIONS = { rate: 0, pairs: 4, levels: 60, mix: { candle: 0.1, ticker: 0.1, quote: 0.1 } } as const;
const BEGINS_US = 1_750_000_000_000_000;
const LOOK_US = 10_000;

/** A connection to the embedded exchange, over a real socket, that waits for all it was sent. */
export class SimulatedLine {
  readonly #texts: string[] = [];
  readonly #exchange: SimulatedExchange;
  readonly #restUrl: string;
  readonly #socket: WebSocket;
  #requests = 0;
  #received = 0;

  private constructor(exchange: SimulatedExchange, restUrl: string, socket: WebSocket) {
    this.#exchange = exchange;
    this.#restUrl = restUrl;
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#received++;
      this.#texts.push(String(data));
    });
  }

  /** @param address where to connect to, of the venue's URL. */
  static async open(name: ExchangeName, address: (url: string) => string): Promise<SimulatedLine> {
    let us = BEGINS_US;
    const now = (): number => {
      us += LOOK_US;
      return us;
    };
    const exchange = new SimulatedExchange({ ...OPTIONS, now });
    const { urls, restUrl } = await exchange.start();
    const socket = new WebSocket(address(urls[name]), { perMessageDeflate: false });
    const line = new SimulatedLine(exchange, restUrl, socket);
    await once(socket, 'open');
    // What a connection begins with, unasked.
    await line.#settled();
    return line;
  }

  /** Sends requests, each after the answer to the one before, and waits for what they bring. */
  async send(requests: readonly string[]): Promise<void> {
    for (const request of requests) {
      this.#socket.send(request);
      this.#requests++;
      while (this.#exchange.stats().requests < this.#requests) await turn();
      await this.#settled();
    }
  }

  /** Lets the market make so many messages, and waits for them. */
  async step(count: number): Promise<void> {
    this.#exchange.step(count);
    await this.#settled();
  }

  /** Asks over REST. */
  async ask(path: string): Promise<{ readonly ok: boolean; readonly text: string }> {
    const response = await fetch(this.#restUrl + path);
    return { ok: response.ok, text: await response.text() };
  }

  /** What came since the last call, in its order. */
  take(): string[] {
    return this.#texts.splice(0);
  }

  /** How many times a limit was violated. */
  get violations(): number {
    return Object.values(this.#exchange.stats().violations).reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.#socket.terminate();
    await this.#exchange.stop();
  }

  async #settled(): Promise<void> {
    while (this.#received < this.#exchange.stats().messagesSent) {
      assert.equal(this.#socket.readyState, WebSocket.OPEN, 'the exchange keeps the connection');
      await turn();
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
