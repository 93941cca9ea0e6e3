import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  addressList,
  definePlugin,
  Http,
  type HttpHandler,
  handshakeLimit,
  handshakeOptions,
  inAddressList,
  isHandedOver,
  listen,
  placeOf,
  portOptions,
  probeOptions,
  renamedOption,
  type UpgradeHandler,
  type UpgradeRefusal,
  watchedCertificate,
  z,
} from 'chatserv';
import { admission, ConnectionCounter } from './admission.ts';
import { originOf } from './forwarded.ts';
import { type Asked, hostCheck, hostList } from './hosts.ts';
import { createServer } from './node-http.ts';
import { Pipeline } from './pipeline.ts';
import { refuseUpgrade, STRICT, say } from './replies.ts';
import { Routes } from './routes.ts';
import { pathOf, toOriginForm } from './target.ts';

/** A connection without traffic in either direction is cut after this time, in milliseconds. */
const SILENCE = 120_000;

const FOREIGN = "This port does not serve that host: add it to the option 'hosts' of the plugin 'http'.";
const NOTHING = 'There is nothing at this address.';
const UNEXPECTED = 'This server does not support that expectation.';
const FAILED = 'Something went wrong on the server. The error is in its log.';

export default definePlugin({
  name: 'http',
  summary: 'Listens on an HTTP port, which other plugins share',
  options: z
    .strictObject({
      ...portOptions(4180),
      certificate: z
        .string()
        .min(1)
        .optional()
        .describe("The certificate's file (PEM), relative to the config's folder: with it the port speaks HTTPS"),
      key: z.string().min(1).optional().describe("The certificate's private key (PEM)"),
      proxies: addressList.default([]).describe('Proxies trusted to name the address of a client (`X-Forwarded-For`)'),
      hosts: hostList
        .default([])
        .describe(
          'Host names that this port serves besides IP addresses and localhost; `*` is any. By default a port on loopback serves only its own names, any other port serves every name',
        ),
      maxConnections: z
        .int()
        .positive()
        .default(10_000)
        .describe('How many connections in all; further ones are closed at once'),
      perNetwork: z
        .int()
        .positive()
        .default(64)
        .describe(
          'How many connections from one IPv4 address or IPv6 /64, except from proxies; further ones are closed at once',
        ),
      ...handshakeOptions,
      ...probeOptions,
      headerTime: z
        .number()
        .positive()
        .max(86_400)
        .default(10)
        .describe("How long a request's headers may take, in seconds"),
      requestTime: z
        .number()
        .positive()
        .max(86_400)
        .default(30)
        .describe('How long a whole request may take, in seconds'),
      connections: renamedOption('maxConnections'),
    })
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      message: 'Set both certificate and key, or neither',
    }),
  provides: { http: Http },
  async setup(context) {
    const { options, server, logger, signal, path, hotState } = context;
    const { host, port, headerTime, requestTime } = options;
    const certificate =
      options.certificate === undefined || options.key === undefined
        ? undefined
        : await watchedCertificate({ certificate: path(options.certificate), key: path(options.key) }, logger, signal);
    const routes = new Routes<HttpHandler>();
    const upgrades = new Routes<UpgradeHandler>();
    const isProxy = inAddressList(options.proxies);

    /** Refuses everything until the port's address is known. */
    let isOurs: (asked: Asked) => boolean = () => false;
    /** Normalizes a request for handlers. @returns whether it is for this server, and not from a foreign page */
    function isForUs(request: IncomingMessage): boolean {
      const absolute = toOriginForm(request);
      const { headers, socket } = request;
      const forwarded = isProxy(socket.remoteAddress ?? '') && headers['x-forwarded-for'] !== undefined;
      if (isOurs({ host: headers.host, absolute, forwarded })) return true;
      server.countLimitHit('foreign-hosts');
      return false;
    }

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      for (const [name, value] of Object.entries(STRICT)) response.setHeader(name, value);
      if (!isForUs(request)) return say(response, 421, FOREIGN);
      const path = pathOf(request);
      const handler = routes.find(path);
      if (handler === undefined) return say(response, 404, NOTHING);
      try {
        await handler(request, response);
      } catch (err) {
        logger.error({ event: 'http-error', err, path }, 'an HTTP handler failed');
        if (response.headersSent) response.destroy();
        else say(response, 500, FAILED);
      }
    }

    function hand(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      socket.on('error', () => socket.destroy());
      // Its answer would mix with those to earlier requests.
      if (pipelines.get(socket)?.leave() === false) {
        socket.destroy();
        return;
      }
      const path = pathOf(request);
      try {
        const refusal = upgraded(request, socket, head);
        if (refusal !== undefined) refuseUpgrade(socket, refusal);
      } catch (err) {
        logger.error({ event: 'http-error', err, path }, 'an HTTP connection could not be upgraded');
        refuseUpgrade(socket, { status: 500, text: FAILED });
      }
    }

    function upgraded(request: IncomingMessage, socket: Duplex, head: Buffer): UpgradeRefusal | undefined {
      if (!isForUs(request)) return { status: 421, text: FOREIGN };
      const handler = upgrades.find(pathOf(request));
      return handler === undefined ? { status: 404, text: NOTHING } : handler(request, socket, head);
    }

    let warned = false;
    function addressOf(request: IncomingMessage): string {
      const { address, nonsense } = originOf(request, isProxy);
      if (nonsense !== undefined && !warned) {
        warned = true;
        logger.warn(
          { event: 'no-address', address, said: nonsense.slice(0, 100) },
          "a proxy sent no IP address in X-Forwarded-For: its clients share the proxy's address and limits",
        );
      }
      return address;
    }

    const pipelines = hotState('pipelines', () => new WeakMap<Duplex, Pipeline>());
    function serve(request: IncomingMessage, response: ServerResponse, reply = answer): void {
      pipelines.get(request.socket)?.add(request, response, () => void reply(request, response));
    }

    const counter = hotState('counter', () => new ConnectionCounter());
    const mayBegin = certificate && handshakeLimit(context, options.handshakesPerNetwork);
    const admit = admission(counter, { server, isProxy, ...options, mayBegin });

    const limits: ServerOptions = {
      maxHeaderSize: 16_384,
      keepAliveTimeout: 10_000,
      // How often Node checks for headers and requests that take too long; by default every 30 s.
      connectionsCheckingInterval: 1_000,
      // A client that offers an upgrade, such as to HTTP/2, is answered in HTTP/1.1 (RFC 9110, 7.8).
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    };
    const listener = hotState(
      `${certificate ? 'https' : 'http'} ${isHandedOver('http') ? 'handed over' : `${host} ${port}`}`,
      () => {
        const made = certificate
          ? createSecureServer({ ...limits, handshakeTimeout: headerTime * 1000 })
          : createServer(limits);
        // Before Node's own listener reads from it, and after.
        made.prependListener('connection', (socket: Socket) => counter.admit(socket));
        return made.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => {
          if (!socket.destroyed) pipelines.set(socket, new Pipeline(socket));
        });
      },
      (listener) => void listener.close(),
    );

    return {
      provide: {
        http: {
          mount: (path, handler) => routes.add(path, handler),
          upgrade: (path, handler) => upgrades.add(path, handler),
          addressOf,
        },
      },
      async start() {
        if ('setSecureContext' in listener) certificate?.renews(listener);
        listener.headersTimeout = headerTime * 1000;
        listener.requestTimeout = requestTime * 1000;
        listener.maxConnections = options.maxConnections;
        listener.timeout = SILENCE;
        counter.admit = admit;
        listener.removeAllListeners('request').on('request', (request, response) => serve(request, response));
        listener.removeAllListeners('checkExpectation').on('checkExpectation', (request, response) => {
          serve(request, response, async () => say(response, 417, UNEXPECTED));
        });
        listener.removeAllListeners('upgrade').on('upgrade', hand);
        listener.removeAllListeners('drop').on('drop', () => server.countLimitHit('http-connections'));
        const refused = () => server.countLimitHit('open-files');
        const begun = await listen(listener, { port, host }, logger, 'http', { refused });
        isOurs = hostCheck(options.hosts, listener.address());
        if (!begun) return;
        server.listens(certificate ? 'https' : 'http', placeOf(listener));
      },
      stop() {
        listener.close();
        listener.closeAllConnections();
      },
    };
  },
});
