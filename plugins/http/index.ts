import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  addressList,
  definePlugin,
  Http,
  type HttpHandler,
  inAddressList,
  isHandedOver,
  listen,
  networkOf,
  placeOf,
  plainAddress,
  type UpgradeHandler,
  watchedCertificate,
  z,
} from 'chatserv';
import { Crowd } from './crowd.ts';
import { addressOf } from './forwarded.ts';
import { Routes } from './routes.ts';

export default definePlugin({
  name: 'http',
  summary: 'Listens on an HTTP port, which other plugins share',
  options: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('The address to listen on; 0.0.0.0 or :: is every one'),
      port: z.int().min(0).max(65535).default(4180).describe('The port; 0 takes a free one'),
      certificate: z
        .string()
        .min(1)
        .optional()
        .describe("The certificate's file (PEM), relative to the config's folder: with it the port speaks HTTPS"),
      key: z.string().min(1).optional().describe("The certificate's private key (PEM)"),
      proxies: addressList
        .default([])
        .describe('Proxies whose word is taken for where a request comes from (`X-Forwarded-For`)'),
      connections: z
        .int()
        .positive()
        .default(10_000)
        .describe('How many connections there may be; more are closed at once'),
      perNetwork: z
        .int()
        .positive()
        .default(64)
        .describe('How many connections from one IPv4 address or IPv6 /64, proxies aside; more are closed at once'),
      headerTime: z.number().positive().default(10).describe("How long a request's headers may take, in seconds"),
      requestTime: z.number().positive().default(30).describe('How long a whole request may take, in seconds'),
    })
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      message: 'Allowed are certificate and key together, or neither',
    }),
  provides: { http: Http },
  async setup({ options, server, logger, signal, path, keep }) {
    const { host, port, headerTime, requestTime } = options;
    const certificate =
      options.certificate === undefined || options.key === undefined
        ? undefined
        : await watchedCertificate({ certificate: path(options.certificate), key: path(options.key) }, logger, signal);
    const routes = new Routes<HttpHandler>();
    const upgrades = new Routes<UpgradeHandler>();
    const isProxy = inAddressList(options.proxies);

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const handler = routes.find(request.url ?? '');
      if (handler === undefined) return say(response, 404, 'There is nothing at this address.');
      try {
        await handler(request, response);
      } catch (err) {
        logger.error({ event: 'http-error', err, path: request.url }, 'an HTTP request could not be answered');
        if (response.headersSent) response.destroy();
        else say(response, 500, 'Something went wrong here. It was noted.');
      }
    }

    function hand(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      socket.on('error', () => socket.destroy());
      const handler = upgrades.find(request.url ?? '');
      if (handler === undefined) refuse(socket, 404);
      else handler(request, socket, head);
    }

    const crowd = keep('crowd', () => new Crowd());
    const admit = (socket: Socket): void => {
      const address = plainAddress(socket.remoteAddress ?? '');
      if (isProxy(address) || server.isExempt(address)) return;
      if (crowd.enter(socket, networkOf(address), options.perNetwork)) return;
      server.limitMet('http-connections-per-network');
      socket.destroy();
    };

    // Node looks for headers and requests that take too long no more often than this, every 30 s unless told.
    const limits = { maxHeaderSize: 16_384, keepAliveTimeout: 10_000, connectionsCheckingInterval: 1_000 };
    const listener = keep(
      `${certificate ? 'https' : 'http'} ${isHandedOver('http') ? 'handed over' : `${host} ${port}`}`,
      () => {
        const made = certificate
          ? createSecureServer({ ...limits, handshakeTimeout: headerTime * 1000 })
          : createServer(limits);
        // Before Node's own listener reads from it.
        return made.prependListener('connection', (socket: Socket) => crowd.admit(socket));
      },
      (listener) => void listener.close(),
    );

    return {
      provide: {
        http: {
          mount: (path, handler) => routes.add(path, handler),
          upgrade: (path, handler) => upgrades.add(path, handler),
          addressOf: (request) => addressOf(request, isProxy),
        },
      },
      async start() {
        if ('setSecureContext' in listener) certificate?.renews(listener);
        listener.headersTimeout = headerTime * 1000;
        listener.requestTimeout = requestTime * 1000;
        listener.maxConnections = options.connections;
        crowd.admit = admit;
        listener.removeAllListeners('request').on('request', (request, response) => void answer(request, response));
        listener.removeAllListeners('upgrade').on('upgrade', hand);
        if (!(await listen(listener, { port, host }, logger, 'http'))) return;
        server.listens(certificate ? 'https' : 'http', placeOf(listener));
      },
      stop() {
        listener.close();
        listener.closeAllConnections();
      },
    };
  },
});

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(`${text}\n`);
}

/** Refuses an upgrade. */
function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
