import type { Call } from '../call.ts';
import { MODERATORS, STATUS, type StatusMessage } from '../render/status.ts';
import { tagsOf } from '../render/tags.ts';
import { ownRoom } from './channel.ts';
import { wordsOf } from './refusals.ts';
import { sendRefusal } from './words.ts';

/** Whether a target is the moderators of a channel, as in `@#lab` (`STATUSMSG`). */
export function isStatus(target: string): boolean {
  return target.startsWith(`${MODERATORS}#`);
}

/** Tells something to those moderators of a channel who are online. */
export async function tellModerators(
  call: Call,
  target: string,
  { command, text }: { readonly command: string; readonly text: string },
): Promise<void> {
  const { account, client, irc } = call;
  const room = await ownRoom(call, target.slice(MODERATORS.length));
  if (room === undefined || irc.rooms === undefined) return;
  const name = `#${room.name}`;
  const refusal = (await sendRefusal(call)) ?? (await irc.rooms.postRefusal(room.id, account));
  if (refusal !== undefined) return call.numeric('ERR_CANNOTSENDTOCHAN', [target], wordsOf(refusal));
  const moderators = await irc.rooms.moderators(room.id);
  const data: StatusMessage = { channel: name, command: command === 'NOTICE' ? command : 'PRIVMSG', text };
  for (const id of moderators.filter((moderator) => moderator !== account.id)) {
    const to = await irc.accounts.get(id);
    if (to === undefined || irc.presence.find(to.name) === undefined) continue;
    const of = { id: 0, room: 0, members: [account.id, id] };
    // Whoever does not want to hear from the sender refuses it, and the others read it.
    const about = { kind: STATUS, from: account, device: client.session.deviceName, of };
    await irc.server.postEntry({ ...about, to: [to], text, kept: false, data: () => data });
  }
  if (!client.has('echo-message')) return;
  const tags = tagsOf(irc, (capability) => client.has(capability), { time: irc.clock.now(), account });
  call.line({ tags, source: client.source, command: data.command, params: [`${MODERATORS}${name}`, text] });
}
