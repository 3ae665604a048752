/**
 *   server process ══ loopback ══▶ thread of the connections ═ ring ═▶ this thread: for await, or recv()
 *
 * Generic clients beside what people use today: texts received on one connection, as fast as it goes.
 */
import WebSocket from 'ws';
import { WebSocketApp } from '../../src/main/websocket-client.ts';
import { connect, connectSync } from '../../src/main/websockets.ts';
import { perSecond, times } from '../support/format.ts';
import type { Part, Table } from '../support/part.ts';
import { pythonWith, runPython } from '../support/python-peer.ts';
import { interleave, type Variant } from '../support/rounds.ts';
import { median, medianRatio } from '../support/statistics.ts';
import { TextServer } from '../support/text-server-process.ts';

const BYTES = 190;
const WARM_UP_SHARE = 0.25;
/** Of each run, while what has just been started warms up. */
const UNMEASURED_SHARE = 0.2;

/** What a run received, from the last message that was not measured to the end. */
interface Received {
  readonly messages: number;
  readonly seconds: number;
}

/** Counts texts; the answer that every way must give. */
class TextTally {
  messages = 0;
  #characters = 0;
  #begunMs = 0;
  readonly #unmeasured: number;

  constructor(unmeasured: number) {
    this.#unmeasured = unmeasured;
  }

  take(text: string): void {
    this.messages++;
    this.#characters += text.length;
    if (this.messages === this.#unmeasured) this.#begunMs = performance.now();
  }

  end(): { readonly messages: number; readonly characters: number; readonly seconds: number } {
    const seconds = (performance.now() - this.#begunMs) / 1000;
    return { messages: this.messages, characters: this.#characters, seconds };
  }
}

type Way = (url: string, tally: TextTally) => Promise<void>;

/** The baseline: ws in this thread, each message made a text. */
const throughWs: Way = (url, tally) =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(url, { perMessageDeflate: false });
    ws.on('message', (data: Buffer) => tally.take(data.toString()));
    ws.on('error', reject);
    ws.on('close', () => resolve());
  });

const throughConnect: Way = async (url, tally) => {
  for await (const message of await connect(url)) tally.take(message as string);
};

const throughConnectSync: Way = async (url, tally) => {
  for (const message of connectSync(url)) tally.take(message as string);
};

const throughWebSocketApp: Way = async (url, tally) => {
  const app = new WebSocketApp(url, { onMessage: (_app, message) => tally.take(message as string) });
  await app.runForever();
};

interface Client {
  readonly name: string;
  /** Messages, as a multiple of the scale's, so that all take about as long. */
  readonly share: number;
  receive(
    url: string,
    unmeasured: number,
  ): ReturnType<TextTally['end']> | Promise<ReturnType<TextTally['end']>>;
}

const ours = (name: string, share: number, way: Way): Client => ({
  name,
  share,
  async receive(url, unmeasured) {
    const tally = new TextTally(unmeasured);
    await way(url, tally);
    return tally.end();
  },
});

/** A client of Python's, where its module is installed. */
function python(name: string, module: string, script: string): Client | string {
  const found = pythonWith(module);
  if (found === undefined) return `${name}: absent (Debian: python3-${module}), not compared.`;
  return {
    name: `${name} ${found.version}`,
    share: 0.5,
    receive: (url, unmeasured) => runPython(found.python, script, [url, String(unmeasured)]),
  };
}

const WS = ours('ws on the main thread', 4, throughWs);
const CONNECT = ours('connect(), for await', 8, throughConnect);
const CONNECT_SYNC = ours('connectSync(), recv', 8, throughConnectSync);
const APP = ours('WebSocketApp', 8, throughWebSocketApp);

export const clients: Part = {
  name: 'clients',
  async run({ scale, progress }) {
    const peers = [
      python('Python websockets', 'websockets', 'receive_websockets.py'),
      python('Python websocket-client', 'websocket', 'receive_websocket_client.py'),
      python('Python WebSocketApp', 'websocket', 'receive_websocket_app.py'),
    ];
    const all = [WS, CONNECT, CONNECT_SYNC, APP, ...peers.filter((peer) => typeof peer !== 'string')];
    await using server = await TextServer.start();
    const variants = all.map(
      ({ name, share, receive }): Variant<Received> => ({
        name,
        async run(isWarmUp) {
          const messages = Math.ceil(scale.messages * share * (isWarmUp ? WARM_UP_SHARE : 1));
          const unmeasured = Math.ceil(messages * UNMEASURED_SHARE);
          const got = await receive(server.url(messages, BYTES), unmeasured);
          if (got.messages !== messages || got.characters !== messages * BYTES)
            throw new Error(
              `${name}: ${got.messages} messages of ${got.characters} characters came, not ${messages}`,
            );
          return { messages: messages - unmeasured, seconds: got.seconds };
        },
      }),
    );
    const samples = await interleave(variants, scale.rounds, progress);
    const rates = samples.map((rounds) => rounds.map(({ messages, seconds }) => messages / seconds));
    return {
      tables: [table(all, rates, peers)],
      samples: variants.map(({ name }, n) => ({ name, rounds: samples[n]! })),
    };
  },
};

function table(
  all: readonly Client[],
  rates: readonly (readonly number[])[],
  peers: readonly (Client | string)[],
): Table {
  const against = (of: number, client: Client | string): number =>
    typeof client === 'string' ? Number.NaN : medianRatio(rates[of]!, rates[all.indexOf(client)]!);
  return {
    title: `Clients: texts of ${BYTES} bytes received on one connection`,
    head: [
      'client',
      'messages',
      '× ws',
      '× Python websockets',
      '× Python websocket-client',
      '× Python WebSocketApp',
    ],
    rows: all.map(({ name }, n) => [
      name,
      perSecond(median(rates[n]!)),
      ...[WS, ...peers].map((peer) => times(against(n, peer))),
    ]),
    notes: [
      'Every client makes a text of each message. Compression is not agreed on. A ratio is the median of those of the rounds.',
      ...peers.filter((peer) => typeof peer === 'string'),
    ],
  };
}
