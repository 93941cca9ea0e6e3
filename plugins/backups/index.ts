import { Backup, Backups, definePlugin, StoreFacts, z } from 'chatserv';
import { BackupFolder } from './folder.ts';
import { SCHEDULE, scheduleOf } from './schedule.ts';

/** The longest wait before the schedule is checked again, in milliseconds: the time of day may be changed. */
const LOOK_EVERY = 60_000;

/** How long to wait after a failure, in milliseconds. */
const RETRY_AFTER = 600_000;

const MIB = 2 ** 20;

export default definePlugin({
  name: 'backups',
  summary: 'Makes backups of the store on a schedule, and keeps the latest ones',
  options: z.strictObject({
    every: z
      .string()
      .regex(SCHEDULE, "an interval such as '30m', '6h' or '1d', or a time of day such as '03:30'")
      .default('1d')
      .describe(
        "How often: an interval such as `6h` or `1d`, or a time of day such as `03:30`, by the server's time zone",
      ),
    keep: z.int().positive().default(7).describe('How many backups to keep; the oldest are deleted first'),
    folder: z
      .string()
      .min(1)
      .default('data/backups')
      .describe("The folder of the backups, relative to the config's folder"),
    freeSpace: z
      .number()
      .nonnegative()
      .default(256)
      .describe('The space that a backup must leave free on its disk, in MiB; otherwise it is skipped'),
  }),
  needs: { backup: Backup },
  wants: { facts: StoreFacts },
  provides: { backups: Backups },
  setup({ options, backup, facts, clock, logger, path }) {
    const where = path(options.folder);
    const folder = new BackupFolder(where);
    const schedule = scheduleOf(options.every);
    let latest: number | undefined;
    /** When the last attempt failed, in milliseconds since 1970. */
    let failed: number | undefined;
    let started = 0;
    let isOver = false;
    let cancel = () => {};

    /** When the next backup is due. A backup from the future does not delay it: the clock was wrong then or is wrong now. */
    function due(): number {
      const last = latest === undefined ? undefined : Math.min(latest, clock.now());
      return Math.max(schedule.next(last), failed === undefined ? 0 : failed + RETRY_AFTER);
    }

    function wait(): void {
      if (isOver) return;
      const left = due() - clock.now();
      cancel = clock.after(Math.max(0, Math.min(left, LOOK_EVERY)), () => {
        if (due() > clock.now()) wait();
        else void run().finally(wait);
      });
    }

    async function run(): Promise<void> {
      const time = clock.now();
      const began = clock.monotonic();
      failed = time;
      try {
        const shortage = await findShortage();
        if (shortage !== undefined) {
          logger.warn({ event: 'backup-skipped', folder: where }, `no backup was made: ${shortage}`);
          return;
        }
        const made = await folder.add((file) => backup.copyTo(file), time);
        if (made === undefined) return;
        latest = time;
        failed = undefined;
        logger.info({ event: 'backup', ...made, seconds: (clock.monotonic() - began) / 1000 }, 'made a backup');
        await folder.keep(options.keep);
      } catch (err) {
        if (!isOver) logger.error({ event: 'backup-failure', folder: where, err }, 'a backup failed; will retry');
      }
    }

    /** Why there is no room for a backup, if so. */
    async function findShortage(): Promise<string | undefined> {
      const [free, size] = await Promise.all([folder.free(), facts?.read().then(({ bytes }) => bytes)]);
      const needed = (size ?? 0) + options.freeSpace * MIB;
      if (free >= needed) return undefined;
      return `${where} has ${Math.floor(free / MIB)} MiB of free space, and ${Math.ceil(needed / MIB)} MiB are needed`;
    }

    return {
      provide: {
        backups: {
          get latest() {
            return latest;
          },
          get overdue() {
            return clock.now() > Math.max(latest ?? 0, started) + 2 * schedule.interval;
          },
        },
      },
      start() {
        started = clock.now();
        latest = folder.open();
        wait();
      },
      dispose() {
        isOver = true;
        cancel();
        folder.abandon();
      },
    };
  },
});
