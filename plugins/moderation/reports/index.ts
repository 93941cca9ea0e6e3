import {
  type Account,
  Accounts,
  definePlugin,
  MessageLog,
  OtherServers,
  Roles,
  RoomLog,
  Rooms,
  roomChangeIn,
  Storage,
  z,
} from 'chatserv';
import { Access } from './access.ts';
import { handlingCommands, reportCommand } from './commands.ts';
import { Messages } from './messages.ts';
import { Notices, reportKind } from './notices.ts';
import { ReportRegister } from './register.ts';

export default definePlugin({
  name: 'reports',
  summary: 'Lets users report messages to moderators, who resolve the reports',
  options: z.strictObject({
    perDay: z.int().positive().default(20).describe('How many messages a user can report a day'),
    maxOpen: z
      .int()
      .positive()
      .default(200)
      .describe('How many reports can be open in a room, and how many for the moderators of the server'),
    reasonLength: z.int().positive().default(500).describe('The longest reason, in characters'),
    pageSize: z.int().positive().max(100).default(20).describe('How many reports `reports` lists at a time'),
    showReporters: z.boolean().default(true).describe('Whether moderators see who reported a message'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { otherServers: OtherServers, roles: Roles, rooms: Rooms, roomLog: RoomLog },
  setup(setup) {
    const { options, messageLog, storage, otherServers, roles, rooms, server, logger, quota } = setup;
    const register = new ReportRegister(storage);
    const access = new Access(roles, rooms);
    const notices = new Notices({ server, rooms, otherServers, isStaff: (account) => access.isStaff(account) });
    const messages = new Messages(messageLog);
    const made = quota('made');
    const context = { ...setup, register, access, notices, messages, made };
    let unfollow = () => {};
    let stopSharing = () => {};

    const noteStaff = async (account: Account) => notices.noteStaff(account, await access.isStaff(account));

    return {
      kinds: [reportKind],
      commands: [reportCommand(context), ...handlingCommands(context)],
      hooks: {
        async onLogin({ account }) {
          if (account === undefined) return;
          await noteStaff(account);
          for (const queue of await access.handled(await register.queues(), account)) {
            await notices.remind(account, queue, await register.count(queue, options.maxOpen));
          }
        },
        async onAccountChange(account, change) {
          if (change === 'roles') await noteStaff(account);
          if (change !== 'removed') return;
          notices.noteStaff(account, false);
          await register.forget(account.id);
        },
      },
      async start() {
        // In parallel, so that the store answers them in one batch.
        await Promise.all([...server.sessions()].map(({ account }) => account && noteStaff(account)));
        stopSharing();
        stopSharing = notices.share();
        unfollow();
        unfollow = messageLog.follow((entries) => {
          for (const entry of entries) {
            if (roomChangeIn(entry)?.change !== 'deleted') continue;
            register.dropRoom(entry.room).catch((err: unknown) => {
              logger.error({ event: 'store-error', err }, 'the reports of a deleted room could not be removed');
            });
          }
        });
      },
      dispose() {
        unfollow();
        stopSharing();
      },
    };
  },
});
