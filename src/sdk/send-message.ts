import type { CommandCall } from '../api/command-call.ts';
import { type Reply, refuse } from '../api/decisions.ts';
import type { Server } from '../host/server.ts';

/**
 * Sends a message for a command, as the command `message` does, or `broadcast` if it is for everyone: with the limits of
 * that command, and only if the account may call it.
 * @param call the command's call; the message is what `reply`, `form` and `once` make of it
 * @param to users' names, a room's name such as `#lab`, or everyone
 * @returns the answer of that command
 */
export async function sendMessage(
  { session, account, rest, args, once, reply, form, proceed }: CommandCall,
  to: 'everyone' | readonly string[],
  text: string,
  server: Server,
): Promise<Reply> {
  const name = to === 'everyone' ? 'broadcast' : 'message';
  const sends = server.commands().find((one) => one.name === name);
  if (sends === undefined || (await sends.allows?.(account)) === false) {
    return refuse('denied', 'You may not send messages there.');
  }
  const values = to === 'everyone' ? { text } : { to, text };
  return sends.run({ session, account, command: name, values, rest, args, once, reply, form, proceed });
}
