import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressList, definePlugin, Http, inAddressList, Plugins, plainAddress, StoreFacts, z } from 'chatserv';
import { page } from './catalogue.ts';
import { watchProcess } from './process.ts';

/** With these a proxy says that it asks for somebody else. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

export default definePlugin({
  name: 'metrics',
  summary: 'Shows what the server does to Prometheus, at /metrics',
  options: z.strictObject({
    networks: addressList
      .default(['127.0.0.0/8', '::1'])
      .describe('Who may read the page: IP addresses and networks. The port is there for everybody, the page is not'),
  }),
  needs: { http: Http, plugins: Plugins },
  wants: { store: StoreFacts },
  setup({ options, http, plugins, store, logger, signal }) {
    const mayRead = inAddressList(options.networks);
    const look = watchProcess(signal);
    let unmount = () => {};
    let underWay: Promise<string> | undefined;

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const objection = objectionTo(request);
      if (objection !== undefined) {
        response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${objection}\n`);
        return;
      }
      // Requests that come while a page is being made are given the same one.
      underWay ??= write().finally(() => {
        underWay = undefined;
      });
      const written = await underWay;
      response.writeHead(200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(written);
    }

    async function write(): Promise<string> {
      return page({ server: plugins.facts(), store: await storeFacts(), process: await look() });
    }

    function objectionTo(request: IncomingMessage): string | undefined {
      const from = http.addressOf(request);
      const direct = from === plainAddress(request.socket.remoteAddress ?? '');
      // A proxy of this machine has an address that may read; whoever it asks for may not.
      if (direct && FORWARDED.some((header) => header in request.headers)) {
        return 'This came through a proxy that the option proxies of the plugin http does not name.';
      }
      return mayRead(from) ? undefined : 'The option networks of the plugin metrics does not let you read this.';
    }

    async function storeFacts() {
      try {
        return await store?.read();
      } catch (err) {
        logger.warn({ event: 'store-error', err }, 'the store does not tell of its work');
        return undefined;
      }
    }

    return {
      start() {
        unmount = http.mount('/metrics', answer);
      },
      dispose() {
        unmount();
      },
    };
  },
});
