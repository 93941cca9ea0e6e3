import type { KnownRoom, Received } from 'chatserv/client';
import { type Entry, type Recipients, SERVER, type Talk } from './talk.ts';
import type { Talks } from './talks.ts';

/** The conversations by the ids of their rooms on the server. */
export class RoomTalks {
  readonly #talks: Talks;
  readonly #byRoom = new Map<number, Talk>();
  /** Private messages of conversations that the server has not listed yet, by the ids of their rooms. */
  readonly #unlisted = new Map<number, { readonly talk: Talk; readonly entries: Entry[] }>();

  constructor(talks: Talks) {
    this.#talks = talks;
  }

  get(room: number): Talk | undefined {
    return this.#byRoom.get(room);
  }

  /** The conversation in which something is shown that has happened. What the server tells moderators names its room. */
  talkOf(room: number, roomName: string | undefined, data: unknown): Talk | undefined {
    if (room > 0) return roomName === undefined ? this.#byRoom.get(room) : this.#talks.open([roomName]);
    const { roomName: about = SERVER } = Object(data) as { readonly roomName?: string };
    return this.#talks.open([about]);
  }

  /** Who a message is shown with. */
  recipientsOf({ audience, room = 0, roomName, from }: Received): Recipients {
    if (audience === 'everyone') return audience;
    // Private messages do not name their recipients, unless their conversation is known.
    return roomName === undefined ? (this.#byRoom.get(room)?.to ?? [from]) : [roomName];
  }

  /** A message was added to a conversation. One of a room that is not listed yet may belong to another. */
  added({ audience, room = 0 }: Received, talk: Talk, entry: Entry): void {
    if (audience !== 'named' || this.#byRoom.has(room)) return;
    const unlisted = this.#unlisted.get(room) ?? { talk, entries: [] };
    unlisted.entries.push(entry);
    this.#unlisted.set(room, unlisted);
  }

  /**
   * The server has listed a room: moves messages that were shown elsewhere to its conversation.
   * @returns that, and the conversation from which messages were moved, if any were
   */
  listed({ id, kind, name = '', members = [], level }: KnownRoom): { readonly talk: Talk; readonly movedFrom?: Talk } {
    const talk = this.#talks.open(kind === 'everyone' ? kind : kind === 'room' ? [name] : members);
    Object.assign(talk, { room: id, level });
    this.#byRoom.set(id, talk);
    const { talk: movedFrom = talk, entries = [] } = this.#unlisted.get(id) ?? {};
    this.#unlisted.delete(id);
    if (movedFrom === talk) return { talk };
    movedFrom.unread = Math.max(0, movedFrom.unread - entries.filter(({ mine }) => !mine).length);
    this.#talks.move(entries, movedFrom, talk);
    return { talk, movedFrom };
  }

  /** The user has left a room: closes its conversation. @returns whether there was one */
  left(room: number): boolean {
    const talk = this.#byRoom.get(room);
    if (talk === undefined) return false;
    this.#byRoom.delete(room);
    this.#talks.close(talk);
    return true;
  }
}
