import { randomUUID } from 'node:crypto';
import { type Account, EVERYONE, type Refusal } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { isChannel } from '../names.ts';
import { RELAYED, type Relayed, relayedLines } from '../render/relayed.ts';
import { isEveryone } from '../render/said.ts';
import { problemOf, type Utterance } from './messages.ts';
import { sendRefusal } from './words.ts';

/** The most targets of one line. */
const TARGETS_MOST = 4;

/** A tag of clients that want what it is on to be in the history. */
const PERSIST = '+draft/persist';

/** `TAGMSG`: reactions, and signs that someone is typing, by IRCv3 `message-tags`. */
export const tagCommands: IrcCommands = {
  TAGMSG: {
    least: 1,
    async run(call) {
      const { tags } = call.message;
      if (!call.client.has('message-tags')) return call.numeric('ERR_UNKNOWNCOMMAND', ['TAGMSG']);
      const targets = (call.params[0] ?? '').split(',').filter((target) => target !== '');
      for (const target of targets.slice(0, TARGETS_MOST)) {
        if (!(await react(call, target))) await relay(call, target, { command: 'TAGMSG', tags });
      }
    },
  },
};

/** Where something is relayed to. */
interface Place {
  readonly room: number;
  /** In a direct conversation. */
  readonly members?: readonly number[];
  readonly to: readonly Account[];
}

/** Relays what only clients of IRC understand, under the same guards as a message. */
export async function relay(
  call: Call,
  target: string,
  { command, text, tags }: Omit<Utterance, 'text' | 'parts'> & { readonly text?: string },
): Promise<void> {
  const { irc, client, account } = call;
  const place = await placeOf(call, target);
  const isNotice = command === 'NOTICE';
  if (place === undefined) {
    if (!isNotice) call.numeric(isChannel(target) ? 'ERR_NOSUCHCHANNEL' : 'ERR_NOSUCHNICK', [target]);
    return;
  }
  const isKept = tags.has(PERSIST);
  const relayed: Relayed = {
    command: command as NonNullable<Relayed['command']>,
    ...(text !== undefined && { text }),
    tags: Object.fromEntries([...tags].filter(([key]) => key.startsWith('+'))),
    ...(!isKept && { msgid: randomUUID() }),
  };
  const { room, members, to } = place;
  const refusal = await sendRefusal(call, target);
  const entry =
    refusal ??
    (await irc.server.postEntry({
      kind: RELAYED,
      from: account,
      of: { id: 0, room, members },
      to,
      text: '',
      device: client.session.deviceName,
      kept: isKept,
      data: () => relayed,
    }));
  if ('reason' in entry) {
    if (!isNotice) refuse(call, target, entry);
    return;
  }
  const { id, time } = entry;
  const said = { id, time, from: account };
  // What an account sends itself does not reach it by the log.
  const readers = to.some((one) => one.id === account.id) ? irc.clients.of(account) : [];
  for (const one of readers) {
    for (const line of relayedLines(irc, relayed, said, one.nick, (name) => one.has(name)))
      one.sendText(one.text(line));
  }
  if (!client.has('echo-message')) return;
  for (const line of relayedLines(irc, relayed, said, target, (name) => client.has(name))) call.line(line);
}

function refuse(call: Call, target: string, { reason, sentence }: Refusal): void {
  const problem = problemOf(target, { kind: 'error', reason, about: '', ...(sentence !== undefined && { sentence }) });
  if (problem !== undefined) call.line(problem(call));
}

async function placeOf({ irc, account }: Call, target: string): Promise<Place | undefined> {
  if (isEveryone(irc, target)) return { room: EVERYONE, to: [] };
  if (isChannel(target)) {
    const room = await irc.rooms?.find(target, account);
    return room && { room: room.id, to: [] };
  }
  const other = await irc.accounts.find(target);
  return other && { room: 0, members: [...new Set([account.id, other.id])], to: [other] };
}

/** Reacts to a message, where the tags say so. @returns whether they do */
async function react(call: Call, target: string): Promise<boolean> {
  const { message, irc, client, account } = call;
  const [added, taken] = [message.tags.get('+draft/react'), message.tags.get('+draft/unreact')];
  const id = Number(message.tags.get('+draft/reply') ?? message.tags.get('+reply') ?? Number.NaN);
  const reaction = added ?? taken;
  if (reaction === undefined || !Number.isSafeInteger(id)) return false;
  const answer = await call.command(added === undefined ? 'unreact' : 'react', { message: id, reaction });
  // What is no emoji, or about no message, is relayed as it is.
  if (answer.kind === 'error') return false;
  if (!client.has('echo-message')) return true;
  const reactions = await irc.log.changes([id], 1000, 'reaction');
  const entry = reactions.findLast(({ sender }) => sender === account.id);
  const tags = { [added === undefined ? '+draft/unreact' : '+draft/react']: reaction, '+draft/reply': String(id) };
  const said = { id: entry?.id ?? 0, from: account, time: entry?.time ?? irc.clock.now() };
  for (const line of relayedLines(irc, { command: 'TAGMSG', tags }, said, target, (one) => client.has(one))) {
    call.line(line);
  }
  return true;
}
