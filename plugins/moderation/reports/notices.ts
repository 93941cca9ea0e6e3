import { type Account, type KindSpec, notifyOnline, type Rooms, type Server, z } from 'chatserv';
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

/** Tells moderators of open reports: at once those who are online, the others when they log in. */
export class Notices {
  readonly #server: Server;
  readonly #rooms: Rooms | undefined;
  /** The moderators of the server who have logged in. */
  readonly #staff = new Set<number>();

  constructor(server: Server, rooms: Rooms | undefined) {
    this.#server = server;
    this.#rooms = rooms;
  }

  /** Notes whether an account moderates the server. */
  noteStaff({ id }: Account, isStaff: boolean): void {
    if (isStaff) this.#staff.add(id);
    else this.#staff.delete(id);
  }

  /** Tells the moderators of a queue of a new report. @param except accounts that are not told */
  async tell(queue: Queue, open: number, report: NewReport, except: readonly number[]): Promise<void> {
    const moderators = queue === 'server' ? [...this.#staff] : ((await this.#rooms?.moderators(queue)) ?? []);
    const told = moderators.filter((id) => !except.includes(id));
    await this.#send(told, queue, { open, ...report });
  }

  /** Tells a moderator who has logged in how many reports of a queue are open. */
  async remind({ id }: Account, queue: Queue, open: number): Promise<void> {
    if (open > 0) await this.#send([id], queue, { open });
  }

  async #send(to: readonly number[], queue: Queue, about: NewReport & { readonly open: number }): Promise<void> {
    const room = queue === 'server' ? undefined : await this.#rooms?.get(queue);
    const data = { ...(room && { room: room.id, roomName: `#${room.name}` }), ...about };
    await notifyOnline(this.#server, to, reportKind.name, data);
  }
}
