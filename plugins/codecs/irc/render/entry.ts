import { type Entry, type Message, z } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import { dataOf } from './data.ts';
import { hasIn, type Rendering, renderLines, renderNotice, targetOf } from './message.ts';
import { RELAYED, relayedIn, relayedLines } from './relayed.ts';
import { MODERATORS, STATUS, statusIn } from './status.ts';
import { tagsOf } from './tags.ts';

/** The kinds of entries that the follower of the log tells clients as what they are in IRC, such as a `JOIN`; or that IRC clients are not told. */
const FOLLOWED: ReadonlySet<string> = new Set(['join', 'leave', 'rename', 'room', 'retention']);

const REACTION = z.object({ emoji: z.string(), on: z.boolean() });

/** The data of a reaction; undefined if the entry is none. */
export function reactionIn(entry: Pick<Entry, 'kind' | 'body'>): z.infer<typeof REACTION> | undefined {
  return entry.kind === 'reaction' ? dataOf(entry, REACTION) : undefined;
}

/** An entry that is no message, as a client is told it. @param line its plugin's line for people, if there is one */
export function renderEntry(
  irc: Irc,
  entry: Entry,
  message: Message,
  line: string | undefined,
  capabilities: string,
): Rendering {
  if (FOLLOWED.has(entry.kind)) return '';
  const has = hasIn(capabilities);
  const target = targetOf(irc, message);
  const { id, from, time } = message;
  if (entry.kind === RELAYED) {
    const relayed = relayedIn(entry);
    return relayed === undefined ? '' : renderLines(relayedLines(irc, relayed, message, target, has));
  }
  if (entry.kind === STATUS) {
    const status = statusIn(entry);
    if (status === undefined) return '';
    const { channel, command, text } = status;
    const tags = tagsOf(irc, has, { id, time, account: from });
    const params = [`${MODERATORS}${channel}`, text];
    return renderLines([{ tags, source: sourceOf(irc, from), command, params }]);
  }
  if (entry.kind === 'redaction' && entry.of !== undefined && has('draft/message-redaction')) {
    const reason = irc.reasons.get(entry.of);
    const params = [target, String(entry.of), ...(reason === undefined ? [] : [reason])];
    const source = from.id === 0 ? irc.options.name : sourceOf(irc, from);
    return renderLines([{ tags: tagsOf(irc, has, { time, account: from }), source, command: 'REDACT', params }]);
  }
  if (entry.kind === 'reaction' && entry.of !== undefined && has('message-tags')) {
    const reaction = reactionIn(entry);
    if (reaction === undefined) return '';
    const key = reaction.on ? '+draft/react' : '+draft/unreact';
    const tags = { [key]: reaction.emoji, '+draft/reply': String(entry.of) };
    return renderLines(relayedLines(irc, { command: 'TAGMSG', tags }, { id, from, time }, target, has));
  }
  return line === undefined ? '' : renderNotice(irc, message, line, capabilities);
}
