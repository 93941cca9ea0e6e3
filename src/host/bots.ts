import type { Account } from '../api/account.ts';
import type { MessageDraft } from '../api/message.ts';
import { nameKey } from '../api/names.ts';
import type { Accounts, StoredAccount } from '../services/accounts.ts';
import type { Presence } from '../services/presence.ts';
import { nameObjection } from '../usernames/name.ts';

/** In place of the password's hash, which no password matches. */
const BOT = '*bot*';

/** A user that is a program. Its account cannot be logged in to. */
export interface Bot {
  /** The sender of its messages. */
  readonly account: Account;
  /**
   * Whether a message names the bot as a recipient. The bot is then removed from the recipients, so that the message is not
   * stored for it. For a transform of `onMessage` at `pre`.
   */
  takes(message: Pick<MessageDraft, 'audience'>): Promise<boolean>;
  /** Shows the bot as online, as in `who`, until `offline`. For a plugin's `start`. */
  online(presence: Presence): void;
  /** No longer shows it as online. For a plugin's `dispose`. */
  offline(): void;
}

/** Whether an account is a bot's. */
export function isBot({ hash }: Pick<StoredAccount, 'hash'>): boolean {
  return hash === BOT;
}

/**
 * Finds the bot of that name, and creates its account if the name is free.
 * @throws a sentence if the name may not be used, or belongs to a user
 */
export async function claimBot(accounts: Accounts, name: string): Promise<Bot> {
  const stored = (await accounts.find(name)) ?? (await create(accounts, name));
  if (!isBot(stored)) throw new Error(belongsToUser(stored));
  const account = { id: stored.id, name: stored.name };
  const key = nameKey(account.name);
  let hide = () => {};

  return {
    account,
    async takes({ audience }) {
      if ('group' in audience || !audience.unresolved.some((name) => nameKey(name) === key)) return false;
      // If it was removed, a person may have the name by now.
      if ((await accounts.get(account.id)) === undefined) return false;
      const at = audience.unresolved.findIndex((name) => nameKey(name) === key);
      audience.unresolved.splice(at, 1);
      return true;
    },
    online(presence) {
      // Shown again before it is hidden, so that it does not appear to leave.
      const before = hide;
      hide = presence.show(account);
      before();
    },
    offline() {
      hide();
      hide = () => {};
    },
  };
}

function belongsToUser({ name, hash }: StoredAccount): string {
  const sentence = `The name '${name}' belongs to a user: give the bot another one`;
  // Both bots of earlier versions and users of a directory have an empty hash.
  const old = `, or, if it was this bot's before bots were marked, remove the account (chatserv user remove ${name})`;
  return `${sentence}${hash === '' ? old : ''}.`;
}

async function create(accounts: Accounts, name: string): Promise<StoredAccount> {
  const wrong = nameObjection(name);
  if (wrong !== undefined) throw new Error(`The name '${name}' cannot be used (${wrong}): give the bot another one.`);
  const created = await accounts.create(name, BOT, true);
  if (created !== undefined) return created;
  const other = await accounts.lookalike(name);
  throw new Error(`The name '${name}' looks like that of the user '${other?.name}': give the bot another one.`);
}
