import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SimulatorFault, SimulatorFaultName } from '../../shared/simulator/fault-names.ts';
import { levelsFor, PAIRS_MAX } from '../../shared/simulator/market-size.ts';
import type {
  SimulatorAddress,
  SimulatorOptions,
  SimulatorStats,
  SymbolTruth,
} from '../../shared/simulator/simulator-protocol.ts';
import { EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { ClientLimits } from './client-limits.ts';
import { Faults } from './faults.ts';
import { marketPairs } from './market-pairs.ts';
import { SimulatedVenue } from './simulated-venue.ts';
import { SimulatorCounts } from './simulator-counts.ts';
import type { RestText } from './venue-wire.ts';

/** Up to this rate messages are made one by one; beyond it a block made before is repeated. */
const MADE_RATE_MAX = 9_000;
/** A pass of a block takes this long at most where the rate allows, because requests wait for its end. */
const PASS_S_MAX = 0.02;
const BLOCK_MESSAGES_MIN = 256;
const BLOCK_MESSAGES_MAX = 4096;
/** What a late timer may make up for. */
const CATCH_UP_MS_MAX = 50;
/** Messages made one by one before the next look at what clients ask. */
const MADE_PER_TURN_MAX = 2000;
const REQUEST_BYTES_MAX = 1 << 20;
const CLOSE_TIMEOUT_MS = 2000;
const REFUSED_STATUS = 503;
const TOO_MANY_STATUS = 429;
const PAIRS_DEFAULT = 20;

const PATHS: Readonly<Record<ExchangeName, string>> = {
  kraken: '/v2',
  'kraken-v1': '/',
  binance: '/ws',
  poloniex: '/ws/public',
  'poloniex-legacy': '/legacy',
  gemini: '/v2/marketdata',
  'gemini-v1': '/v1',
  coinbase: '/coinbase',
};

/** Where a venue is told by the address itself what to send. */
const ADDRESSES: Readonly<Partial<Record<ExchangeName, RegExp>>> = {
  binance: /^\/(?:stream|ws\/.+)$/,
  'gemini-v1': /^\/v1\/(?:marketdata\/[^/]+|multimarketdata)$/,
};

export interface SimulatedExchangeOptions extends SimulatorOptions {
  /** Wall clock, whole µs since the Unix epoch; this process's clock where left out. */
  readonly now?: () => number;
}

/** Wall clock in whole µs, which never steps back. */
export const wallClockUs = (): number => Math.floor((performance.timeOrigin + performance.now()) * 1000);

/** A `ws` server on the loopback interface that is several venues, each with its own market. */
export class SimulatedExchange {
  readonly #options: SimulatedExchangeOptions;
  readonly #counts = new SimulatorCounts();
  readonly #faults: Faults;
  readonly #venues = new Map<ExchangeName, SimulatedVenue>();
  readonly #limits: Readonly<Record<ExchangeName, ClientLimits>>;
  readonly #http: Server;
  readonly #server: WebSocketServer;
  #rate = 0;
  #due = new Map<SimulatedVenue, number>();
  #pacer: NodeJS.Timeout | undefined;
  #heartbeats: NodeJS.Timeout | undefined;

  constructor(options: SimulatedExchangeOptions) {
    this.#options = options;
    const limits = (): ClientLimits =>
      new ClientLimits(options.limits ?? {}, options.enforceLimits ?? true, this.#counts);
    this.#limits = {
      kraken: limits(),
      'kraken-v1': limits(),
      binance: limits(),
      poloniex: limits(),
      'poloniex-legacy': limits(),
      gemini: limits(),
      'gemini-v1': limits(),
      coinbase: limits(),
    };
    this.#faults = new Faults(
      this.#counts,
      (fault) => {
        for (const venue of this.#venues.values()) {
          venue.blockMessages = this.#blockMessages;
          venue.begin(fault);
        }
      },
      (name) => {
        for (const venue of this.#venues.values()) {
          venue.end(name);
          venue.blockMessages = this.#blockMessages;
        }
      },
    );
    this.#http = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const answer = this.#rest(pathname, searchParams);
      response.writeHead(answer?.status ?? 426, { 'content-type': 'application/json' }).end(answer?.text);
    });
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: REQUEST_BYTES_MAX,
      ...{ closeTimeout: CLOSE_TIMEOUT_MS },
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** Begins to listen. Rejects where the port is taken. */
  async start(): Promise<SimulatorAddress> {
    const { port = 0, rate = 1000, faults = [] } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, '127.0.0.1', resolve);
    });
    this.setRate(rate);
    this.#heartbeats = setInterval(() => {
      for (const venue of this.#venues.values()) venue.heartbeat();
    }, 1000);
    for (const fault of faults) this.#faults.add(fault);
    const address = this.#http.address() as AddressInfo;
    const url = (exchange: ExchangeName): string => `ws://127.0.0.1:${address.port}${PATHS[exchange]}`;
    return {
      urls: {
        kraken: url('kraken'),
        'kraken-v1': url('kraken-v1'),
        binance: url('binance'),
        poloniex: url('poloniex'),
        'poloniex-legacy': url('poloniex-legacy'),
        gemini: url('gemini'),
        'gemini-v1': url('gemini-v1'),
        coinbase: url('coinbase'),
      },
      restUrl: `http://127.0.0.1:${address.port}`,
      symbols: marketPairs(this.#pairs).map(({ symbol }) => symbol),
    };
  }

  /** Messages per second on each venue; 0 waits for steps. */
  setRate(rate: number | 'flood'): void {
    this.#rate = rate === 'flood' ? Number.POSITIVE_INFINITY : rate;
    this.#due = new Map();
    clearInterval(this.#pacer);
    for (const venue of this.#venues.values()) venue.blockMessages = this.#blockMessages;
    if (this.#rate === 0) return;
    let last = performance.now();
    this.#pacer = setInterval(
      () => {
        const now = performance.now();
        this.#pace(Math.min(now - last, CATCH_UP_MS_MAX));
        last = now;
      },
      this.#rate >= 500 ? 1 : 5,
    );
  }

  fault(fault: SimulatorFault): void {
    this.#faults.add(fault);
  }

  clear(name: SimulatorFaultName): void {
    this.#faults.clear(name);
  }

  /** Makes `count` messages on every venue with a connection, whatever the rate. @returns how many were made. */
  step(count: number): number {
    let made = 0;
    for (const venue of this.#venues.values()) made += venue.step(count);
    return made;
  }

  stats(): SimulatorStats {
    return this.#counts.stats();
  }

  /** What a venue itself knows of a symbol (`BTC/USD`); undefined where it lists no such symbol. */
  truth(exchange: ExchangeName, symbol: string): SymbolTruth | undefined {
    return this.#venue(exchange).truth(VENUES[exchange].toVenueSymbol(symbol));
  }

  async stop(): Promise<void> {
    clearInterval(this.#pacer);
    clearInterval(this.#heartbeats);
    this.#faults.stop();
    for (const venue of this.#venues.values())
      for (const { webSocket } of venue.connections) webSocket.terminate();
    this.#server.close();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  get #pairs(): number {
    return Math.min(this.#options.pairs ?? PAIRS_DEFAULT, PAIRS_MAX);
  }

  /** Messages in a block at this rate; 0 where messages are made one by one. */
  get #blockMessages(): number {
    if (this.#rate <= MADE_RATE_MAX || this.#options.blockMessages === 0) return 0;
    // What may be lost or late is no block, because each connection loses something else.
    if (this.#faults.isLineUnreliable) return 0;
    const perPass = Math.min(BLOCK_MESSAGES_MAX, Math.max(BLOCK_MESSAGES_MIN, this.#rate * PASS_S_MAX));
    return this.#options.blockMessages ?? Math.round(perPass);
  }

  #pace(elapsedMs: number): void {
    for (const venue of this.#venues.values()) {
      if (this.#rate === Number.POSITIVE_INFINITY) {
        if (venue.sendsBlocks) venue.sendBlocks(this.#rate);
        else if (!venue.isBehind) venue.step(MADE_PER_TURN_MAX);
        continue;
      }
      const due = (this.#due.get(venue) ?? 0) + (this.#rate * elapsedMs) / 1000;
      const whole = Math.floor(due);
      this.#due.set(venue, due - whole);
      if (whole === 0) continue;
      if (venue.sendsBlocks) venue.sendBlocks(whole);
      else venue.step(Math.min(whole, MADE_PER_TURN_MAX));
    }
  }

  /** Asks the venues, of which no two have the same paths but those that are two APIs of one exchange. */
  #rest(path: string, query: URLSearchParams): RestText | undefined {
    if (this.#faults.lasting('refuse-connections') !== undefined) return { status: REFUSED_STATUS, text: '' };
    for (const exchange of EXCHANGES) {
      const answer = this.#venue(exchange).rest(path, query);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const address = request.url ?? '/';
    const path = address.split('?')[0]!;
    const exchange =
      EXCHANGES.find((name) => PATHS[name] === path) ??
      EXCHANGES.find((name) => ADDRESSES[name]?.test(path) === true);
    if (exchange === undefined) {
      refuse(socket, 404, '');
      return;
    }
    const limits = this.#limits[exchange];
    if (!limits.mayConnect(performance.now())) {
      refuse(socket, TOO_MANY_STATUS, `Retry-After: ${Math.ceil(limits.attemptsWindowMs / 1000)}\r\n`);
      return;
    }
    if (!limits.mayOpen(this.#venues.get(exchange)?.openConnections ?? 0)) {
      refuse(socket, TOO_MANY_STATUS, '');
      return;
    }
    const refusal = this.#faults.lasting('refuse-connections');
    if (refusal !== undefined) {
      const waitS = Math.ceil(this.#faults.remainingMs('refuse-connections') / 1000);
      const retry = Number.isFinite(waitS) ? `Retry-After: ${waitS}\r\n` : '';
      refuse(socket, refusal.value ?? REFUSED_STATUS, retry);
      return;
    }
    socket.setNoDelay(true);
    this.#server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      this.#venue(exchange).connect(webSocket, socket, address);
    });
  }

  /** The venue, made when the first client comes or something is asked over REST. */
  #venue(exchange: ExchangeName): SimulatedVenue {
    let venue = this.#venues.get(exchange);
    if (venue === undefined) {
      const o = this.#options;
      venue = new SimulatedVenue(
        {
          exchange,
          pairs: this.#pairs,
          seed: o.seed ?? 1,
          levels: o.levels ?? levelsFor(this.#pairs),
          mix: o.mix ?? {},
          stamp: o.stamp ?? true,
          queuedBytesMax: o.queuedBytesMax ?? 64 << 20,
          limits: this.#limits[exchange],
          now: o.now ?? wallClockUs,
        },
        this.#faults,
        this.#counts,
      );
      venue.blockMessages = this.#blockMessages;
      this.#venues.set(exchange, venue);
    }
    return venue;
  }
}

function refuse(socket: Socket, status: number, headers: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Simulated\r\nConnection: close\r\n${headers}Content-Length: 0\r\n\r\n`);
}
