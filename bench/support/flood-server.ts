/**
 * A process of its own that plays the exchange: answers subscriptions, then sends exactly the messages that
 * the URL asks for, made beforehand and written many at a time, as fast as the client reads or at a rate.
 *
 * Ends by itself when its parent is gone.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExchangeName } from '../../src/shared/venues/venue.ts';
import type { AnsweredRequest } from '../../src/workers/simulator/venue-wire.ts';
import { type EncodedMarket, encodeMarket } from './encoded-market.ts';
import { type FloodPlan, type FromServer, MARKETS, planFromQuery, type ToServer } from './flood-plan.ts';
import { WallClock } from './wall-clock.ts';
import { numbersOf } from './wire-numbers.ts';

/** Messages written at once in a flood: about 190 KB. */
const MESSAGES_PER_WRITE = 1024;
/** How often messages that are due are sent where there is a rate. Timers are no finer. */
const TICK_MS = 1;
const TRADE_ID_DIGITS = 9;
const ASCII_ZERO = 48;
/** Pings end before the messages do, so that every pong comes in time. */
const PINGED_SHARE = 0.8;

const clock = new WallClock(Number(process.argv[2]));

const tell = (message: FromServer): void => {
  if (process.connected) process.send!(message);
};

const markets = new Map<ExchangeName, EncodedMarket>();

function marketOf(exchange: ExchangeName): EncodedMarket {
  let market = markets.get(exchange);
  if (market === undefined) {
    market = encodeMarket(exchange);
    markets.set(exchange, market);
  }
  return market;
}

/** One client and what it is sent. */
class FloodConnection {
  readonly #plan: FloodPlan;
  readonly #market: EncodedMarket;
  readonly #ws: WebSocket;
  /** Under ws, which writes whole frames only, so that ours may go between them. */
  readonly #socket: Socket;
  #requests = 0;
  #frames = 0;
  #bytes = 0;
  #sum = 0;
  #snapshots = 0;
  #startedUs = 0;
  #sent = 0;
  /** Trade ids of the block that lie before what is written next. */
  #nextId = 0;
  /** True until the kernel has taken what was written last: only then is its memory written again. */
  #writing = false;
  #gateOpen: boolean;
  #timer: NodeJS.Timeout | undefined;
  #pinger: NodeJS.Timeout | undefined;
  #pings = 0;
  readonly #pongDelaysUs: number[] = [];

