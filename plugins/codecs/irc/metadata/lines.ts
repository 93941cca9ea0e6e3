import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import { nickOf } from '../names.ts';
import { batchLines } from '../render/batch-lines.ts';
import type { DraftMessage } from '../wire/message.ts';
import type { Values } from './values.ts';

/** Stands for everybody and every channel that the client is told of. */
export const ALL = '*ALL';

/** How many lines a client is sent at a time. For more it has to ask. */
const PART_MOST = 200;

/** A user or a channel, with its metadata. */
interface Described {
  readonly target: string;
  readonly values: Values;
}

/** A channel, with the accounts in it that are online. */
interface DescribedChannel {
  readonly name: string;
  readonly metadata: Values;
  readonly members: ReadonlyMap<number, { readonly account: Account }>;
}

/** The value of a key as a line; `undefined` if it is not set. */
export function keyLine(client: Client, target: string, key: string, value: string | undefined): DraftMessage {
  if (value === undefined) return client.numericLine('RPL_KEYNOTSET', [target, key]);
  return client.numericLine('RPL_KEYVALUE', [target, key, '*'], value);
}

/** Metadata as lines. */
export function valueLines(client: Client, target: string, values: Values): DraftMessage[] {
  return [...values].map(([key, value]) => keyLine(client, target, key, value));
}

/** What a client has subscribed to of an account that is online. */
export function subscribedLines(client: Client, account: Account): DraftMessage[] {
  return linesOf(client, describedAccount(client, account));
}

/** The metadata of an account that is online, as far as a client has subscribed to it, in a batch. */
export function accountBatch(client: Client, account: Account): DraftMessage[] {
  return batchLines(client, 'metadata', [nickOf(account)], subscribedLines(client, account));
}

/** What a client has subscribed to of a channel and of its members, in a batch; the next part of it where it is a lot. */
export function channelBatch(client: Client, channel: DescribedChannel): DraftMessage[] {
  return nextPart(client, channel.name, channelTargets(client, channel));
}

/** What follows the `JOIN` of a client: the metadata of the channel, or a hint to ask for it where that is a lot. */
export function joinedMetadata(client: Client, channel: DescribedChannel): DraftMessage[] {
  if (!client.isMetadataAware) return [];
  client.synchronized.delete(channel.name);
  const { lines, last } = firstLines(client, channelTargets(client, channel), PART_MOST);
  return last === undefined ? batchLines(client, 'metadata', [channel.name], lines) : [syncLater(client, channel.name)];
}

/** Everything that a client has subscribed to, as a batch: its channels and their members, and whom it monitors. */
export function fullBatch(client: Client): DraftMessage[] {
  const { irc } = client;
  const targets = new Map<string, Described>();
  const add = (one: Described) => targets.set(one.target, one);
  add(describedAccount(client, client.account));
  for (const channel of irc.channels.of(client.account)) channelTargets(client, channel).forEach(add);
  for (const nick of irc.monitors.of(client)) {
    const account = irc.presence.find(nick);
    if (account !== undefined) add(describedAccount(client, account));
  }
  return nextPart(client, ALL, [...targets.values()]);
}

/** A part of the metadata that a client asks for, in a batch. Whoever comes or goes meanwhile moves none of the others. */
function nextPart(client: Client, name: string, targets: readonly Described[]): DraftMessage[] {
  const { synchronized } = client;
  const after = synchronized.get(name) ?? '';
  const rest = targets.filter(({ target }) => target > after).sort((a, b) => (a.target < b.target ? -1 : 1));
  const { lines, last } = firstLines(client, rest, PART_MOST);
  const batch = batchLines(client, 'metadata', [name], lines);
  if (last === undefined) {
    synchronized.delete(name);
    return batch;
  }
  synchronized.set(name, last);
  return [...batch, syncLater(client, name)];
}

/** The metadata of the first targets, as so many lines or a few more. @returns the last target too, if others have metadata */
function firstLines(client: Client, targets: readonly Described[], most: number) {
  const lines: DraftMessage[] = [];
  let last = '';
  for (const one of targets) {
    const more = linesOf(client, one);
    if (more.length > 0 && lines.length >= most) return { lines, last };
    lines.push(...more);
    last = one.target;
  }
  return { lines, last: undefined };
}

/** Tells a client to ask for the metadata of a target. */
export function syncLater(client: Client, target: string): DraftMessage {
  return client.numericLine('ERR_METADATASYNCLATER', [target, '0']);
}

function describedAccount({ irc }: Client, account: Account): Described {
  return { target: nickOf(account), values: irc.channels.metadataOf(account) };
}

function channelTargets(client: Client, { name, metadata, members }: DescribedChannel): Described[] {
  const people = [...members.values()].map(({ account }) => describedAccount(client, account));
  return [{ target: name, values: metadata }, ...people];
}

function linesOf(client: Client, { target, values }: Described): DraftMessage[] {
  if (values.size === 0) return [];
  return [...client.subscriptions].flatMap((key) => {
    const value = values.get(key);
    return value === undefined ? [] : [keyLine(client, target, key, value)];
  });
}
