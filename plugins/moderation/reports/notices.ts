import { type Account, type KindSpec, notifyOnline, type OtherServers, type Rooms, type Server, z } from 'chatserv';
import type { Queue } from './register.ts';

const schema = z.strictObject({
  /** The room whose moderators handle it; without one the moderators of the server do. */
  room: z.int().optional(),
  roomName: z.string().optional(),
  /** How many reports are open there. */
  open: z.int(),
  /** A new report: the id of the message, who sent it, who reported it, and why. */
  id: z.int().optional(),
  user: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
});

/** The moderators that another server tells. */
const staff = z.array(z.int().positive()).max(10_000);

/** A new report, as moderators are told of it. */
type NewReport = Pick<z.infer<typeof schema>, 'id' | 'user' | 'by' | 'reason'>;

/** What moderators who are online are told about reports. No log keeps it: the reports themselves are stored. */
export const reportKind: KindSpec = {
  name: 'report',
  version: 1,
  schema,
  counts: false,
  line({ body }) {
    const { roomName, open, id, user, by = 'a user', reason } = schema.parse(JSON.parse(body));
    const where = roomName === undefined ? '' : `${roomName} `;
    const list = roomName === undefined ? 'reports' : `reports ${roomName}`;
    if (id === undefined) return `${where}*server*: ${open} open ${open === 1 ? 'report' : 'reports'}: ${list}`;
    return `${where}*server*: ${by} reported message ${id} of ${user}${reason ? `: ${reason}` : ''}`;
  },
};

const STAFF = 'reports.staff';

export interface NoticesOptions {
  readonly server: Server;
  readonly rooms: Rooms | undefined;
  readonly otherServers: OtherServers | undefined;
  /** Whether an account moderates the server. */
  isStaff(account: Account): Promise<boolean>;
}

/** Tells moderators of open reports: at once those who are online, the others when they log in. */
export class Notices {
  readonly #options: NoticesOptions;
  /** The moderators of the server who have logged in on this one. */
  readonly #staff = new Set<number>();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Tells other servers which moderators are online here. @returns stops that */
  share(): () => void {
    const { server, otherServers } = this.#options;
    const isHere = (id: number) => server.sessionsOf({ id, name: '' }).length > 0;
    return otherServers?.handle(STAFF, () => [...this.#staff].filter(isHere)) ?? (() => {});
  }

  /** Notes whether an account moderates the server. */
  noteStaff({ id }: Account, isStaff: boolean): void {
    if (isStaff) this.#staff.add(id);
    else this.#staff.delete(id);
  }

  /** Tells the moderators of a queue of a new report. @param except accounts that are not told */
  async tell(queue: Queue, open: number, report: NewReport, except: readonly number[]): Promise<void> {
    const isTold = (id: number) => !except.includes(id);
    if (queue !== 'server') {
      const moderators = (await this.#options.rooms?.moderators(queue)) ?? [];
      await this.#send(moderators.filter(isTold), queue, { open, ...report });
      return;
    }
    const known = new Set(this.#staff);
    await this.#send([...known].filter(isTold), queue, { open, ...report });
    // Nobody waits for other servers; who is told of no new report is told of all at the next login.
    this.#staffElsewhere()
      .then((staff) =>
        this.#send(
          staff.filter((id) => isTold(id) && !known.has(id)),
          queue,
          { open, ...report },
        ),
      )
      .catch(() => {});
  }

  /** The moderators of the server who are online on others. */
  async #staffElsewhere(): Promise<readonly number[]> {
    const { otherServers, isStaff } = this.#options;
    const answers = (await otherServers?.ask(STAFF, {})) ?? [];
    const ids = answers.flatMap((answer) => ('result' in answer ? (staff.safeParse(answer.result).data ?? []) : []));
    const are = await Promise.all(ids.map((id) => isStaff({ id, name: '' })));
    return ids.filter((_, index) => are[index]);
  }

  /** Tells a moderator who has logged in how many reports of a queue are open. */
  async remind({ id }: Account, queue: Queue, open: number): Promise<void> {
    if (open > 0) await this.#send([id], queue, { open });
  }

  async #send(to: readonly number[], queue: Queue, about: NewReport & { readonly open: number }): Promise<void> {
    const room = queue === 'server' ? undefined : await this.#options.rooms?.get(queue);
    const data = { ...(room && { room: room.id, roomName: `#${room.name}` }), ...about };
    await notifyOnline(this.#options.server, to, reportKind.name, data);
  }
}
