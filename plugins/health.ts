import type { ServerResponse } from 'node:http';
import { Accounts, Backups, definePlugin, Health, type HealthReport, Http, MessageLog, Plugins, z } from 'chatserv';

const WELL = 'well';

export default definePlugin({
  name: 'health',
  summary: 'Checks the health of the server: /health/live, /health/ready and chatserv health',
  options: z.strictObject({
    storeTime: z.number().positive().default(2).describe('How long the store may take to answer, in seconds'),
    loopTime: z.number().positive().default(1).describe('How late the event loop may be, in seconds'),
  }),
  needs: { accounts: Accounts, plugins: Plugins },
  wants: { http: Http, messageLog: MessageLog, backups: Backups },
  provides: { health: Health },
  setup({ options, accounts, messageLog, plugins, clock, http, backups }) {
    const unmounts: (() => void)[] = [];
    let running: Promise<HealthReport> | undefined;

    async function measure(): Promise<HealthReport> {
      const state = plugins.state();
      const began = performance.now();
      await new Promise(setImmediate);
      const late = (performance.now() - began) / 1000;
      const checks = {
        // It serves only once every listener is open.
        server: state === 'serving' ? WELL : `it is ${state}`,
        'event-loop': late <= options.loopTime ? WELL : `it was late by ${late.toFixed(1)} s`,
        store: await store(),
      };
      const ready = Object.values(checks).every((result) => result === WELL);
      // A server without a recent backup can still serve.
      return { ready, checks: backups === undefined ? checks : { ...checks, backups: stateOf(backups) } };
    }

    /** Looks up a name that no user can have, and checks that messages can be stored. */
    async function probe(): Promise<void> {
      await accounts.find('');
      if (messageLog?.check !== undefined) await messageLog.check();
      // Changes an account that cannot exist, which a read-only store refuses.
      else await accounts.setSeen(0, 0);
    }

    async function store(): Promise<string> {
      const { promise: late, resolve } = Promise.withResolvers<string>();
      const cancel = clock.after(options.storeTime * 1000, () =>
        resolve(`it has not answered within ${options.storeTime} s`),
      );
      const answer = probe().then(
        () => WELL,
        (cause: Error) => cause.message,
      );
      return await Promise.race([answer, late]).finally(cancel);
    }

    /** Checks at the same time share one result, so that probes cannot load the store. */
    const check = (): Promise<HealthReport> => {
      running ??= measure().finally(() => {
        running = undefined;
      });
      return running;
    };

    return {
      provide: { health: { check } },
      start() {
        if (http === undefined) return;
        unmounts.push(
          http.mount('/health/live', (_request, response) => respond(response, true, { live: true })),
          http.mount('/health/ready', async (_request, response) => {
            const report = await check();
            respond(response, report.ready, report);
          }),
        );
      },
      dispose() {
        for (const unmount of unmounts) unmount();
      },
    };
  },
});

function stateOf({ latest, overdue }: Backups): string {
  if (!overdue) return WELL;
  return latest === undefined ? 'there is none' : `the latest is from ${new Date(latest).toISOString()}`;
}

function respond(response: ServerResponse, well: boolean, body: object): void {
  response.writeHead(well ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
