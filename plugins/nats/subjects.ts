import { type Entry, EVERYONE } from 'chatserv';

/** The subjects of one store: rooms and accounts, by their ids. */
export class Subjects {
  readonly #prefix: string;
  /** The name of the bucket. */
  readonly bucket: string;

  /** @param identity of the store, so that several chats can share a NATS server */
  constructor(prefix: string, identity: string) {
    this.#prefix = `${prefix}.${identity.replaceAll(/[^\w-]/g, '_')}`;
    this.bucket = this.#prefix.replaceAll('.', '-');
  }

  /** Of what concerns every server. */
  get all(): string {
    return `${this.#prefix}.all`;
  }

  /** On which servers say that they are there. */
  get alive(): string {
    return `${this.#prefix}.alive`;
  }

  /** On which a server asks the others for something. @param name of what */
  ask(name: string): string {
    return `${this.#prefix}.ask.${name}`;
  }

  /** On which others ask about the keys that a server owns. */
  owner(server: string): string {
    return `${this.#prefix}.owner.${server}`;
  }

  /** On which servers announce what they take of quotas. */
  get quotas(): string {
    return `${this.#prefix}.quotas`;
  }

  /** Of a named room. */
  room(id: number): string {
    return `${this.#prefix}.room.${id}`;
  }

  /** Of an account's direct conversations, known or not. */
  account(id: number): string {
    return `${this.#prefix}.account.${id}`;
  }

  /** The subjects on which an entry is announced. */
  of(entry: Entry): string[] {
    if (entry.members !== undefined) return entry.members.map((member) => this.account(member));
    return [entry.room === EVERYONE || changesRoom(entry) ? this.all : this.room(entry.room)];
  }
}

/** Whether an entry says who is in a room or how it is set up, which every server keeps in memory. */
function changesRoom({ counts, of }: Entry): boolean {
  return !counts && of === undefined;
}
