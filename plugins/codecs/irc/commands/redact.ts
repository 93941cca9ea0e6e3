import { type Entry, EVERYONE } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { isChannel } from '../names.ts';
import { reactionIn } from '../render/entry.ts';
import { isEveryone } from '../render/said.ts';
import { tagsOf } from '../render/tags.ts';
import { reasonFrom } from './words.ts';

/** `REDACT`: deletes messages, by the IRCv3 draft `message-redaction`. */
export const redactCommands: IrcCommands = {
  REDACT: { least: 2, run: redact },
};

/** The reasons of the command `delete`, as codes of standard replies. */
const CODES: Readonly<Record<string, string>> = {
  'no-message': 'UNKNOWN_MSGID',
  deleted: 'UNKNOWN_MSGID',
  'not-author': 'REDACT_FORBIDDEN',
  'too-late': 'REDACT_WINDOW_EXPIRED',
};

async function redact(call: Call): Promise<void> {
  const { irc, client, account, params } = call;
  const [target = '', msgid = '', given] = params;
  if (!(await isTarget(call, target))) {
    return call.standard('FAIL', 'INVALID_TARGET', [target], 'You cannot delete messages there');
  }
  const id = /^\d{1,15}$/.test(msgid) ? Number(msgid) : 0;
  const entry = id === 0 ? undefined : await irc.log.readable(account.id, id);
  if (entry === undefined || !(await isIn(call, entry, target))) {
    return call.standard('FAIL', 'UNKNOWN_MSGID', [target, msgid], 'There is no such message');
  }
  const reaction = reactionIn(entry);
  if (reaction?.on && entry.sender !== account.id) {
    return call.standard('FAIL', 'REDACT_FORBIDDEN', [target, msgid], 'You can take back your own reactions only');
  }
  const reason = await reasonFrom(call, given);
  if (reason !== undefined) irc.reasons.set(id, reason);
  const answer = await (reaction?.on
    ? call.command('unreact', { message: entry.of, reaction: reaction.emoji })
    : call.command('delete', { message: id }));
  if (answer.kind === 'error') {
    const text = answer.sentence ?? 'That message cannot be deleted';
    call.standard('FAIL', CODES[answer.reason] ?? 'REDACT_FORBIDDEN', [target, msgid], text);
  } else if (client.has('draft/message-redaction')) {
    const tags = tagsOf(irc, (capability) => client.has(capability), { time: irc.clock.now(), account });
    const redacted = [target, msgid, ...(reason === undefined ? [] : [reason])];
    call.line({ tags, source: client.source, command: 'REDACT', params: redacted });
  }
  irc.reasons.delete(id);
}

/** Whether an account may read a place at all. */
async function isTarget({ irc, account }: Call, target: string): Promise<boolean> {
  if (isEveryone(irc, target)) return true;
  if (!isChannel(target)) return (await irc.accounts.find(target)) !== undefined;
  return irc.channels.find(target)?.members.has(account.id) ?? false;
}

/** Whether an entry is in a place. */
async function isIn({ irc, account }: Call, { room, members, roomName }: Entry, target: string): Promise<boolean> {
  if (isEveryone(irc, target)) return room === EVERYONE;
  if (isChannel(target)) return roomName !== undefined && irc.channels.find(target)?.room === room;
  const other = await irc.accounts.find(target);
  return members?.includes(account.id) === true && other !== undefined && members.includes(other.id);
}
