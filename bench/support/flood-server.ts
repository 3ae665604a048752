/**
 * A process of its own that plays the exchange: answers subscriptions, then sends exactly the messages that
 * the URL asks for, made beforehand and written many at a time, as fast as the client reads or at a rate.
 *
 * Ends by itself when its parent is gone.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { type EncodedMarket, encodeMarket } from './encoded-market.ts';
import { FloodConnection } from './flood-connection.ts';
import { type FloodMarketName, type FromServer, planFromQuery, type ToServer } from './flood-plan.ts';
import { WallClock } from './wall-clock.ts';

/** Between two answers over REST, so that they are read in the order in which they are counted. */
const ANSWERS_APART_MS = 20;

const clock = new WallClock(Number(process.argv[2]));

const tell = (message: FromServer): void => {
  if (process.connected) process.send!(message);
};

const markets = new Map<FloodMarketName, EncodedMarket>();

function marketOf(name: FloodMarketName): EncodedMarket {
  let market = markets.get(name);
  if (market === undefined) {
    market = encodeMarket(name);
    markets.set(name, market);
  }
  return market;
}

const connections = new Map<number, FloodConnection>();
let answered = Promise.resolve();

/** `/7/path` is the path on the exchange of run 7. */
async function answer(target: string, response: ServerResponse): Promise<void> {
  const [, run, path] = /^\/(\d+)(\/.*)$/.exec(target) ?? [];
  const answer = connections.get(Number(run))?.rest(new URL(path ?? '/', 'http://localhost'));
  response.writeHead(answer?.status ?? 404).end(answer?.text);
  await sleep(ANSWERS_APART_MS);
}

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer((request, response) => {
  answered = answered.then(() => answer(request.url ?? '', response));
});
server.on('upgrade', (request, socket: Socket, head) => {
  socket.setNoDelay(true);
  const plan = planFromQuery(new URL(request.url ?? '/', 'ws://localhost').searchParams);
  webSockets.handleUpgrade(request, socket, head, (ws) => {
    const market = marketOf(plan.market);
    connections.set(plan.run, new FloodConnection(plan, market, { ws, socket }, clock, tell));
    ws.on('close', () => connections.delete(plan.run));
  });
});
server.listen(0, '127.0.0.1', () => tell({ type: 'ready', port: (server.address() as AddressInfo).port }));

process.on('message', ({ run }: ToServer) => connections.get(run)?.go());
process.on('disconnect', () => process.exit());
