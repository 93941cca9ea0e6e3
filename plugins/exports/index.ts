import {
  Accounts,
  definePlugin,
  Http,
  MessageLog,
  PersonalData,
  Rooms,
  refuse,
  Storage,
  settledTime,
  z,
} from 'chatserv';
import { exportCommands } from './commands.ts';
import { downloadHandler, type Export } from './downloads.ts';
import { type ExportLink, Links } from './links.ts';
import { ownData } from './own-data.ts';
import type { ExportRecord } from './records.ts';
import { roomData } from './room-data.ts';

const DAY = 86_400;

export default definePlugin({
  name: 'exports',
  summary: 'Lets users download their data, and owners their rooms, as a page or as JSON lines',
  options: z.strictObject({
    path: z
      .string()
      .regex(/^\/(?:[\w.~-]+\/)+$/, "a path such as '/export/'")
      .default('/export/')
      .describe('The path of the downloads on the HTTP port; it ends with a slash'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('The address of the HTTP port, for links: `https://chat.example.org/`; without it users get the path'),
    role: z
      .enum(['reader', 'member', 'speaker', 'moderator', 'owner'])
      .default('owner')
      .describe('The least role in a room that may export it'),
    linkTime: z.number().positive().default(600).describe('How long a link is valid, in seconds'),
    perDay: z.int().positive().default(10).describe('How many links a user can make a day'),
    maxRunning: z.int().positive().default(4).describe('How many downloads can run at once, one for each user'),
    maxTime: z.number().positive().default(3600).describe('How long a download can take, in seconds'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { http: Http, rooms: Rooms, personalData: PersonalData },
  setup(context) {
    const {
      options,
      accounts,
      messageLog,
      http,
      rooms,
      personalData = [],
      storage,
      server,
      clock,
      signal,
      hotState,
      quota,
    } = context;
    const links = new Links(storage, settledTime(clock));
    const made = quota('links');
    const running = hotState('running', () => new Set<number>());
    let unmount = () => {};

    /** Opens an export for an account that may still have it. */
    async function open({ account, room: id }: ExportLink): Promise<Export | undefined> {
      const upTo = await messageLog.head();
      const source = { accounts, messageLog, server, personalData };
      if (id === undefined) {
        const stored = await accounts.get(account.id);
        return stored && { of: stored.name, records: whole(stored.name, ownData(account, upTo, source)) };
      }
      const room = await rooms?.find(id, account);
      if (room === undefined || !(await rooms?.allows(id, account, options.role))) return undefined;
      return { of: `#${room.name}`, records: whole(`#${room.name}`, roomData(room, account, upTo, source)) };
    }

    /** An export with its first and last record. */
    async function* whole(of: string, records: AsyncIterable<ExportRecord>): AsyncGenerator<ExportRecord> {
      yield { type: 'export', version: 1, of, time: new Date(clock.now()).toISOString() };
      let messages = 0;
      for await (const record of records) {
        yield record;
        if (record.type === 'message') messages++;
      }
      yield { type: 'end', messages };
    }

    return {
      commands: exportCommands({
        rooms,
        role: options.role,
        refusal: () =>
          http === undefined
            ? refuse('unsupported', "This server has no HTTP port to download from: its host can switch on 'http'.")
            : undefined,
        async make(account, room, format) {
          if (made.take(`${account.id}`, { most: options.perDay, time: DAY }, clock.monotonic()) > 0) {
            server.countLimitHit('exports');
            return refuse('too-many', `You can make ${options.perDay} exports a day.`);
          }
          const time = options.linkTime * 1000;
          const token = await links.add({ account, room, format }, time);
          const path = `${options.path}${token}`;
          return {
            link: options.url === undefined ? path : new URL(path.slice(1), withSlash(options.url)).href,
            expires: clock.now() + time,
          };
        },
      }),
      hooks: {
        async onAccountChange({ id }, change, elsewhere) {
          // The server that made the change has ended them.
          if (change !== 'registered' && !elsewhere) await links.endOf(id);
        },
      },
      start() {
        unmount();
        if (http === undefined) return;
        const { path, maxRunning, maxTime } = options;
        const shared = { path, links, running, maxRunning, maxTime, server, clock, signal };
        unmount = http.mount(path, downloadHandler({ ...shared, open }));
      },
      dispose: () => unmount(),
    };
  },
});

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
