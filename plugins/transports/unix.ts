import { codecOption, definePlugin, renamedOption, unixListener, z } from 'chatserv';

export default definePlugin({
  name: 'unix',
  summary: 'Listens on a Unix socket, for clients on the same machine',
  options: z.strictObject({
    socket: z.string().min(1).default('data/line.sock').describe("The socket, relative to the config's folder"),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'Expected three octal digits, as for chmod')
      .default('600')
      .describe(
        "Who may connect, as write permission for chmod: 600 the server's user, 660 its group too, 666 everyone",
      ),
    codec: codecOption(),
    dialect: renamedOption('codec'),
  }),
  setup(context) {
    const { options, server, path } = context;
    const where = { file: path(options.socket), mode: Number.parseInt(options.mode, 8) };
    return unixListener(context, 'unix', where, (stream) => {
      server.accept({ stream, address: 'unix', transport: 'unix' }, options.codec);
    });
  },
});
