/**
 * A Kraken client as simple as can be, to check the simulated exchange with: `JSON.parse`, arrays that are
 * sorted anew, checksums by zlib from the texts as received. Shares no code with the runtime or the simulator.
 */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import WebSocket from 'ws';

interface TextLevel {
  readonly price: string;
  readonly qty: string;
}

/** A book of texts, cut to its depth after every message. */
export class NaiveBook {
  readonly #depth: number;
  #bids: TextLevel[] = [];
  #asks: TextLevel[] = [];

  constructor(depth: number) {
    this.#depth = depth;
  }

  get sizes(): readonly [number, number] {
    return [this.#bids.length, this.#asks.length];
  }

  get levels(): unknown {
    return [this.#bids, this.#asks];
  }

  clear(): void {
    this.#bids = [];
    this.#asks = [];
  }

  apply(bids: readonly TextLevel[], asks: readonly TextLevel[]): void {
    this.#bids = merged(this.#bids, bids, 1).slice(0, this.#depth);
    this.#asks = merged(this.#asks, asks, -1).slice(0, this.#depth);
  }

  get isCrossed(): boolean {
    return Number(this.#bids[0]?.price) >= Number(this.#asks[0]?.price);
  }

  checksum(): number {
    const digits = (text: string): string => text.replace('.', '').replace(/^0+/, '');
    const side = (levels: TextLevel[]): string =>
      levels
        .slice(0, 10)
        .map(({ price, qty }) => digits(price) + digits(qty))
        .join('');
    return crc32(side(this.#asks) + side(this.#bids));
  }
}

function merged(levels: readonly TextLevel[], changes: readonly TextLevel[], direction: 1 | -1): TextLevel[] {
  const byPrice = new Map(levels.map((level) => [level.price, level]));
  for (const change of changes)
    if (Number(change.qty) === 0) byPrice.delete(change.price);
    else byPrice.set(change.price, change);
  return [...byPrice.values()].sort((a, b) => (Number(b.price) - Number(a.price)) * direction);
}

/** Levels of v2 message text, with numbers as the texts they are on the wire. */
const levelsOfV2 = (text: string, side: 'bids' | 'asks'): TextLevel[] => {
  const from = text.indexOf(`"${side}":[`);
  const array = text.slice(from, text.indexOf(']', from));
  return [...array.matchAll(/\{"price":([\d.]+),"qty":([\d.]+)\}/g)].map(([, price, qty]) => ({
    price: price!,
    qty: qty!,
  }));
};

export interface BookCheck {
  messages: number;
  mismatches: number;
}

/** Applies every book message of one symbol and compares checksums. */
export class BookChecker {
  readonly book: NaiveBook;
  readonly check: BookCheck = { messages: 0, mismatches: 0 };

  constructor(depth: number) {
    this.book = new NaiveBook(depth);
  }

  takeV2(text: string): void {
    const data = JSON.parse(text) as { type: string; data: [{ checksum: number }] };
    if (data.type === 'snapshot') this.book.clear();
    this.book.apply(levelsOfV2(text, 'bids'), levelsOfV2(text, 'asks'));
    this.#compare(data.data[0].checksum);
  }

  takeV1(message: readonly unknown[]): void {
    type Rows = readonly (readonly string[])[];
    const level = ([price, qty]: readonly string[]): TextLevel => ({ price: price!, qty: qty! });
    for (const payload of message.slice(1, -2) as Readonly<Record<string, Rows | string>>[]) {
      const rows = (key: string): TextLevel[] => ((payload[key] ?? []) as Rows).map(level);
      if (payload['as'] !== undefined) {
        this.book.clear();
        this.book.apply(rows('bs'), rows('as'));
        return;
      }
      this.book.apply(rows('b'), rows('a'));
    }
    this.#compare(Number((message.at(-3) as { c?: string }).c));
  }

  #compare(checksum: number): void {
    this.check.messages++;
    if (this.book.checksum() !== checksum) this.check.mismatches++;
  }
}

/** A connection that keeps every text it is sent. */
export class NaiveClient {
  readonly webSocket: WebSocket;
  readonly texts: string[] = [];
  readonly binaries: Buffer[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) this.binaries.push(data as Buffer);
      else this.texts.push(String(data));
    });
    webSocket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  static async open(url: string): Promise<NaiveClient> {
    const client = new NaiveClient(new WebSocket(url, { perMessageDeflate: false }));
    await once(client.webSocket, 'open');
    return client;
  }

  send(request: unknown): void {
    this.webSocket.send(typeof request === 'string' ? request : JSON.stringify(request));
  }

  /** Waits until a text that fits has arrived, and returns the first one. */
  async text(fits: (text: string) => boolean, what = 'a message'): Promise<string> {
    return (await this.collect(1, fits, what))[0]!;
  }

  /** Waits until so many texts that fit are there. */
  async collect(count: number, fits: (text: string) => boolean, what = 'messages'): Promise<string[]> {
    const found: string[] = [];
    for (let looked = 0; ; ) {
      for (; looked < this.texts.length && found.length < count; looked++)
        if (fits(this.texts[looked]!)) found.push(this.texts[looked]!);
      if (found.length === count) return found;
      assert.ok(this.webSocket.readyState === WebSocket.OPEN, `still connected while waiting for ${what}`);
      await Promise.race([once(this.webSocket, 'message'), this.closed]);
    }
  }

  /** Waits until everything sent so far has arrived: an answer to a ping comes behind it. */
  async settled(venue: 'kraken' | 'kraken-v1'): Promise<void> {
    const id = 900_000 + this.texts.length;
    this.send(venue === 'kraken' ? { method: 'ping', req_id: id } : { event: 'ping', reqid: id });
    await this.text((text) => text.includes(`"pong"`) && text.includes(String(id)), 'a pong');
  }
}

export const isHeartbeat = (text: string): boolean => text.includes('heartbeat');

/** Texts without what differs from run to run: times, and the answers to pings. */
export const withoutTimes = (texts: readonly string[]): string[] =>
  texts
    .filter((text) => !isHeartbeat(text) && !text.includes('"pong"'))
    .map((text) => text.replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"T"').replace(/"1\d{9}\.\d{6}"/g, '"T"'));
