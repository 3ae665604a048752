// Is connected while a four-hour candle ends, and rests in between. Prints every step, until Ctrl-C.
import { WebSocketManager } from 'ringfeed/manager';
import { secondsUntilCandleClose } from './candle-time.js';

const ws = new WebSocketManager({
  url: process.env['RINGFEED_URL'] ?? 'wss://ws.kraken.com/v2',
  // The windows overlap on purpose: where both say yes it goes down and comes back, and misses nothing.
  shouldDisconnect: () => secondsUntilCandleClose(240) > 30,
  shouldReconnect: () => secondsUntilCandleClose(240) < 60,
  disconnectCheckInterval: 5,
});
ws.on('state', ({ from, state }) => console.log(`${from} -> ${state}`));
process.on('SIGINT', () => ws.shutdown());

await ws.connect();
await ws.waitDisconnected();
