import { z } from 'zod';
import { EVERYONE } from '../kernel/entry.ts';
import { nameKey } from '../kernel/names.ts';
import { textKey } from '../sdk/storage-over.ts';
import { type ArchiveLine, archiveLine, type Line } from './archive-lines.ts';
import { messageObjection, sentenceOf, storedObjection } from './archive-rules.ts';
import { Version1 } from './archive-version-1.ts';
import type { Version1Plan } from './version-1-plan.ts';

/** The types of lines in their order. */
const ORDER = ['archive', 'account', 'room', 'entry', 'key', 'stored'] as const;

const version = z.object({ type: z.literal('archive'), version: z.literal(1) });

/** What a line says. */
export interface ReadLine {
  /** What kind of line it is; a message of an archive of version 1 is an entry. */
  readonly type: ArchiveLine['type'];
  /** The same in the present form: of a line of version 1, any number of lines, once its archive was read as a whole. */
  readonly lines: readonly ArchiveLine[];
}

/**
 * Reads the lines of one archive, from its first on. What they say is held to the rules that hold for what is registered
 * and said: messages are cleaned like any other, and what clients could not be given is refused.
 */
export class ArchiveReader {
  readonly #messageBytes: number;
  readonly #plan: Version1Plan | undefined;
  #earlier: Version1 | undefined;
  readonly #names = new Set<string>();
  /** The rooms, with the last number that an entry had. */
  readonly #rooms = new Map<number, { readonly room: Line<'room'>; seq: number }>();
  readonly #conversations = new Set<string>();
  readonly #roomNames = new Set<string>();
  /** The keys of messages, each with its sender. */
  readonly #keys = new Set<string>();
  #head: Line<'archive'> | undefined;
  #last: { readonly type: ArchiveLine['type']; readonly id: number } = { type: 'archive', id: 0 };
  #lastStored = '';

  /**
   * @param messageBytes the longest message, in bytes as a client is sent it
   * @param plan what an earlier reading of an archive of version 1 has found: then its lines are given in the present form
   */
  constructor(messageBytes: number, plan?: Version1Plan) {
    this.#messageBytes = messageBytes;
    this.#plan = plan;
  }

  /** What was found of an archive of version 1, once all of it is read. */
  get plan(): Version1Plan | undefined {
    return this.#earlier?.plan;
  }

  /** @returns what the line says, or what is wrong with it */
  read(text: string): ReadLine | string {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // What JSON.parse says quotes the line, and with it may quote a hash.
      return 'not JSON';
    }
    if (this.#head === undefined && version.safeParse(value).success) {
      this.#earlier ??= new Version1(this.#messageBytes, this.#plan);
    }
    if (this.#earlier !== undefined) return this.#earlier.read(value);
    const { data, error } = archiveLine.safeParse(value);
    if (data === undefined) return sentenceOf(error);
    return this.#objection(data) ?? { type: data.type, lines: [data] };
  }

  #objection(line: ArchiveLine): string | undefined {
    if (line.type === 'archive') {
      if (this.#head !== undefined) return 'an archive has one line of the type archive';
      this.#head = line;
      return undefined;
    }
    const head = this.#head;
    if (head === undefined) return 'the first line must be of the type archive';
    const last = this.#last;
    if (ORDER.indexOf(line.type) < ORDER.indexOf(last.type)) {
      return `a line of the type ${line.type} must come before those of the type ${last.type}`;
    }
    if (line.type === 'stored') return this.#storedObjection(line);
    const bound = line.type === 'key' ? 'entry' : line.type;
    if (line.id > head[bound]) return `id: the first line says that no ${bound} is above ${head[bound]}`;
    if (last.type === line.type && line.id <= last.id) return `id: ${line.id} comes after ${last.id}`;
    this.#last = line;
    switch (line.type) {
      case 'account':
        return this.#accountObjection(line, head);
      case 'room':
        return this.#roomObjection(line, head);
      case 'entry':
        return this.#entryObjection(line, head);
      case 'key':
        return this.#keyObjection(line, head);
    }
  }

  #accountObjection({ name, since, devices, markers }: Line<'account'>, head: Line<'archive'>): string | undefined {
    const places = [since, ...devices.flatMap(({ id, handed }) => [id, handed])];
    if (Math.max(...places) > head.entry) {
      return `since, devices: the first line says that no entry is above ${head.entry}`;
    }
    if (new Set(devices.map((device) => device.name)).size < devices.length) return 'devices: two have one name';
    if (markers.some(([room]) => room > head.room)) {
      return `markers: the first line says that no room is above ${head.room}`;
    }
    const key = nameKey(name);
    if (this.#names.has(key)) return `name: '${name}' is taken`;
    this.#names.add(key);
    return undefined;
  }

  #roomObjection(room: Line<'room'>, head: Line<'archive'>): string | undefined {
    const { id, kind, name, members, memberships, last, spoke } = room;
    if ((id === EVERYONE) !== (kind === 'everyone'))
      return `kind: the room ${EVERYONE} is that of everyone, and no other`;
    if ((kind === 'direct') !== (members !== undefined))
      return 'members: a direct conversation has them, and no other room';
    if (last > head.entry) return `last: the first line says that no entry is above ${head.entry}`;
    const accounts = [...(members ?? []), ...spoke, ...memberships.map(({ account }) => account)];
    if (accounts.some((account) => account > head.account)) {
      return `members, memberships, spoke: the first line says that no account is above ${head.account}`;
    }
    if (kind === 'room' && (name === '' || this.#roomNames.has(nameKey(name)))) return `name: '${name}' is taken`;
    if (members !== undefined && this.#conversations.has(members.join())) {
      return 'members: there is another conversation of theirs';
    }
    if (kind === 'room') this.#roomNames.add(nameKey(name));
    if (members !== undefined) this.#conversations.add(members.join());
    this.#rooms.set(id, { room, seq: 0 });
    return undefined;
  }

  #entryObjection(entry: Line<'entry'>, head: Line<'archive'>): string | undefined {
    const { id, room, seq, previous, counts, sender, from, body } = entry;
    if (sender > head.account) return `sender: the first line says that no account is above ${head.account}`;
    const known = this.#rooms.get(room);
    if (known === undefined) return `room: there is no line of the room ${room}`;
    if (id > known.room.last || previous >= id) return `id, previous: the last entry of the room is ${known.room.last}`;
    if (counts !== seq > 0) return 'seq: an entry has one where it counts';
    if (counts && (seq <= known.seq || seq > known.room.seq)) {
      return `seq: ${seq} comes after ${known.seq}, and the last one of the room is ${known.room.seq}`;
    }
    if (counts) known.seq = seq;
    return messageObjection(sender, from, body, this.#messageBytes);
  }

  #keyObjection({ sender, key }: Line<'key'>, head: Line<'archive'>): string | undefined {
    if (sender > head.account) return `sender: the first line says that no account is above ${head.account}`;
    const own = `${sender} ${key}`;
    if (this.#keys.has(own)) return `key: the sender has another message with the key '${key}'`;
    this.#keys.add(own);
    return undefined;
  }

  #storedObjection(line: Line<'stored'>): string | undefined {
    const objection = storedObjection(line, this.#lastStored);
    if (objection !== undefined) return objection;
    this.#last = { type: 'stored', id: 0 };
    this.#lastStored = textKey(line.collection, line.key);
    return undefined;
  }
}
