import { z } from 'zod';
import { EVERYONE } from '../api/entry.ts';
import { nameKey } from '../api/names.ts';
import { type ArchiveLine, archiveLine, type Line, type ReadLine } from './archive-lines.ts';
import { ArchiveRules, messageObjection, NO_HEAD, sentenceOf } from './archive-rules.ts';
import { Version1 } from './archive-version-1.ts';
import type { Version1Plan } from './version-1-plan.ts';

/** The types of lines in their order. */
const ORDER = ['archive', 'account', 'room', 'entry', 'key', 'stored'] as const;

const version = z.object({ type: z.literal('archive'), version: z.literal(1) });

/**
 * Reads the lines of one archive from the first on, and checks them by the rules for registration and messages: text is
 * cleaned as that of any message, and a message that no client could be sent is refused.
 */
export class ArchiveReader {
  readonly #messageBytes: number;
  readonly #plan: Version1Plan | undefined;
  readonly #rules = new ArchiveRules<Line<'archive'>>(ORDER);
  #earlier: Version1 | undefined;
  /** The rooms, with the last number that an entry had. */
  readonly #rooms = new Map<number, { readonly room: Line<'room'>; seq: number }>();
  readonly #conversations = new Set<string>();
  readonly #roomNames = new Set<string>();

  /**
   * @param messageBytes the most bytes of a message that a client is sent
   * @param plan of an archive of version 1, from a first reading: it converts the lines
   */
  constructor(messageBytes: number, plan?: Version1Plan) {
    this.#messageBytes = messageBytes;
    this.#plan = plan;
  }

  /** The plan for converting an archive of version 1, once all of it was read. */
  get plan(): Version1Plan | undefined {
    return this.#earlier?.plan;
  }

  /** @returns the line, or what is wrong with it */
  read(text: string): ReadLine | string {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The message of JSON.parse quotes the line, which may hold a password's hash.
      return 'not JSON';
    }
    if (this.#rules.head === undefined && version.safeParse(value).success) {
      this.#earlier ??= new Version1(this.#messageBytes, this.#plan);
    }
    if (this.#earlier !== undefined) return this.#earlier.read(value);
    const { data, error } = archiveLine.safeParse(value);
    if (data === undefined) return sentenceOf(error);
    return this.#objection(data) ?? { type: data.type, lines: [data] };
  }

  #objection(line: ArchiveLine): string | undefined {
    const rules = this.#rules;
    if (line.type === 'archive') return rules.begin(line);
    const { head } = rules;
    if (head === undefined) return NO_HEAD;
    if (line.type === 'stored') return rules.follows(line) ?? rules.stored(line);
    const bound = line.type === 'key' ? 'entry' : line.type;
    const objection = rules.follows(line, head[bound], bound);
    if (objection !== undefined) return objection;
    switch (line.type) {
      case 'account':
        return this.#accountObjection(line, head);
      case 'room':
        return this.#roomObjection(line, head);
      case 'entry':
        return this.#entryObjection(line, head);
      case 'key':
        if (line.sender > head.account) return `sender: the first line says that the last account is ${head.account}`;
        return rules.key(line.sender, line.key);
    }
  }

  #accountObjection({ name, since, devices, markers }: Line<'account'>, head: Line<'archive'>): string | undefined {
    const places = [since, ...devices.flatMap(({ id, handed }) => [id, handed])];
    if (Math.max(...places) > head.entry) {
      return `since, devices: the first line says that the last entry is ${head.entry}`;
    }
    if (new Set(devices.map((device) => device.name)).size < devices.length) return 'devices: two have the same name';
    if (markers.some(([room]) => room > head.room)) {
      return `markers: the first line says that the last room is ${head.room}`;
    }
    return this.#rules.name(name);
  }

  #roomObjection(room: Line<'room'>, head: Line<'archive'>): string | undefined {
    const { id, kind, name, members, memberships, last, spoke } = room;
    if ((id === EVERYONE) !== (kind === 'everyone')) return `kind: only room ${EVERYONE} is of the kind everyone`;
    if ((kind === 'direct') !== (members !== undefined))
      return 'members: direct conversations have them, and no other rooms';
    if (last > head.entry) return `last: the first line says that the last entry is ${head.entry}`;
    const accounts = [...(members ?? []), ...spoke, ...memberships.map(({ account }) => account)];
    if (accounts.some((account) => account > head.account)) {
      return `members, memberships, spoke: the first line says that the last account is ${head.account}`;
    }
    if (kind === 'room' && (name === '' || this.#roomNames.has(nameKey(name)))) return `name: '${name}' is taken`;
    if (members !== undefined && this.#conversations.has(members.join())) {
      return 'members: there is another conversation with the same members';
    }
    if (kind === 'room') this.#roomNames.add(nameKey(name));
    if (members !== undefined) this.#conversations.add(members.join());
    this.#rooms.set(id, { room, seq: 0 });
    return undefined;
  }

  #entryObjection(entry: Line<'entry'>, head: Line<'archive'>): string | undefined {
    const { id, room, seq, previous, counts, sender, from, body, mentions = [] } = entry;
    if (sender > head.account) return `sender: the first line says that the last account is ${head.account}`;
    if (mentions.some((account) => account > head.account)) {
      return `mentions: the first line says that the last account is ${head.account}`;
    }
    const known = this.#rooms.get(room);
    if (known === undefined) return `room: there is no line for the room ${room}`;
    if (id > known.room.last || previous >= id) return `id, previous: the last entry of the room is ${known.room.last}`;
    if (counts !== seq > 0) return 'seq: only an entry that counts has one';
    if (counts && (seq <= known.seq || seq > known.room.seq)) {
      return `seq: ${seq} follows ${known.seq}, and the room's last is ${known.room.seq}`;
    }
    if (counts) known.seq = seq;
    return messageObjection(sender, from, body, this.#messageBytes);
  }
}
