import { Accounts, definePlugin, MessageLog, RoomLog, Rooms, Storage, z } from 'chatserv';
import { roomLogCommand } from './command.ts';
import { Journal } from './journal.ts';
import { Recorder } from './recorder.ts';

/** How long to wait between two pages while the log is read at the start, in milliseconds. */
const PAUSE = 10;

export default definePlugin({
  name: 'room-log',
  summary: 'Keeps a log of what moderators did in each room, which its members can read',
  options: z.strictObject({
    readableBy: z
      .enum(['members', 'moderators'])
      .default('members')
      .describe('Who may read the log of a room: all its members, or only its moderators and owners'),
    days: z.number().positive().default(365).describe('How long an act stays in the log, in days'),
    maxActs: z
      .int()
      .positive()
      .default(1000)
      .describe('The most acts in the log of a room; the oldest are dropped first'),
    pageSize: z.int().positive().default(20).describe('How many acts `room-log` shows without a number'),
    maxPageSize: z.int().positive().max(500).default(100).describe('The most acts that `room-log` shows'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  wants: { rooms: Rooms },
  provides: { roomLog: RoomLog },
  setup(setup) {
    const { options, messageLog, storage, rooms, clock, logger, signal } = setup;
    const journal = new Journal(storage, options);
    const failed = (err: unknown) => {
      logger.error({ event: 'store-error', err }, 'what was done in a room could not be noted');
    };
    const pause = () => new Promise<void>((resolve) => void clock.after(PAUSE, resolve));
    const recorder = new Recorder(messageLog, journal, failed, pause);
    let unfollow = () => {};
    return {
      provide: {
        roomLog: {
          async note(room, { id }, act) {
            await recorder.settled();
            await journal.add(room, { by: id, time: clock.now(), act: { ...act } }, await messageLog.head());
          },
        },
      },
      commands: rooms === undefined ? [] : [roomLogCommand({ ...setup, journal, recorder }, rooms)],
      start() {
        unfollow();
        unfollow = messageLog.follow(recorder.follow);
        recorder.catchUp(signal).catch(failed);
      },
      dispose: () => unfollow(),
    };
  },
});
