import {
  type Account,
  type Accounts,
  type Entry,
  isMessage,
  type MessageDraft,
  type MessageLog,
  messageDeleted,
  noMessage,
  type Refusal,
  refuse,
} from 'chatserv';

/** The messages that drafts answer. */
export class AnsweredMessages {
  readonly #accounts: Accounts;
  readonly #log: MessageLog;
  readonly #authors = new WeakMap<Readonly<MessageDraft>, number>();

  constructor(accounts: Accounts, log: MessageLog) {
    this.#accounts = accounts;
    this.#log = log;
  }

  /** Why a message may not answer the one with this id, if so: the sender must be able to read it, in the same place. */
  async check(draft: Readonly<MessageDraft>, id: number): Promise<Refusal | undefined> {
    const { from } = draft;
    // The server and its plugins may answer any message.
    const entry = from.id === 0 ? await this.#log.get(id) : await answerable(this.#log, id, from);
    if (entry === undefined) return noMessage();
    if ('reason' in entry) return entry;
    if (!(await this.#isInPlace(draft, entry))) return refuse('elsewhere', 'That message is in another place.');
    if (entry.sender > 0 && entry.sender !== from.id) this.#authors.set(draft, entry.sender);
    return undefined;
  }

  /** The author of the message that a draft answers, unless it is the sender or no account. Call it after `check`. */
  authorOf(draft: MessageDraft): number | undefined {
    return this.#authors.get(draft);
  }

  async #isInPlace({ audience, room, from }: Readonly<MessageDraft>, entry: Entry): Promise<boolean> {
    if ('group' in audience) return entry.room === room;
    const { accounts, unresolved } = audience;
    const absent = await Promise.all(unresolved.map((name) => this.#accounts.find(name)));
    const ids = [from, ...accounts, ...absent].flatMap((account) => account?.id ?? []);
    const { members = [] } = entry;
    return new Set([...ids, ...members]).size === members.length && new Set(ids).size === members.length;
  }
}

/** A message that an account can answer, or why it cannot: one that it cannot read does not exist for it. */
export async function answerable(log: MessageLog, id: number, account: Account): Promise<Entry | Refusal> {
  const entry = await log.readable(account.id, id);
  if (entry === undefined || !isMessage(entry)) return noMessage();
  return entry.redacted ? messageDeleted() : entry;
}
