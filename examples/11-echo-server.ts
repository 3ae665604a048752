// Sends each message back to whoever sent it, until Ctrl-C.
import { type ServerConnection, serve } from 'ringfeed/websockets';

async function echo(websocket: ServerConnection): Promise<void> {
  for await (const message of websocket) await websocket.send(message);
}

const server = await serve(echo, 'localhost', Number(process.env['RINGFEED_PORT'] ?? 8765));
process.on('SIGINT', () => server.close());
console.log(`ws://localhost:${server.port}`);
await server.serveForever();
