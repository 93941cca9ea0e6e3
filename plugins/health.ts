import type { ServerResponse } from 'node:http';
import { Accounts, definePlugin, Health, type HealthReport, Http, MessageLog, Plugins, z } from 'chatserv';

const WELL = 'well';

export default definePlugin({
  name: 'health',
  summary: 'Tells those who supervise the server whether it works: /health/live, /health/ready and chatserv health',
  options: z.strictObject({
    storeTime: z.number().positive().default(2).describe('How long the store may take to answer, in seconds'),
    loopTime: z.number().positive().default(1).describe('How long the event loop may take to come round, in seconds'),
  }),
  needs: { accounts: Accounts, plugins: Plugins },
  wants: { http: Http, messageLog: MessageLog },
  provides: { health: Health },
  setup({ options, accounts, messageLog, plugins, clock, http }) {
    const unmounts: (() => void)[] = [];
    let underWay: Promise<HealthReport> | undefined;

    async function look(): Promise<HealthReport> {
      const state = plugins.state();
      const began = performance.now();
      await new Promise(setImmediate);
      const late = (performance.now() - began) / 1000;
      const checks = {
        // It serves only once every listener is open.
        server: state === 'serving' ? WELL : `it is ${state}`,
        'event-loop': late <= options.loopTime ? WELL : `it came round after ${late.toFixed(1)} s`,
        store: await store(),
      };
      return { ready: Object.values(checks).every((said) => said === WELL), checks };
    }

    /** Asks the store for a name that nobody can have, and whether it can keep messages. */
    async function ask(): Promise<void> {
      await accounts.find('');
      if (messageLog?.check !== undefined) await messageLog.check();
      // A change to an account that cannot be there: a store that only reads refuses it.
      else await accounts.setSeen(0, 0);
    }

    async function store(): Promise<string> {
      const { promise: late, resolve } = Promise.withResolvers<string>();
      const cancel = clock.after(options.storeTime * 1000, () =>
        resolve(`it has not answered within ${options.storeTime} s`),
      );
      const answer = ask().then(
        () => WELL,
        (cause: Error) => cause.message,
      );
      return await Promise.race([answer, late]).finally(cancel);
    }

    /** Who asks while a look is under way is told its outcome: questions cost the store nothing more. */
    const check = (): Promise<HealthReport> => {
      underWay ??= look().finally(() => {
        underWay = undefined;
      });
      return underWay;
    };

    return {
      provide: { health: { check } },
      start() {
        if (http === undefined) return;
        unmounts.push(
          http.mount('/health/live', (_request, response) => say(response, true, { live: true })),
          http.mount('/health/ready', async (_request, response) => {
            const report = await check();
            say(response, report.ready, report);
          }),
        );
      },
      dispose() {
        for (const unmount of unmounts) unmount();
      },
    };
  },
});

function say(response: ServerResponse, well: boolean, body: object): void {
  response.writeHead(well ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
