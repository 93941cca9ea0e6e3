import type { Entry, Ignored, Message, RoomKind } from 'chatserv';

/**
 * Entries that tell what happened in a room. They are shown whoever caused them: clients must know who is in a room, and a
 * moderator's acts concern everyone.
 */
const NOTICES: ReadonlySet<string> = new Set(['join', 'leave', 'rename', 'redaction', 'room', 'retention', 'approval']);

/** An ignored account. */
export interface IgnoredUser {
  readonly id: number;
  /** Its name when it was ignored, for the time after its removal. */
  readonly name: string;
}

/** Whom one account ignores. */
export class IgnoreList implements Ignored {
  readonly #senders: ReadonlySet<number>;
  /** Those of them who moderate the server: only their direct messages are hidden. */
  readonly #staff: ReadonlySet<number>;
  readonly users: readonly IgnoredUser[];

  constructor(users: readonly IgnoredUser[], staff: ReadonlySet<number>) {
    this.users = users;
    this.#senders = new Set(users.map(({ id }) => id));
    this.#staff = staff;
  }

  has(account: number): boolean {
    return this.#senders.has(account);
  }

  sendersIn(kind: RoomKind): readonly number[] {
    return [...this.#senders].filter((sender) => kind === 'direct' || !this.#staff.has(sender));
  }

  hides({ sender, kind, members }: Pick<Entry, 'sender' | 'kind' | 'members'>): boolean {
    return this.#isHidden(sender, kind) && (members !== undefined || !this.#staff.has(sender));
  }

  /** Whether it hides a message on its delivery. */
  readonly hidesMessage = ({ from, kind, audience }: Message): boolean =>
    this.#isHidden(from.id, kind) && (!this.#staff.has(from.id) || !('group' in audience));

  #isHidden(sender: number, kind: string): boolean {
    return this.#senders.has(sender) && !NOTICES.has(kind);
  }
}
