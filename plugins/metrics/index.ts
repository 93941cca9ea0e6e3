import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  addressList,
  Backups,
  definePlugin,
  Http,
  inAddressList,
  Plugins,
  plainAddress,
  processGroup,
  StoreFacts,
  z,
} from 'chatserv';
import { page } from './catalogue.ts';
import { joinedPages } from './group.ts';
import { watchProcess } from './process.ts';

/** The headers of proxies. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

export default definePlugin({
  name: 'metrics',
  summary: 'Serves metrics to Prometheus at /metrics',
  options: z.strictObject({
    networks: addressList
      .default(['127.0.0.0/8', '::1'])
      .describe('Who may read the metrics: IP addresses and networks'),
  }),
  needs: { http: Http, plugins: Plugins },
  wants: { store: StoreFacts, backups: Backups },
  setup({ options, http, plugins, store, backups, logger, signal }) {
    const mayRead = inAddressList(options.networks);
    const readProcess = watchProcess(signal);
    let unmount = () => {};
    let writing: Promise<string> | undefined;

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const objection = objectionTo(request);
      if (objection !== undefined) {
        response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${objection}\n`);
        return;
      }
      // Concurrent requests share one page.
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
      const written = await writing;
      response.writeHead(200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(written);
    }

    /** The page of all processes, since a request reaches any of them. */
    async function writeAll(): Promise<string> {
      return processGroup === undefined ? await write() : joinedPages(await processGroup.ask('metrics'));
    }

    async function write(): Promise<string> {
      return page({ server: plugins.facts(), store: await storeFacts(), backups, process: await readProcess() });
    }

    function objectionTo(request: IncomingMessage): string | undefined {
      const from = http.addressOf(request);
      const direct = from === plainAddress(request.socket.remoteAddress ?? '');
      // A proxy on this machine may read, but its clients may not.
      if (direct && FORWARDED.some((header) => header in request.headers)) {
        return "This request came through an unknown proxy: add it to the option 'proxies' of the plugin 'http'.";
      }
      return mayRead(from)
        ? undefined
        : "This address may not read metrics: add it to the option 'networks' of the plugin 'metrics'.";
    }

    async function storeFacts() {
      try {
        return await store?.read();
      } catch (err) {
        logger.warn({ event: 'store-error', err }, "cannot read the store's statistics");
        return undefined;
      }
    }

    return {
      start() {
        processGroup?.handle('metrics', write);
        unmount = http.mount('/metrics', answer);
      },
      dispose() {
        unmount();
      },
    };
  },
});
