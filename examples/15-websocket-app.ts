// Prints what Gemini says of one market as it comes, and connects again when it is lost, until Ctrl-C.
import { WebSocketApp } from 'ringfeed/websocket-client';

const url = process.env['RINGFEED_URL'] ?? 'wss://api.gemini.com/v1';

const app = new WebSocketApp(`${url}/marketdata/BTCUSD`, {
  onOpen: () => console.log('Connection opened'),
  onMessage: (_app, message) => console.log(`Received: ${message}`),
  onError: (_app, error) => console.log(`Error: ${error}`),
  onClose: (_app, code, reason) => console.log(`Connection closed: ${code} ${reason}`),
});
process.on('SIGINT', () => app.close());

await app.runForever({ reconnect: 5, pingInterval: 20, pingTimeout: 10 });
