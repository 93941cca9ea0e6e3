import { ConfigErrors } from '../host/config-errors.ts';
import { Invitations } from '../services/invitations.ts';
import { MessageLog } from '../services/message-log.ts';
import { isRole } from '../services/roles.ts';
import { print } from './print.ts';
import { withServices } from './services.ts';

/** The arguments of `chatserv invite`. */
export interface InviteOptions {
  /** For how many users. */
  readonly uses: number;
  /** How long it is valid, in seconds. */
  readonly time: number;
  /** The rooms that its users join, such as `#lab`. */
  readonly rooms: readonly string[];
  /** The roles that its users get. */
  readonly roles: readonly string[];
}

/** Makes an invitation of the host's and prints its code, beside a running server or without one. */
export async function invite(config: string | undefined, { uses, time, rooms, roles }: InviteOptions): Promise<void> {
  const wrong = roles.filter((role) => !isRole(role));
  if (wrong.length > 0) {
    throw new ConfigErrors(
      wrong.map((role) => `'${role}' cannot be a role: roles have lower-case letters, digits and hyphens.`),
    );
  }
  const services = { invitations: Invitations, messageLog: MessageLog };
  await withServices(config, services, async ({ invitations, messageLog }) => {
    const found = await Promise.all(rooms.map((room) => messageLog.room(room.replace(/^#/, ''))));
    const missing = rooms.filter((_, index) => found[index]?.kind !== 'room');
    if (missing.length > 0) throw new ConfigErrors(missing.map((room) => `There is no room '${room}'.`));
    const ids = found.filter((room) => room !== undefined).map(({ id }) => id);
    const { code, link, expires } = await invitations.create({ uses, time, rooms: ids, roles });
    const users = uses === 1 ? 'one new user' : `${uses} new users`;
    print(`Until ${new Date(expires).toISOString()}, this code lets ${users} register:\n${code}\n`);
    if (link !== undefined) print(`${link}\n`);
  });
}
