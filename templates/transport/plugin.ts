import { createServer, type Socket } from 'node:net';
import { definePlugin, z } from 'chatserv';

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
        if (listener.listening) return;
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        listener.once('error', reject);
        listener.listen(file, resolve);
        await promise;
        listener.off('error', reject).on('error', (err) => logger.error({ err }, 'the listener failed'));
        server.listens('example', file);
      },
      stop() {
        listener.close();
      },
    };
  },
});
