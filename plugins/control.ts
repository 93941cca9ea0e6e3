import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { definePlugin, Health, Plugins, unixListener, z } from 'chatserv';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

/** How long a request may be, in bytes. */
const MAX_REQUEST = 65_536;

/** How long a client may take to send its request, in milliseconds. */
const REQUEST_TIME = 10_000;

const request = z.object({ request: z.enum(['reload', 'reload-others', 'facts', 'health', 'accounts']) });

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

    async function serve(socket: Socket): Promise<void> {
      socket.on('error', () => socket.destroy());
      socket.setTimeout(REQUEST_TIME, () => socket.destroy());
      const line = await requestOf(socket);
      if (line === undefined) {
        socket.destroy();
        return;
      }
      // An answer may take as long as a reload.
      socket.setTimeout(0);
      socket.end(`${JSON.stringify(await answer(line))}\n`, () => socket.destroy());
    }

    async function answer(line: string): Promise<object> {
      try {
        const { request: asked } = request.parse(JSON.parse(line));
        if (asked === 'reload') return { result: await plugins.reload() };
        if (asked === 'reload-others') return { result: await plugins.reloadOthers() };
        if (asked === 'facts') return { result: facts() };
        if (asked === 'accounts') {
          await server.recheckAccounts();
          return { result: true };
        }
        if (health !== undefined) return { result: await health.check() };
        return { errors: ["The plugin 'health' is off: switch it on to check the server."] };
      } catch (cause) {
        return { errors: (cause as Error).message.split('\n') };
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

/** The line that a client sends; undefined if it sends none in time, or one that is too long. */
async function requestOf(socket: Socket): Promise<string | undefined> {
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      received = Buffer.concat([received, chunk as Buffer]);
      const end = received.indexOf('\n');
      if (end >= 0) return received.toString('utf8', 0, end);
      if (received.length > MAX_REQUEST) return undefined;
    }
  } catch {
    return undefined;
  }
  return received.length > 0 ? received.toString() : undefined;
}
