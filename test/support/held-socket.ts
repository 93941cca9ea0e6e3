import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A listening socket of which nobody accepts here, as a service manager holds one. */
export interface HeldSocket {
  readonly fd: number;
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

// Node accepts whatever comes as long as its event loop turns: so this one stands still.
const HOLD = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer().listen(0, '127.0.0.1', () => {
  parentPort.postMessage({ fd: server._handle.fd, port: server.address().port });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** Opens a socket that outlives the programs that it is handed to. */
export async function holdSocket(): Promise<HeldSocket> {
  const worker = new Worker(HOLD, { eval: true });
  const [held] = (await once(worker, 'message')) as [{ fd: number; port: number }];
  return {
    ...held,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
