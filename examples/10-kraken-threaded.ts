// Prints Kraken's trades as they come while the main program does other things, until Ctrl-C.
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'ringfeed/websockets';

async function printTrades(): Promise<void> {
  // The connection is in a thread of its own: it stays alive however long the main program takes.
  const ws = await connect(process.env['RINGFEED_URL'] ?? 'wss://ws.kraken.com/');
  await ws.send('{"event":"subscribe", "subscription":{"name":"trade"}, "pair":["XBT/USD","XRP/USD"]}');
  for await (const message of ws) console.log(`WebSocket thread: ${message}`);
}

void printTrades();

while (true) {
  await sleep(5000);
  console.log(`Main thread: ${Math.floor(Date.now() / 1000)}`);
}
