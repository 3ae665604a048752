/**
 * Programs that use a blocking connection, for tests that watch how their process ends. The first argument
 * names the program, the second is the address of the server.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { connect } from '../../src/main/websockets/connect.ts';
import { connectSync } from '../../src/main/websockets/sync-connection.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const programs: Readonly<Record<string, (uri: string) => void | Promise<void>>> = {
  /** Waits in `recv` for ever. */
  waits: (uri) => {
    const ws = connectSync(uri);
    say('open');
    ws.recv();
  },
  /** Ends with its connection open. */
  leaves: (uri) => {
    connectSync(uri);
    say('open');
  },
  /** Closes an asynchronous connection and has nothing left to do. */
  closes: async (uri) => {
    const ws = await connect(uri);
    await ws.send('a');
    say(String(await ws.recv()));
    await ws.close();
  },
  /** Waits in a loop for messages while it is closed. */
  iterates: async (uri) => {
    const ws = await connect(uri);
    setTimeout(() => void ws.close(), 50);
    for await (const message of ws) say(String(message));
    say('over');
  },
  /** Was refused. */
  refused: async () => {
    await connect('ws://127.0.0.1:1/', { proxy: null }).catch((error: Error) =>
      say((error as NodeJS.ErrnoException).code ?? ''),
    );
  },
  /** Ends with an asynchronous connection open, by hand. */
  exits: async (uri) => {
    await connect(uri);
    say('open');
    process.exit(3);
  },
  /** Blocks in a thread of its own. */
  threaded: (uri) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: uri });
    worker.on('message', say);
  },
  /** Leaves the loop of `forever` by an exception. */
  forever: async (uri) => {
    for await (const ws of connect.forever(uri)) {
      await ws.send('a');
      say(String(await ws.recv()));
      break;
    }
  },
};

if (parentPort !== null) {
  const ws = connectSync(workerData as string);
  ws.send('from a worker');
  parentPort.postMessage(ws.recv());
  ws.close();
  parentPort.postMessage(`closed ${ws.closeCode}`);
} else await programs[process.argv[2]!]!(process.argv[3]!);
