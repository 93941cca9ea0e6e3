import { lstat, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { definePlugin, Health, listen, Plugins, z } from 'chatserv';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

const request = z.object({ request: z.enum(['reload', 'facts', 'health']) });

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
  setup({ options, plugins, health, logger, path, keep }) {
    const file = path(options.socket);
    const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
    loop.enable();
    const listener = keep(
      file,
      () => createServer({ allowHalfOpen: true }),
      (listener) => void listener.close(),
    );

    function facts(): object {
      // What the histogram measures of a loop that is never late is its own resolution.
      const delay = Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION);
      loop.reset();
      return { ...plugins.facts(), delay };
    }

    async function serve(socket: Socket): Promise<void> {
      socket.on('error', () => socket.destroy());
      for await (const line of createInterface({ input: socket })) {
        socket.end(`${JSON.stringify(await answer(line))}\n`);
        return;
      }
      socket.end();
    }

    async function answer(line: string): Promise<object> {
      try {
        const { request: asked } = request.parse(JSON.parse(line));
        if (asked === 'reload') return { result: await plugins.reload() };
        if (asked === 'facts') return { result: facts() };
        if (health !== undefined) return { result: await health.check() };
        return { mistakes: ["The plugin 'health' is off, which finds that out: switch it on."] };
      } catch (cause) {
        return { mistakes: (cause as Error).message.split('\n') };
      }
    }

    return {
      async start() {
        listener.removeAllListeners('connection').on('connection', (socket) => void serve(socket));
        if (listener.listening) return;
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        if (await isAnswered(file)) {
          throw new Error(`another server answers at ${file}: end that one, or set the option socket to another place`);
        }
        await removeSocket(file);
        // It is made within the call: nobody else may write to it, not for a moment.
        const mask = process.umask(0o177);
        const listening = listen(listener, { path: file }, logger);
        process.umask(mask);
        await listening;
      },
      stop() {
        listener.close();
      },
      dispose() {
        loop.disable();
      },
    };
  },
});

/** Removes what a server that was killed has left behind. @throws when it is something else */
async function removeSocket(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`${file} is there and no socket: set the option socket to another place`);
  await rm(file);
}

async function isAnswered(file: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(file, () => resolve(true)).on('error', () => resolve(false));
  const answered = await promise;
  socket.destroy();
  return answered;
}
