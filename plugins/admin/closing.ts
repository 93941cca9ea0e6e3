import { type OtherServers, type Server, type Session, z } from 'chatserv';
import { type Bans, isFrom } from './bans.ts';
import type { Mutes } from './mutes.ts';

/** The sessions that a command closes: of an account by its id, or of a network. */
const closing = z.union([
  z.object({ reason: z.enum(['kicked', 'banned']), account: z.int() }),
  z.object({ reason: z.enum(['kicked', 'banned']), network: z.string() }),
]);

export type Closing = z.infer<typeof closing>;

/** Closes sessions of this server. @returns how many */
export function closeSessions(server: Server, closing: Closing): number {
  const isMeant =
    'network' in closing ? isFrom(closing.network) : ({ account }: Session) => account?.id === closing.account;
  const closed = [...server.sessions()].filter(isMeant);
  for (const session of closed) session.close(closing.reason);
  return closed.length;
}

/** Does here what moderators do on other servers. @returns stops that */
export function obeyOthers(others: OtherServers, server: Server, bans: Bans, mutes: Mutes): () => void {
  const stops = [
    others.handle('admin.close', (data) => {
      const asked = closing.parse(data);
      if ('network' in asked) bans.note(asked.network);
      return closeSessions(server, asked);
    }),
    // Set or lifted: the store tells.
    others.handle('admin.mute', async (data) => {
      const account = { id: z.object({ account: z.int() }).parse(data).account, name: '' };
      if (server.sessionsOf(account).length > 0) await mutes.recall(account);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
