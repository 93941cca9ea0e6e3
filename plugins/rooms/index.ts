import {
  Accounts,
  definePlugin,
  type Entry,
  isGuest,
  isMessage,
  KeyedQueue,
  MessageLog,
  nameKey,
  OtherServers,
  Roles,
  Rooms,
  Storage,
  TimedBlocks,
} from 'chatserv';
import { accountOf, roomKinds } from './changes.ts';
import type { RoomContext } from './context.ts';
import { Declared } from './declared.ts';
import { Directory } from './directory.ts';
import { everydayCommands } from './everyday-commands.ts';
import { Members } from './members.ts';
import { Memberships } from './memberships.ts';
import { Moderation } from './moderation.ts';
import { moderatorCommands } from './moderator-commands.ts';
import { Moderators } from './moderators.ts';
import { nameCommands } from './name-commands.ts';
import { NameRules } from './name-rules.ts';
import { bare } from './names.ts';
import { roomsOptions } from './options.ts';
import { ownerCommands } from './owner-commands.ts';
import { Posting } from './posting.ts';
import { RoomBlocks } from './room-blocks.ts';
import { roomsService } from './service.ts';
import { Settings } from './settings.ts';
import { SlowMode } from './slow-mode.ts';

export default definePlugin({
  name: 'rooms',
  summary: 'Named rooms: public, by invitation or private, with roles, moderation and slow mode',
  options: roomsOptions,
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { otherServers: OtherServers, roles: Roles },
  provides: { rooms: Rooms },
  setup(setup) {
    const { options, accounts, messageLog: log, storage, otherServers, roles, server, clock, logger, hotState } = setup;
    const blocks = (collection: string) => new RoomBlocks(new TimedBlocks(storage, collection, setup));
    const mutes = blocks('room-mutes');
    const isOnline = (id: number) => server.sessionsOf({ id, name: '' }).length > 0;
    const memberships = new Memberships(log, mutes, clock, isOnline);
    const moderators = new Moderators(log);
    const directory = new Directory(log, logger, (room) => {
      memberships.dropRoom(room);
      moderators.drop(room);
    });
    const slowMode = hotState('slow-mode', () => new SlowMode());
    const context: RoomContext = {
      options,
      accounts,
      log,
      roles,
      otherServers,
      server,
      clock,
      logger,
      directory,
      memberships,
      moderators,
      bans: blocks('room-bans'),
      mutes,
      invitations: blocks('room-invitations'),
      slowMode,
      // Two generations of the plugin can be at work at the same time.
      queue: hotState('queue', () => new KeyedQueue<number>()),
      declared: new Map(Object.entries(options.declared).map(([name, room]) => [nameKey(bare(name)), room])),
    };
    const settings = new Settings(context);
    const members = new Members(context, settings);
    const posting = new Posting(context);
    const declared = new Declared(context, settings, members);
    const moderation = new Moderation(context, members);
    const rules = new NameRules(context);
    let unfollow = () => {};
    let stopHandling = () => {};

    function follow(entries: readonly Entry[]): void {
      for (const entry of entries) {
        directory.note(entry);
        const about = accountOf(entry);
        memberships.note(entry, about);
        moderators.note(entry, about);
        const { room, sender } = entry;
        // Also what the account posts in another process.
        if (isMessage(entry) && (directory.get(room)?.slow ?? 0) > 0) slowMode.note(room, sender, clock.monotonic());
      }
    }

    return {
      provide: { rooms: roomsService(context, settings, members, posting) },
      kinds: roomKinds((room) => (directory.get(room)?.size ?? 0) > options.quietAbove),
      commands: [
        ...everydayCommands(context, settings, members),
        ...moderatorCommands(context, moderation, rules),
        ...nameCommands(context, rules),
        ...ownerCommands(context, settings, members),
      ],
      hooks: {
        onMessage: {
          guard: {
            filter: ({ audience }) => 'group' in audience && audience.group === 'room',
            handler: (message) => posting.guard(message),
          },
        },
        onLogin: {
          observe: {
            // Before `wholast` records the login.
            order: 'pre',
            async handler({ account }) {
              // A guest cannot be a member.
              if (account !== undefined && !isGuest(account)) await declared.loggedIn(account);
            },
          },
        },
        async onDisconnect({ account }) {
          if (account !== undefined) memberships.forget(account.id);
        },
        async onAccountChange(account, change) {
          if (change === 'registered') await declared.registered(account);
          if (change !== 'removed') return;
          for (const one of [context.bans, mutes, context.invitations]) await one.removeAccount(account.id);
          for (const room of await directory.removed(account.id)) await settings.removeEmpty(room);
        },
      },
      async start() {
        unfollow();
        unfollow = log.follow(follow);
        stopHandling();
        stopHandling = members.handleLeft();
        await directory.load();
        await declared.apply();
      },
      dispose() {
        unfollow();
        stopHandling();
      },
    };
  },
});
