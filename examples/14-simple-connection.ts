// Connects, sends a message, and waits for the answer.
import { createConnection } from 'ringfeed/websocket-client';

const ws = createConnection(process.env['RINGFEED_URL'] ?? 'ws://localhost:8765');
ws.send('Hello, World');
const result = ws.recv();
console.log(`Received: ${result}`);
ws.close();
