import {
  type Account,
  Accounts,
  definePlugin,
  Ignores,
  Markers,
  MessageLog,
  nameRooms,
  OtherServers,
  PersonalData,
  roomAsTyped,
  type Session,
  Storage,
  z,
} from 'chatserv';
import { conversationsCommand, notifyCommand, readCommand, unreadCommand } from './commands.ts';
import { isProgram, marksItself } from './delivered.ts';
import { NotificationLevels } from './levels.ts';
import { totalsOf } from './listing.ts';
import { SharedMarkers } from './other-servers.ts';
import { Positions } from './positions.ts';
import { Reading, readingState } from './reading.ts';

export default definePlugin({
  name: 'markers',
  summary: 'Counts what each user has not read, the same on all devices',
  options: z.strictObject({
    writeTime: z.number().positive().default(1).describe('How often markers moved by posting are written, in seconds'),
    deliveredTime: z
      .number()
      .positive()
      .default(60)
      .describe(
        'How often messages delivered to clients of plain lines are marked as read, in seconds; also when they log out',
      ),
    maxRooms: z
      .int()
      .positive()
      .default(100)
      .describe('The most rooms in an answer to `unread` or `conversations`, which lists further ones page by page'),
    maxLevels: z
      .int()
      .positive()
      .default(1000)
      .describe('For how many rooms a user can have a notification level other than `all`'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { ignores: Ignores, otherServers: OtherServers },
  provides: { personalData: PersonalData, markers: Markers },
  setup({ options, accounts, ignores, otherServers, messageLog, storage, server, logger, clock, hotState, signal }) {
    const positions = new Positions(messageLog, ignores);
    const reading = new Reading(messageLog, positions, server, logger, hotState('reading', readingState));
    const levels = new NotificationLevels(storage, options.maxLevels);
    const shared = new SharedMarkers(otherServers, server, levels);
    const context = { accounts, messageLog, reading, positions, levels, shared, server, maxRooms: options.maxRooms };
    let cancelWrite: (() => void) | undefined;
    let cancelMark = (): void => {};
    let unfollow = (): void => {};
    let stopSharing = (): void => {};

    reading.moved = () => {
      if (signal.aborted) return;
      cancelWrite ??= clock.after(options.writeTime * 1000, () => {
        cancelWrite = undefined;
        void reading.write();
      });
    };

    /** Marks what was delivered, one session at a time, so that other work gets its turn. */
    async function markAll(): Promise<void> {
      for (const session of [...server.sessions()]) {
        if (signal.aborted) return;
        if (session.account !== undefined && !session.ended) await reading.mark(session);
      }
      markLater();
    }

    function markLater(): void {
      cancelMark = clock.after(options.deliveredTime * 1000, () => void markAll());
    }

    async function sendTotals(session: Session): Promise<void> {
      const { account } = session;
      if (account === undefined) return;
      await reading.settle(account, session);
      const [unread, ofRooms] = await Promise.all([positions.unread(account), levels.of(account.id)]);
      session.send({ kind: 'event', event: 'unread', facts: { ...totalsOf(unread, ofRooms) } });
    }

    /** Where an account has a notification level other than `all`. */
    async function ownLevels({ id }: Account): Promise<Record<string, string> | undefined> {
      const ofRooms = await levels.of(id);
      const rooms = await nameRooms([...ofRooms.keys()], id, context);
      return rooms.length === 0
        ? undefined
        : Object.fromEntries(rooms.map((room) => [roomAsTyped(room), ofRooms.get(room.room) ?? 'all']));
    }

    return {
      provide: {
        markers: { marksItself },
        personalData: { name: 'notification-levels', of: ownLevels },
      },
      commands: [readCommand(context), unreadCommand(context), conversationsCommand(context), notifyCommand(context)],
      hooks: {
        onLogin: {
          observe: {
            // Before the queued messages.
            order: 'pre',
            async handler(session) {
              reading.begun(session);
              if (isProgram(session)) await sendTotals(session);
            },
          },
        },
        onDisconnect: {
          observe: {
            // After all others, because it waits until the transport has taken the last bytes, or lost them.
            order: 'post',
            async handler(session) {
              if (session.account === undefined || isProgram(session)) return;
              await new Promise<void>((resolve) => session.onClosed(resolve));
              await reading.mark(session);
            },
          },
        },
        async onAccountChange(account, change) {
          if (change === 'removed') await levels.forget(account.id);
        },
      },
      start() {
        // Those who logged in while the plugin was off.
        for (const session of server.sessions()) reading.begun(session);
        unfollow();
        unfollow = messageLog.follow(reading.follow);
        stopSharing();
        stopSharing = shared.share(reading);
        cancelMark();
        markLater();
      },
      async dispose() {
        unfollow();
        stopSharing();
        cancelMark();
        cancelWrite?.();
        await reading.write();
      },
    };
  },
});
