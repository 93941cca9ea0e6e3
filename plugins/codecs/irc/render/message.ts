import { invitedTo, type Message } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import { type DraftMessage, serializeMessage } from '../wire/message.ts';
import { EVERY_CLIENT, RECIPIENT, type Said, SERVER, saidLines } from './said.ts';
import { type Has, tagsOf } from './tags.ts';

/** What a codec renders: the text, or the parts around the recipient's nick. */
export type Rendering = string | readonly string[];

/** A message as lines; one that invites to a room, as an `INVITE`. */
export function renderMessage(irc: Irc, message: Message, capabilities: string): Rendering {
  const { audience, from, id, kind, text, time } = message;
  const has = hasIn(capabilities);
  const room = kind === 'message' && !('group' in audience) ? invitedTo(text) : undefined;
  if (room === undefined) return renderLines(saidLines(irc, message, targetOf(irc, message), has));
  const tags = tagsOf(irc, has, { id, time, account: from });
  return renderLines([{ tags, source: sourceOf(irc, from), command: 'INVITE', params: [RECIPIENT, `#${room}`] }]);
}

/** What a client is told in a notice, having no line for it: an edit, say, in the words of its plugin. */
export function renderNotice(irc: Irc, message: Message, line: string, capabilities: string): Rendering {
  const { id, time, audience } = message;
  const target = targetOf(irc, message);
  const text = withoutAddress(line, target);
  const said: Said = { id, time, audience, from: SERVER, kind: 'notice', text, reply: undefined };
  return renderLines(saidLines(irc, said, target, hasIn(capabilities)));
}

/** A plain line without the room and the server, which are the target and the source of a notice. */
function withoutAddress(line: string, target: string): string {
  const text = line.startsWith(`${target} `) ? line.slice(target.length + 1) : line;
  return text.startsWith(`${SERVER.name}: `) ? text.slice(SERVER.name.length + 2) : text;
}

/** Lines as text, or as the parts around the recipient's nick. */
export function renderLines(lines: readonly DraftMessage[]): Rendering {
  const text = lines.map((line) => `${serializeMessage(line)}\r\n`).join('');
  return text.includes(RECIPIENT) ? text.split(RECIPIENT) : text;
}

/** Whether a capability is among those of a rendering. */
export function hasIn(capabilities: string): Has {
  const all = new Set(capabilities.split(' '));
  return (capability) => all.has(capability);
}

/** Where an entry is addressed to in a line to its recipients. */
export function targetOf({ options, channels }: Irc, { audience, room, roomName }: Message): string {
  if (!('group' in audience)) return RECIPIENT;
  if (audience.group === 'everyone') return options.everyone || EVERY_CLIENT;
  // An entry that no log keeps has no name of its room.
  return roomName === '' ? (channels.get(room)?.name ?? EVERY_CLIENT) : `#${roomName}`;
}
