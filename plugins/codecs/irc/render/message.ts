import type { Account, Message } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import { serializeMessage } from '../wire/message.ts';
import { tagsOf } from './tags.ts';

/** Where everyone is addressed who has no channel for that. */
const EVERY_CLIENT = '$*';

/** Stands for the recipient while a line is rendered for all of them. */
const RECIPIENT = '\0';

/** A message as a line. @returns the line, or what goes around the recipient's nick */
export function renderMessage(irc: Irc, message: Message, capabilities: string): string | readonly [string, string] {
  const { from, audience, roomName, text } = message;
  const target = !('group' in audience)
    ? RECIPIENT
    : audience.group === 'room'
      ? `#${roomName}`
      : irc.options.everyone || EVERY_CLIENT;
  const isServer = from.id === 0 && from.name === '*server*';
  const command = isServer || target === EVERY_CLIENT ? 'NOTICE' : 'PRIVMSG';
  const source = isServer ? irc.options.name : sourceOf(irc, from);
  return renderFor(target, { source, command, text }, tagsIn(capabilities, message));
}

/** What a client is told in a notice, having no line for it: an edit, say, in the words of its plugin. */
export function renderNotice(
  irc: Irc,
  message: Message,
  line: string,
  capabilities: string,
): string | readonly [string, string] {
  const { audience, roomName } = message;
  const target = !('group' in audience)
    ? RECIPIENT
    : roomName === ''
      ? irc.options.everyone || EVERY_CLIENT
      : `#${roomName}`;
  return renderFor(target, { source: irc.options.name, command: 'NOTICE', text: line }, tagsIn(capabilities, message));
}

function tagsIn(capabilities: string, { from, time, id }: { from: Account; time: number; id: number }) {
  const all = new Set(capabilities.split(' '));
  return tagsOf((capability) => all.has(capability), { time, id, account: from });
}

/** A line that says something to a target. The text has its colon even where it needs none: not all programs know that. */
function renderFor(
  target: string,
  { source, command, text }: { readonly source: string; readonly command: string; readonly text: string },
  tags: ReadonlyMap<string, string>,
): string | readonly [string, string] {
  const [head, tail] = [`${serializeMessage({ tags, source, command })} `, ` :${text}\r\n`];
  return target === RECIPIENT ? [head, tail] : `${head}${target}${tail}`;
}
