import { createServer, type Socket } from 'node:net';
import { definePlugin, listen, z } from 'chatserv';

export default definePlugin({
  name: 'example',
  summary: 'Listens on a Unix socket',
  options: z.strictObject({
    file: z.string().min(1).default('data/example.sock').describe("The socket, relative to the config's folder"),
    dialect: z.string().default('line').describe('How clients speak there'),
  }),
  setup({ options, server, logger, path, keep }) {
    const file = path(options.file);
    const accept = (stream: Socket): void => {
      server.accept({ stream, address: 'unix', transport: 'example' }, options.dialect);
    };
    // What is kept stays open over a reload; it is closed when no plugin asks for it under this name any more.
    const listener = keep(
      file,
      () => createServer({ allowHalfOpen: true }),
      (listener) => void listener.close(),
    );
    return {
      async start() {
        listener.removeAllListeners('connection').on('connection', accept);
        if (await listen(listener, { path: file }, logger)) server.listens('example', file);
      },
      stop() {
        listener.close();
      },
    };
  },
});
