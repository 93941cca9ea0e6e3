import {
  Accounts,
  definePlugin,
  type Entry,
  KeyedQueue,
  MessageLog,
  RoomLog,
  Rooms,
  roomChangeIn,
  Storage,
  z,
} from 'chatserv';
import { Approval } from './approval.ts';
import { approvalCommands } from './commands.ts';
import { HeldMessages } from './held-messages.ts';
import { heldKind, Notices } from './notices.ts';
import { ApprovalRooms, approvalKind } from './rooms.ts';

/** How often messages that have waited too long are looked for, in milliseconds. */
const SWEEP_INTERVAL = 600_000;

/** When that is done first, in milliseconds after the start: once the plugin is live, and can post. */
const FIRST_SWEEP = 1000;

export default definePlugin({
  name: 'approval',
  summary: 'Holds the messages of members in rooms until a moderator approves them',
  options: z.strictObject({
    rooms: z
      .array(z.string().startsWith('#'))
      .default([])
      .describe('Rooms in which approval is always on, such as `#class`'),
    perRoom: z.int().positive().default(100).describe('How many messages can wait in a room'),
    perSender: z.int().positive().default(5).describe('How many messages of one user can wait in a room'),
    time: z
      .number()
      .positive()
      .default(7 * 86_400)
      .describe('How long a message waits before it is dropped, in seconds'),
    pageSize: z.int().positive().max(100).default(20).describe('How many messages `room-held` lists at a time'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { rooms: Rooms, roomLog: RoomLog },
  setup(setup) {
    const { options, accounts, messageLog, rooms, roomLog, storage, server, clock, logger, hotState, signal } = setup;
    if (rooms === undefined) return {};
    const held = new HeldMessages(
      storage,
      // Two generations of the plugin can be at work at the same time.
      hotState('turns', () => new KeyedQueue<number>()),
    );
    const approvalRooms = new ApprovalRooms(server, messageLog, rooms, options.rooms);
    const notices = new Notices(server, rooms, accounts);
    const approval = new Approval({ options, accounts, rooms, roomLog, server, clock, approvalRooms, held, notices });
    let unfollow = () => {};
    let cancelSweep = () => {};

    /** Runs work that nobody waits for. */
    function inBackground(work: Promise<unknown>): void {
      work.catch((err: unknown) => logger.error({ event: 'store-error', err }, 'held messages could not be changed'));
    }

    function follow(entries: readonly Entry[]): void {
      for (const entry of entries) {
        approvalRooms.note(entry);
        if (entry.kind === 'leave') inBackground(approval.dropOf(entry.room, { id: entry.sender }));
        if (roomChangeIn(entry)?.change === 'deleted') inBackground(held.dropRoom(entry.room));
      }
    }

    /** Posts what was approved when the server was interrupted, and drops what has waited too long; now and then. */
    function sweepAfter(time: number): void {
      cancelSweep = clock.after(time, () => {
        if (signal.aborted) return;
        inBackground(approval.resume().then(() => approval.expire()));
        sweepAfter(SWEEP_INTERVAL);
      });
    }

    return {
      kinds: [approvalKind, heldKind],
      commands: approvalCommands({ options, accounts, rooms, approvalRooms, held, approval }),
      hooks: {
        onMessage: {
          guard: {
            filter: (message) => approval.concerns(message),
            handler(message) {
              approval.noteTyped(message);
              return undefined;
            },
          },
          // After all guards, so that a message is held only if nothing else refuses it.
          transform: {
            order: 'post',
            filter: (message) => approval.concerns(message),
            handler: (message) => approval.check(message),
          },
        },
        async onLogin({ account }) {
          if (account === undefined) return;
          for (const room of await held.rooms()) {
            if (await notices.isFor(account, room)) await notices.remind(account, room, (await held.list(room)).length);
          }
        },
        async onAccountChange(account, change) {
          if (change !== 'removed') return;
          for (const room of await held.rooms()) await approval.dropOf(room, account);
        },
      },
      async start() {
        unfollow();
        unfollow = messageLog.follow(follow);
        await approvalRooms.load();
        cancelSweep();
        sweepAfter(FIRST_SWEEP);
      },
      dispose() {
        unfollow();
        cancelSweep();
      },
    };
  },
});
