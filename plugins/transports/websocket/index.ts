import type { IncomingMessage } from 'node:http';
import { codecOption, definePlugin, Http, renamedOption, z } from 'chatserv';
import { WebSocketServer } from 'ws';
import { MessageStream } from './message-stream.ts';
import { isSameHost, originIn, originList } from './origins.ts';

/** The most fragments of a client's message. */
const MAX_FRAGMENTS = 128;

/** The most chunks in which a fragment may arrive: 64 KB in full TCP segments are some 50. */
const MAX_CHUNKS = 1024;

/** How long a client may take for its side of the closing handshake, in milliseconds; the package's types lack it. */
const CLOSING = { closeTimeout: 2000 };

/** The overhead of a client's frame, in bytes: header and mask. */
const FRAME_BYTES = 6;

const FOREIGN =
  "Pages of this origin may not connect: the option 'origins' of the plugin 'websocket' does not list it.";

export default definePlugin({
  name: 'websocket',
  summary: 'Lets web pages and programs connect over a WebSocket on the HTTP port',
  options: z.strictObject({
    path: z.string().startsWith('/').default('/ws').describe('Its path on the HTTP port'),
    origins: originList
      .default([])
      .describe(
        "Origins whose web pages may connect besides the port's own, such as `https://chat.example`; `*` is any",
      ),
    messageBytes: z
      .int()
      .positive()
      .default(65_536)
      .describe('The largest message of a client, in bytes: a larger one ends its connection, with code 1009'),
    pingTime: z
      .number()
      .positive()
      .default(30)
      .describe('How often clients are pinged, in seconds; one that stays silent until the next ping is disconnected'),
    codec: codecOption('json'),
    dialect: renamedOption('codec'),
  }),
  needs: { http: Http },
  setup({ options, http, server, clock, hotState }) {
    /** The codecs that clients can ask for by a subprotocol. */
    function speakers(): ReadonlyMap<string, { readonly codec: string; readonly binary: boolean }> {
      const all = server
        .codecs()
        .flatMap(({ name, subprotocols = {} }) =>
          Object.entries(subprotocols).map(([key, type]) => [key, { codec: name, binary: type === 'binary' }] as const),
        );
      return new Map(all);
    }

    // With compression, a small message could take much memory.
    const sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.messageBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS,
      handleProtocols: (offered) => [...offered].find((name) => speakers().has(name)) ?? [...offered][0] ?? false,
      ...CLOSING,
    });
    const streams = hotState('streams', () => new Set<MessageStream>());
    const origins = new Set(options.origins.map((origin) => originIn(origin)));
    const anyOrigin = options.origins.includes('*');
    let unmount = () => {};
    let cancelPing = clock.after(options.pingTime * 1000, ping);

    function ping(): void {
      for (const stream of streams) stream.ping();
      cancelPing = clock.after(options.pingTime * 1000, ping);
    }

    /** Whether a page of this origin may connect. Other clients send no origin. */
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
            const { codec, binary } = speakers().get(client.protocol) ?? { codec: options.codec, binary: false };
            const stream = new MessageStream(client, binary);
            streams.add(stream);
            stream.once('close', () => streams.delete(stream));
            const connection = { stream, address: http.addressOf(request), transport: 'websocket' };
            const session = server.accept(connection, codec);
            // Pings contain no line, and would be free otherwise.
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
