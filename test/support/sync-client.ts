/** A thread that talks to a server in the thread that has started it, and waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { connectSync } from '../../src/main/websockets/sync-connection.ts';

const { url, texts } = workerData as { readonly url: string; readonly texts: readonly string[] };

const connection = connectSync(url);
const echoes = texts.map((text) => {
  connection.send(text);
  return connection.recv();
});
connection.send(['in ', 'parts']);
echoes.push(connection.recv());
connection.close(4000, 'done');
parentPort!.postMessage({ echoes, end: String(connection.closeInfo) });
