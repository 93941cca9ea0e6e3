import { type OtherServers, type Server, type Session, z } from 'chatserv';
import { isProgram } from './delivered.ts';
import type { NotificationLevels } from './levels.ts';
import type { Reading } from './reading.ts';

const READ = 'markers.read';
const LEVEL = 'markers.level';

/** How many rooms another server may name at once. */
const ROOMS_MOST = 1000;

const read = z.object({ account: z.int(), rooms: z.array(z.int()).max(ROOMS_MOST) });
const level = z.object({ account: z.int(), room: z.int() });

/** What the devices of an account on other servers are sent, too. */
export class SharedMarkers {
  readonly #others: OtherServers | undefined;
  readonly #server: Server;
  readonly #levels: NotificationLevels;

  constructor(others: OtherServers | undefined, server: Server, levels: NotificationLevels) {
    this.#others = others;
    this.#server = server;
    this.#levels = levels;
  }

  /** Begins to send what changes here, and what changes on other servers. @returns stops that */
  share(reading: Reading): () => void {
    const others = this.#others;
    if (others === undefined) return () => {};
    reading.written = (account, rooms) => {
      for (let i = 0; i < rooms.length; i += ROOMS_MOST) {
        others.tell(READ, { account: account.id, rooms: rooms.slice(i, i + ROOMS_MOST) }, account);
      }
    };
    const stops = [
      others.handle(READ, (data) => {
        const { account, rooms } = read.parse(data);
        return reading.tell(account, rooms);
      }),
      others.handle(LEVEL, (data) => {
        const { account, room } = level.parse(data);
        return this.#sendLevel(account, room);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Sends a new notification level to an account's programs. @param except the session that has set it */
  async levelChanged(account: number, room: number, except: Session): Promise<void> {
    this.#others?.tell(LEVEL, { account, room }, { id: account });
    await this.#sendLevel(account, room, except);
  }

  async #sendLevel(account: number, room: number, except?: Session): Promise<void> {
    const programs = this.#server
      .sessionsOf({ id: account, name: '' })
      .filter((session) => session !== except && isProgram(session));
    if (programs.length === 0) return;
    const facts = { room, level: (await this.#levels.of(account)).get(room) ?? 'all' };
    for (const session of programs) session.send({ kind: 'event', event: 'notify', facts });
  }
}
