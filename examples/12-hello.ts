// Says hello to the echo server and waits for its answer.
import { connectSync } from 'ringfeed/websockets';

function hello(): void {
  using websocket = connectSync(process.env['RINGFEED_URL'] ?? 'ws://localhost:8765');
  websocket.send('Hello world!');
  const message = websocket.recv();
  console.log(`Received: ${message}`);
}

hello();
