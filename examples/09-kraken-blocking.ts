// Prints Kraken's trades in a loop that blocks until there is something to print, until Ctrl-C.
import { connectSync } from 'ringfeed/websockets';

const ws = connectSync(process.env['RINGFEED_URL'] ?? 'wss://ws.kraken.com/');
ws.send('{"event":"subscribe", "subscription":{"name":"trade"}, "pair":["XBT/USD","XRP/USD"]}');

while (true) console.log(ws.recv());
