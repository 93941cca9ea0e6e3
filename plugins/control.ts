import { monitorEventLoopDelay } from 'node:perf_hooks';
import { controlListener, definePlugin, Health, Plugins, z } from 'chatserv';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

const requestName = z.enum(['reload', 'reload-others', 'facts', 'health', 'accounts']);

export default definePlugin({
  name: 'control',
  summary: 'Lets the command line control the running server, over a socket for its owner only',
  options: z.strictObject({
    socket: z
      .string()
      .min(1)
      .default('data/chatserv.sock')
      .describe("The Unix socket, relative to the config's folder"),
  }),
  needs: { plugins: Plugins },
  wants: { health: Health },
  setup(context) {
    const { options, plugins, health, path, server } = context;
    const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
    loop.enable();

    function facts(): object {
      // For a loop that is never late, the histogram reports its own resolution.
      const delay = Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION);
      loop.reset();
      return { ...plugins.facts(), delay };
    }

    async function answer(request: string): Promise<unknown> {
      switch (requestName.parse(request)) {
        case 'reload':
          return await plugins.reload();
        case 'reload-others':
          return await plugins.reloadOthers();
        case 'facts':
          return facts();
        case 'accounts':
          await server.recheckAccounts();
          return true;
        case 'health':
          if (health === undefined) throw new Error("The plugin 'health' is off: switch it on to check the server.");
          return await health.check();
      }
    }

    return {
      ...controlListener(context, path(options.socket), answer),
      dispose() {
        loop.disable();
      },
    };
  },
});
