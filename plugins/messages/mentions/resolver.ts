import {
  type Account,
  type Accounts,
  EVERYONE,
  isGuest,
  isOfEveryone,
  type MessageDraft,
  type MessageLog,
  type Roles,
  type Rooms,
  type WrittenMention,
} from 'chatserv';

/** The role on the server, and the least role in a room, that may mention everyone. */
const MODERATOR = 'moderator';

/** The services that resolving mentions needs. */
interface Services {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly rooms: Rooms | undefined;
  readonly roles: Roles | undefined;
}

/** Finds out whom the mentions in messages are of. */
export class MentionResolver {
  readonly #maxForAll: number;
  readonly #services: Services;

  /** @param maxForAll the most members of a room in which each of them can mention all */
  constructor(maxForAll: number, services: Services) {
    this.#maxForAll = maxForAll;
    this.#services = services;
  }

  /** Counts a message to everyone or to a room as a mention of those whom its text mentions. */
  async resolve(message: MessageDraft, written: readonly WrittenMention[]): Promise<undefined> {
    // In parallel, so that the store answers them in one batch.
    const [ofAll, ...found] = await Promise.all([
      written.some(isOfEveryone) && this.#mayMentionAll(message),
      ...written.filter((mention) => !isOfEveryone(mention)).map((mention) => this.#account(message, mention)),
    ]);
    if (ofAll) message.mention('everyone');
    const ids = new Set(found.filter((id) => id !== undefined));
    if (ids.size > 0) message.mention([...ids]);
  }

  /** The account that a mention is of: the one with the longest name that is in the room, and not the sender. */
  async #account({ room, from }: MessageDraft, names: WrittenMention): Promise<number | undefined> {
    const { accounts, messageLog } = this.#services;
    const found = await Promise.all(
      names.map(async (name) => {
        const account = await accounts.find(name);
        const isIn = room === EVERYONE || (account && (await messageLog.member(room, account.id)) !== undefined);
        return isIn ? account?.id : undefined;
      }),
    );
    const id = found.find((one) => one !== undefined);
    return id === from.id ? undefined : id;
  }

  async #mayMentionAll({ room, from }: MessageDraft): Promise<boolean> {
    const { rooms, roles } = this.#services;
    if (isGuest(from)) return false;
    // The server and its plugins.
    if (from.id === 0) return true;
    if (room === EVERYONE) return this.#isModerator(from, roles);
    const size = (await rooms?.get(room))?.size ?? Number.POSITIVE_INFINITY;
    return size <= this.#maxForAll || ((await rooms?.allows(room, from, MODERATOR)) ?? false);
  }

  async #isModerator(account: Account, roles: Roles | undefined): Promise<boolean> {
    return (await roles?.has(account, MODERATOR)) ?? false;
  }
}
