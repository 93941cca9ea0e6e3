import { codecOption, definePlugin, portListener, portOptions, renamedOption, z } from 'chatserv';

export default definePlugin({
  name: 'tcp',
  summary: 'Listens on a TCP port',
  options: z.strictObject({
    ...portOptions(4119),
    codec: codecOption(),
    dialect: renamedOption('codec'),
  }),
  setup: (context) =>
    portListener(context, 'tcp', (stream, address) => {
      context.server.accept({ stream, address, transport: 'tcp' }, context.options.codec);
    }),
});
