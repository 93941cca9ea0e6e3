import { type Entry, isMessage, roomChangeIn, withoutControls } from 'chatserv';
import { extendedJoin } from '../channels/lines.ts';
import type { Client } from '../client.ts';
import { sourceOf } from '../irc.ts';
import { personOf } from '../people/person.ts';
import { RELAYED, relayedIn, relayedLines } from '../render/relayed.ts';
import { type Said, saidLines } from '../render/said.ts';
import { tagsOf } from '../render/tags.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isPlayedChange, playedChange } from './changes.ts';

/** How many changes of a page of messages are read. */
const CHANGES = 1000;

/** Whether an entry has a line in the history for a client. Without `draft/event-playback` only messages have one. */
export function isPlayed(client: Client, entry: Entry): boolean {
  if (entry.redacted) return false;
  if (isMessage(entry)) return true;
  if (!client.has('draft/event-playback')) return false;
  // A ban is a mode, which does not say that somebody left.
  const isBanned = entry.kind === 'leave' && entry.body === '"banned"';
  if (!isBanned && client.irc.server.shown(entry) === undefined) return false;
  if (entry.kind === RELAYED) return client.has('message-tags') && relayedIn(entry)?.command !== undefined;
  const change = roomChangeIn(entry);
  return change === undefined ? isComing(entry) : isPlayedChange(client, change, entry.room);
}

/** Entries as lines to a target, each with its lines. */
export async function playedLines(client: Client, entries: readonly Entry[], target: string): Promise<DraftMessage[]> {
  const ids = entries.filter(isMessage).map(({ id }) => id);
  const { log } = client.irc;
  const [edits, relayed] =
    ids.length === 0
      ? [[], []]
      : await Promise.all([log.changes(ids, CHANGES, 'edit'), log.changes(ids, CHANGES, RELAYED)]);
  return entries.flatMap((entry) => lineOf(client, entry, target, edits, relayed));
}

function lineOf(
  client: Client,
  entry: Entry,
  target: string,
  edits: readonly Entry[],
  relayed: readonly Entry[],
): DraftMessage[] {
  const { irc } = client;
  const { id, sender, time, kind } = entry;
  const from = { id: sender, name: withoutControls(entry.from) };
  const has = (capability: string) => client.has(capability);
  if (isMessage(entry)) {
    const tags = relayedIn(relayed.findLast(({ of }) => of === id) ?? { body: '' })?.tags;
    const said = saidIn(
      entry,
      edits.findLast(({ of, redacted }) => of === id && !redacted),
    );
    const whole = { ...said, from, ...(tags && { tags: new Map(Object.entries(tags)) }) };
    return saidLines(irc, whole, addressee(client, entry, target), has);
  }
  if (kind === RELAYED) {
    const to = addressee(client, entry, target);
    return relayedLines(irc, relayedIn(entry) ?? { tags: {} }, { id, from, time }, to, has);
  }
  const isServer = sender === 0;
  const line = {
    tags: tagsOf(irc, has, { id, time, ...(!isServer && { account: from }) }),
    source: isServer ? irc.options.name : sourceOf(irc, from),
  };
  const change = roomChangeIn(entry);
  if (change !== undefined) return [{ ...line, ...playedChange(client, change, target, from) }];
  if (kind === 'leave') return [{ ...line, command: 'PART', params: [target] }];
  const { realname } = personOf(irc, from);
  return [{ ...line, command: 'JOIN', params: [target, ...extendedJoin(irc, has, { account: from, realname })] }];
}

/** Whether somebody joined or left. */
function isComing({ kind }: Entry): boolean {
  return kind === 'join' || kind === 'leave';
}

/** Whom an entry is addressed to: in a conversation the one of the two who did not write it. */
function addressee(client: Client, { members, sender }: Entry, target: string): string {
  return members === undefined || sender === client.account.id ? target : client.nick;
}

/** A message as it is after its last edit. */
function saidIn({ id, kind, body, reply, time }: Entry, edit: Entry | undefined): Omit<Said, 'from'> {
  const { text = body } = edit === undefined ? {} : (JSON.parse(edit.body) as { readonly text?: string });
  const lines = text.split('\n').map(withoutControls);
  return { id, kind, text: withoutControls(text), ...(lines.length > 1 && { lines }), reply, time };
}
