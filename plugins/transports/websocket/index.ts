import type { IncomingMessage } from 'node:http';
import { codecOption, definePlugin, Http, renamedOption, z } from 'chatserv';
import { WebSocketServer } from 'ws';
import { MessageStream } from './message-stream.ts';
import { isSameHost, originIn, originList } from './origins.ts';

/** In how many parts a client's message may come. */
const MOST_FRAGMENTS = 128;

/** In how many pieces a part may arrive: 64 KB in full segments are some 50. */
const MOST_CHUNKS = 1024;

/** How long a client may take for its side of the closing handshake, in milliseconds; the package's types lack it. */
const CLOSING = { closeTimeout: 2000 };

/** What a client's frame costs beside its data, in bytes: its head and its mask. */
const FRAME_BYTES = 6;

const FOREIGN = 'The option origins of the plugin websocket does not let pages of this origin connect.';

export default definePlugin({
  name: 'websocket',
  summary: 'Lets web pages and programs connect over a WebSocket on the HTTP port',
  options: z.strictObject({
    path: z.string().startsWith('/').default('/ws').describe('Where on the HTTP port'),
    origins: originList
      .default([])
      .describe("Web pages of these origins may connect, as `https://chat.example`, beside the port's own; `*` is any"),
    messageBytes: z
      .int()
      .positive()
      .default(65_536)
      .describe('The largest message of a client, in bytes: a larger one ends its connection, with code 1009'),
    pingTime: z
      .number()
      .positive()
      .default(30)
      .describe(
        'How often clients are asked whether they are still there, in seconds; silent ones are cut the time after',
      ),
    codec: codecOption('json'),
    dialect: renamedOption('codec'),
  }),
  needs: { http: Http },
  setup({ options, http, server, clock, keep }) {
    // Compression would let a small message ask for much memory.
    const sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.messageBytes,
      maxFragments: MOST_FRAGMENTS,
      maxBufferedChunks: MOST_CHUNKS,
      ...CLOSING,
    });
    const streams = keep('streams', () => new Set<MessageStream>());
    const origins = new Set(options.origins.map((origin) => originIn(origin)));
    const anyOrigin = options.origins.includes('*');
    let unmount = () => {};
    let cancelPing = clock.after(options.pingTime * 1000, ping);

    function ping(): void {
      for (const stream of streams) stream.ping();
      cancelPing = clock.after(options.pingTime * 1000, ping);
    }

    /** Whether the page that connects is one that may; what is no page sends no origin. */
    function isWelcome({ headers: { origin, host } }: IncomingMessage): boolean {
      if (origin === undefined || anyOrigin) return true;
      const sent = originIn(origin);
      return sent !== undefined && (origins.has(sent) || isSameHost(sent, host ?? ''));
    }

    return {
      start() {
        unmount = http.upgrade(options.path, (request, socket, head) => {
          if (!isWelcome(request)) return { status: 403, text: FOREIGN };
          sockets.handleUpgrade(request, socket, head, (client) => {
            const stream = new MessageStream(client);
            streams.add(stream);
            stream.once('close', () => streams.delete(stream));
            const connection = { stream, address: http.addressOf(request), transport: 'websocket' };
            const session = server.accept(connection, options.codec);
            // They bring no line, and would cost nothing otherwise.
            const spend = (data: Buffer) => session.spend(FRAME_BYTES + data.length);
            client.on('ping', spend).on('pong', spend);
          });
          return undefined;
        });
      },
      dispose() {
        unmount();
        cancelPing();
      },
    };
  },
});
