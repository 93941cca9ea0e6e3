import { type AddressInfo, createServer, type Socket } from 'node:net';
import { definePlugin, listen, z } from 'chatserv';

export default definePlugin({
  name: 'tcp',
  summary: 'Listens on a TCP port',
  options: z.strictObject({
    host: z.string().default('127.0.0.1').describe('The address to listen on; 0.0.0.0 or :: is every one'),
    port: z.int().min(0).max(65535).default(4119).describe('The port; 0 takes a free one'),
    dialect: z.string().default('line').describe('How clients speak there'),
  }),
  setup({ options: { host, port, dialect }, server, logger, keep }) {
    const accept = (stream: Socket): void => {
      server.accept({ stream, address: stream.remoteAddress ?? 'unknown', transport: 'tcp' }, dialect);
    };
    // A reload that leaves host and port alone leaves the port open, too.
    const listener = keep(
      `${host} ${port}`,
      // Half-open: who ends its side after sending ahead still reads the answers.
      () => createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }),
      (listener) => void listener.close(),
    );
    return {
      async start() {
        listener.removeAllListeners('connection').on('connection', accept);
        if (!(await listen(listener, { port, host }, logger))) return;
        const { address, port: taken, family } = listener.address() as AddressInfo;
        server.listens('tcp', `${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
      },
      stop() {
        listener.close();
      },
    };
  },
});