  constructor(plan: FloodPlan, ws: WebSocket, socket: Socket) {
    this.#plan = plan;
    this.#market = marketOf(plan.exchange);
    this.#ws = ws;
    this.#socket = socket;
    this.#gateOpen = plan.gateAt === 0;
    ws.on('message', (data: Buffer) => this.#request(data.toString()));
    ws.on('pong', (data) => this.#pongDelaysUs.push(clock.nowUs() - Number(data.toString())));
    ws.on('error', () => undefined);
    ws.on('close', () => {
      clearInterval(this.#timer);
      clearInterval(this.#pinger);
      tell({ type: 'ended', run: plan.run, pings: this.#pings, pongDelaysUs: this.#pongDelaysUs });
    });
  }

  go(): void {
    this.#gateOpen = true;
    this.#pump();
  }

  #request(text: string): void {
    const { wire, market } = this.#market;
    const request = wire.read(text);
    if (request.kind !== 'subscribe') return;
    for (const symbol of request.symbols) this.#acknowledge(request, symbol);
    if (++this.#requests < MARKETS[this.#plan.exchange].requests.length) return;
    this.#snapshots = market.symbols.length;
    for (const snapshot of this.#market.snapshots) {
      for (const number of numbersOf(snapshot)) this.#sum += number;
      this.#sendText(snapshot);
    }
    this.#begin();
  }

  #acknowledge(request: AnsweredRequest, symbol: string): void {
    const { wire, market } = this.#market;
    this.#sendText(wire.subscribed(request, market.find(symbol), clock.nowUs()));
  }

  #sendText(text: string): void {
    this.#frames++;
    this.#bytes += Buffer.byteLength(text);
    this.#ws.send(text);
  }

  #begin(): void {
    const { rate, pingEveryMs } = this.#plan;
    this.#startedUs = clock.nowUs();
    if (pingEveryMs > 0) this.#pinger = setInterval(() => this.#ping(), pingEveryMs);
    if (rate === 0) this.#pump();
    else this.#timer = setInterval(() => this.#pump(), TICK_MS);
  }

  #ping(): void {
    if (this.#sent >= this.#plan.messages * PINGED_SHARE) return;
    this.#pings++;
    this.#ws.ping(String(clock.nowUs()));
  }

  /** Sends what is due, one write at a time. */
  #pump(): void {
    const { messages, gateAt, rate } = this.#plan;
    if (this.#writing || this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.#sent === messages) {
      this.#finish();
      return;
    }
    const goal = this.#gateOpen ? messages : gateAt;
    if (this.#sent === goal) {
      tell({ type: 'gate', run: this.#plan.run });
      return;
    }
    const due =
      rate === 0 ? goal : Math.min(goal, Math.floor(((clock.nowUs() - this.#startedUs) / 1e6) * rate));
    if (due <= this.#sent) return;
    this.#write(Math.min(due - this.#sent, MESSAGES_PER_WRITE));
  }

  #write(count: number): void {
    const { ends, frames } = this.#market;
    const first = this.#sent % ends.length;
    const last = Math.min(first + count, ends.length) - 1;
    const from = first === 0 ? 0 : ends[first - 1]!;
    const to = ends[last]!;
    if (this.#plan.stamp) this.#stamp(from, to);
    this.#number(from, to, Math.floor(this.#sent / ends.length));
    this.#sent += last - first + 1;
    this.#writing = true;
    this.#socket.write(frames.subarray(from, to), () => {
      this.#writing = false;
      this.#pump();
    });
  }

  #stamp(from: number, to: number): void {
    const { frames, stamps, stampOf } = this.#market;
    const text = Buffer.from(stampOf(Math.round(clock.nowUs())), 'latin1');
    for (let n = firstAtLeast(stamps, from); n < stamps.length && stamps[n]! < to; n++)
      text.copy(frames, stamps[n]!);
  }

  /** Trade ids go on counting from pass to pass: an id that comes again is not what an exchange sends. */
  #number(from: number, to: number, pass: number): void {
    const { frames, tradeIds, tradeCounts } = this.#market;
    for (let n = this.#firstIdAtLeast(from); n < tradeIds.length && tradeIds[n]!.at < to; n++) {
      const { at, symbol, nth } = tradeIds[n]!;
      let id = symbol.nextTradeId + pass * tradeCounts.get(symbol)! + nth;
      for (let place = at + TRADE_ID_DIGITS - 1; place >= at; place--) {
        frames[place] = ASCII_ZERO + (id % 10);
        id = Math.floor(id / 10);
      }
    }
  }

  #firstIdAtLeast(from: number): number {
    const { tradeIds } = this.#market;
    // Writes go through the block in order, so the place is where the last write ended or the beginning.
    if (from === 0) this.#nextId = 0;
    while (this.#nextId < tradeIds.length && tradeIds[this.#nextId]!.at < from) this.#nextId++;
    return this.#nextId;
  }

  #finish(): void {
    clearInterval(this.#timer);
    this.#addUp();
    tell({
      type: 'sent',
      run: this.#plan.run,
      messages: this.#sent + this.#snapshots,
      sum: this.#sum,
      frames: this.#frames,
      bytes: this.#bytes,
    });
  }

  /** One addition after the other, as the client does it, because that is what makes sums equal. */
  #addUp(): void {
    const { numbers, numberEnds, ends } = this.#market;
    let sum = this.#sum;
    let left = this.#sent;
    for (; left > 0; left -= ends.length) {
      const messages = Math.min(left, ends.length);
      const end = numberEnds[messages - 1]!;
      for (let n = 0; n < end; n++) sum += numbers[n]!;
      this.#frames += messages;
      this.#bytes += this.#payloadBytes(messages);
    }
    this.#sum = sum;
  }

  /** Payload bytes of the block's first messages. Of the usual lengths a header has four bytes, of short ones two. */
  #payloadBytes(messages: number): number {
    const { ends, frames } = this.#market;
    let bytes = 0;
    for (let n = 0, start = 0; n < messages; start = ends[n++]!)
      bytes += ends[n]! - start - (frames[start + 1]! < 126 ? 2 : 4);
    return bytes;
  }
}

function firstAtLeast(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const connections = new Map<number, FloodConnection>();
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer();
server.on('upgrade', (request, socket: Socket, head) => {
  socket.setNoDelay(true);
  const plan = planFromQuery(new URL(request.url ?? '/', 'ws://localhost').searchParams);
  webSockets.handleUpgrade(request, socket, head, (ws) => {
    connections.set(plan.run, new FloodConnection(plan, ws, socket));
    ws.on('close', () => connections.delete(plan.run));
  });
});
server.listen(0, '127.0.0.1', () => tell({ type: 'ready', port: (server.address() as AddressInfo).port }));

process.on('message', ({ run }: ToServer) => connections.get(run)?.go());
process.on('disconnect', () => process.exit());
