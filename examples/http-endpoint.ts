import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { definePlugin, listen, Presence, z } from 'chatserv';

/** Another way to look in: `GET /online` tells who is online, as JSON. */
export default definePlugin({
  name: 'http-endpoint',
  summary: 'Tells over HTTP who is online',
  options: z.strictObject({
    host: z.string().default('127.0.0.1').describe('The address to listen on'),
    port: z.int().min(0).max(65535).default(8080).describe('The port; 0 takes a free one'),
  }),
  needs: { presence: Presence },
  setup({ options: { host, port }, presence, server, logger, keep }) {
    function answer(request: IncomingMessage, response: ServerResponse): void {
      const found = request.method === 'GET' && request.url === '/online';
      const body = found ? presence.online().map(({ name }) => name) : { error: 'GET /online is all there is' };
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    }
    const listener = keep(
      `${host} ${port}`,
      () => createServer(),
      (listener) => void listener.close(),
    );
    return {
      async start() {
        listener.removeAllListeners('request').on('request', answer);
        if (!(await listen(listener, { port, host }, logger))) return;
        server.listens('http', `${host}:${(listener.address() as AddressInfo).port}`);
      },
      stop() {
        listener.close();
        listener.closeAllConnections();
      },
    };
  },
});
