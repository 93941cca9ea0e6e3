import { definePlugin, dialectOption, portListener, portOptions, z } from 'chatserv';

export default definePlugin({
  name: 'tcp',
  summary: 'Listens on a TCP port',
  options: z.strictObject({
    ...portOptions(4119),
    dialect: dialectOption(),
  }),
  setup: (context) =>
    portListener(context, 'tcp', (stream, address) => {
      context.server.accept({ stream, address, transport: 'tcp' }, context.options.dialect);
    }),
});
