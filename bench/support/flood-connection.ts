import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ClientRequest, RestText } from '../../src/workers/simulator/venue-wire.ts';
import { firstAtLeast } from './counter-places.ts';
import type { EncodedMarket } from './encoded-market.ts';
import { type FloodPlan, type FromServer, MARKETS } from './flood-plan.ts';
import { numbersOf } from './messages/message-catalogue.ts';
import type { WallClock } from './wall-clock.ts';

/** Messages written at once in a flood: about 190 KB. */
const MESSAGES_PER_WRITE = 1024;
/** How often messages that are due are sent where there is a rate. Timers are no finer. */
const TICK_MS = 1;
/** Pings end before the messages do, so that every pong comes in time. */
const PINGED_SHARE = 0.8;

/** One client of the flood server, and what it is sent. */
export class FloodConnection {
  readonly #plan: FloodPlan;
  readonly #market: EncodedMarket;
  readonly #ws: WebSocket;
  /** Under ws, which writes whole frames only, so that ours may go between them. */
  readonly #socket: Socket;
  readonly #clock: WallClock;
  readonly #tell: (message: FromServer) => void;
  readonly #subscribed = new Set<string>();
  /** Whether the client has the books that it asks for itself. */
  #hasBooks: boolean;
  #hasBegun = false;
  #frames = 0;
  #bytes = 0;
  #sum = 0;
  #snapshots = 0;
  #startedUs = 0;
  #sent = 0;
  /** True until the kernel has taken what was written last: only then is its memory written again. */
  #writing = false;
  #gateOpen: boolean;
  #timer: NodeJS.Timeout | undefined;
  #pinger: NodeJS.Timeout | undefined;
  #pings = 0;
  readonly #pongDelaysUs: number[] = [];

  constructor(
    plan: FloodPlan,
    market: EncodedMarket,
    { ws, socket }: { readonly ws: WebSocket; readonly socket: Socket },
    clock: WallClock,
    tell: (message: FromServer) => void,
  ) {
    this.#plan = plan;
    this.#market = market;
    this.#ws = ws;
    this.#socket = socket;
    this.#clock = clock;
    this.#tell = tell;
    this.#hasBooks = MARKETS[plan.market].snapshots === undefined;
    this.#gateOpen = plan.gateAt === 0;
    ws.on('message', (data: Buffer) => this.#request(market.wire.read(data.toString())));
    ws.on('pong', (data) => this.#pongDelaysUs.push(clock.nowUs() - Number(data.toString())));
    ws.on('error', () => undefined);
    ws.on('close', () => {
      clearInterval(this.#timer);
      clearInterval(this.#pinger);
      tell({ type: 'ended', run: plan.run, pings: this.#pings, pongDelaysUs: this.#pongDelaysUs });
    });
  }

  go(): void {
    if (!this.#hasBooks) {
      this.#hasBooks = true;
      this.#beginIfReady();
      return;
    }
    this.#gateOpen = true;
    this.#pump();
  }

  /** What the venue answers over REST; undefined where nothing lies at this path. */
  rest({ pathname, search, searchParams }: URL): RestText | undefined {
    const { wire, market } = this.#market;
    const answer = wire.rest?.(pathname, searchParams, market);
    const isSnapshot = MARKETS[this.#plan.market].snapshots?.includes(pathname + search) === true;
    if (answer !== undefined && isSnapshot) this.#countSnapshot(answer.text);
    return answer;
  }

  #request(request: ClientRequest): void {
    if (request.kind === 'several') for (const each of request.requests) this.#request(each);
    else if (request.kind === 'answered') this.#sendText(request.text);
    else if (request.kind === 'subscribe') this.#subscribe(request);
  }

  #subscribe(request: ClientRequest): void {
    const { wire, market, snapshots } = this.#market;
    const asked = wire.resolved?.(request, market) ?? request;
    if (asked.kind !== 'subscribe') return;
    const symbols = asked.symbols.map((name) => market.find(name)).filter((symbol) => symbol !== undefined);
    const nowUs = this.#clock.nowUs();
    if (wire.acknowledged !== undefined) this.#sendText(wire.acknowledged(asked, symbols, nowUs));
    else for (const symbol of symbols) this.#sendText(wire.subscribed(asked, symbol, nowUs));
    for (const symbol of symbols)
      for (const topic of [asked.topic, ...(asked.also ?? [])]) {
        this.#subscribed.add(wire.topicKey(topic, symbol.venueSymbol));
        if (topic.channel === 'book') this.#sendSnapshot(snapshots.get(symbol) ?? '');
      }
    this.#beginIfReady();
  }

  #sendSnapshot(text: string): void {
    if (MARKETS[this.#plan.market].snapshots !== undefined) return;
    this.#countSnapshot(text);
    this.#sendText(text);
  }

  #countSnapshot(text: string): void {
    this.#snapshots++;
    const { exchange } = MARKETS[this.#plan.market];
    for (const number of numbersOf(exchange, text)) this.#sum += number;
  }

  /** Nothing is sent where a venue says nothing to a request. */
  #sendText(text: string): void {
    if (text === '') return;
    this.#frames++;
    this.#bytes += Buffer.byteLength(text);
    this.#ws.send(text);
  }

  #beginIfReady(): void {
    if (this.#hasBegun || !this.#hasBooks || this.#subscribed.size < this.#market.streams) return;
    this.#hasBegun = true;
    const { rate, pingEveryMs } = this.#plan;
    this.#startedUs = this.#clock.nowUs();
    if (pingEveryMs > 0) this.#pinger = setInterval(() => this.#ping(), pingEveryMs);
    if (rate === 0) this.#pump();
    else this.#timer = setInterval(() => this.#pump(), TICK_MS);
  }

  #ping(): void {
    if (this.#sent >= this.#plan.messages * PINGED_SHARE) return;
    this.#pings++;
    this.#ws.ping(String(this.#clock.nowUs()));
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
      this.#tell({ type: 'gate', run: this.#plan.run });
      return;
    }
    const due =
      rate === 0 ? goal : Math.min(goal, Math.floor(((this.#clock.nowUs() - this.#startedUs) / 1e6) * rate));
    if (due <= this.#sent) return;
    this.#write(Math.min(due - this.#sent, MESSAGES_PER_WRITE));
  }

  #write(count: number): void {
    const { counters, ends, frames } = this.#market;
    const first = this.#sent % ends.length;
    const last = Math.min(first + count, ends.length) - 1;
    const from = first === 0 ? 0 : ends[first - 1]!;
    const to = ends[last]!;
    if (this.#plan.stamp) this.#stamp(from, to);
    counters.write(frames, from, to, Math.floor(this.#sent / ends.length));
    this.#sent += last - first + 1;
    this.#writing = true;
    this.#socket.write(frames.subarray(from, to), () => {
      this.#writing = false;
      this.#pump();
    });
  }

  #stamp(from: number, to: number): void {
    const { frames, stamps, stampOf } = this.#market;
    const text = Buffer.from(stampOf(Math.round(this.#clock.nowUs())), 'latin1');
    for (let n = firstAtLeast(stamps, from); n < stamps.length && stamps[n]! < to; n++)
      text.copy(frames, stamps[n]!);
  }

  #finish(): void {
    clearInterval(this.#timer);
    this.#addUp();
    this.#tell({
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
