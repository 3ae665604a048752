// Several markets of Gemini, a connection each, run together until Ctrl-C.
import { createDispatcher, WebSocketApp } from 'ringfeed/websocket-client';

const url = process.env['RINGFEED_URL'] ?? 'wss://api.gemini.com/v1';
const rel = createDispatcher();

for (const symbol of ['BTCUSD', 'ETHUSD']) {
  const app = new WebSocketApp(`${url}/marketdata/${symbol}`, {
    onOpen: () => console.log(`${symbol}: open`),
    onMessage: (_app, message) => console.log(`${symbol}: ${message.length} characters`),
    onError: (_app, error) => console.log(`${symbol}: ${error}`),
    onClose: () => console.log(`${symbol}: closed`),
  });
  app.runForever({ dispatcher: rel, reconnect: 5 });
}

rel.signal(2, rel.abort); // Ctrl-C
await rel.dispatch();
