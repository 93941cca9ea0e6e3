import { type KindSpec, z } from 'chatserv';
import { dataOf } from './data.ts';

const DATA = z.strictObject({ channel: z.string(), command: z.enum(['PRIVMSG', 'NOTICE']), text: z.string() });

/** What someone tells the moderators of a channel. */
export type StatusMessage = z.infer<typeof DATA>;

/** What stands before a channel whose moderators are addressed. */
export const MODERATORS = '@';

/** The kind of messages to moderators. */
export const STATUS = 'irc-status';

/** Messages to those moderators of a channel who are online, which moderators without IRC read as lines. */
export const statusKind: KindSpec = {
  name: STATUS,
  version: 1,
  schema: DATA,
  counts: false,
  line(entry) {
    const message = statusIn(entry);
    return message && `${message.channel} ${entry.from}, to its moderators: ${message.text}`;
  },
};

/** The data of such an entry. */
export function statusIn(entry: Parameters<typeof dataOf>[0]): StatusMessage | undefined {
  return dataOf(entry, DATA);
}
