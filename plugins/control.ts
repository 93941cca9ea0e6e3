import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { definePlugin, Health, Plugins, unixListener, z } from 'chatserv';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

/** How long a request may be, in bytes. */
const LONGEST = 65_536;

/** How long a client may take for its request, in milliseconds. */
const PATIENCE = 10_000;

const request = z.object({ request: z.enum(['reload', 'facts', 'health', 'accounts']) });

export default definePlugin({
  name: 'control',
  summary: 'Lets the command line ask the running server, over a socket for its owner only',
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
      // What the histogram measures of a loop that is never late is its own resolution.
      const delay = Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION);
      loop.reset();
      return { ...plugins.facts(), delay };
    }

    async function serve(socket: Socket): Promise<void> {
      socket.on('error', () => socket.destroy());
      socket.setTimeout(PATIENCE, () => socket.destroy());
      const line = await requestOf(socket);
      if (line === undefined) {
        socket.destroy();
        return;
      }
      // An answer may take as long as a reload does.
      socket.setTimeout(0);
      socket.end(`${JSON.stringify(await answer(line))}\n`, () => socket.destroy());
    }

    async function answer(line: string): Promise<object> {
      try {
        const { request: asked } = request.parse(JSON.parse(line));
        if (asked === 'reload') return { result: await plugins.reload() };
        if (asked === 'facts') return { result: facts() };
        if (asked === 'accounts') {
          await server.recheckAccounts();
          return { result: true };
        }
        if (health !== undefined) return { result: await health.check() };
        return { mistakes: ["The plugin 'health' is off, which finds that out: switch it on."] };
      } catch (cause) {
        return { mistakes: (cause as Error).message.split('\n') };
      }
    }

    return {
      ...unixListener(
        context,
        'control',
        { file: path(options.socket), mode: 0o600, reserved: true },
        (socket) => void serve(socket),
      ),
      dispose() {
        loop.disable();
      },
    };
  },
});

/** The one line of a client; undefined where none comes in time, or a longer one than any request is. */
async function requestOf(socket: Socket): Promise<string | undefined> {
  let said = Buffer.alloc(0);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      said = Buffer.concat([said, chunk as Buffer]);
      const end = said.indexOf('\n');
      if (end >= 0) return said.toString('utf8', 0, end);
      if (said.length > LONGEST) return undefined;
    }
  } catch {
    return undefined;
  }
  return said.length > 0 ? said.toString() : undefined;
}
