import { codecOption, definePlugin, unixListener, z } from 'chatserv';

export default definePlugin({
  name: 'example',
  summary: 'Listens on a Unix socket',
  options: z.strictObject({
    file: z.string().min(1).default('data/example.sock').describe("The socket, relative to the config's folder"),
    codec: codecOption(),
  }),
  setup(context) {
    const { options, server, path } = context;
    // Stays open during a reload. For a TCP port, use portListener.
    return unixListener(context, 'example', { file: path(options.file), mode: 0o600 }, (stream) => {
      server.accept({ stream, address: 'unix', transport: 'example' }, options.codec);
    });
  },
});
