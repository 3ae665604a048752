// Prints each four-hour candle as it closes. Comes back two minutes before, and goes once it has time again.
import { ReconnectStrategy, WebSocketManager } from 'ringfeed/manager';
import { secondsUntilCandleClose } from './candle-time.js';

interface Candle {
  readonly interval_begin: string;
  readonly close: number;
}

const ws = new WebSocketManager({
  url: process.env['RINGFEED_URL'] ?? 'wss://ws.kraken.com/v2',
  subscriptions: [{ method: 'subscribe', params: { channel: 'ohlc', symbol: ['BTC/USD'], interval: 240 } }],
  reconnectStrategy: ReconnectStrategy.EXPONENTIAL_BACKOFF,
  shouldDisconnect: () => secondsUntilCandleClose(240) > 300,
  shouldReconnect: () => secondsUntilCandleClose(240) < 120,
  disconnectCheckInterval: 10,
});
process.on('SIGINT', () => ws.shutdown());

await ws.connect();
let current: Candle | undefined;
for await (const message of ws.stream<{ channel?: string; data?: Candle[] }>())
  for (const candle of message.channel === 'ohlc' ? (message.data ?? []) : []) {
    if (current === undefined) console.log(`candle of ${candle.interval_begin}, now at ${candle.close}`);
    else if (candle.interval_begin > current.interval_begin) console.log(`candle closed: ${current.close}`);
    current = candle;
  }
