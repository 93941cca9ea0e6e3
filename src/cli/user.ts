import { writableTime } from '../api/message.ts';
import { nameKey } from '../api/names.ts';
import { nameProblem, passwordProblem } from '../client/reasons.ts';
import { isBot } from '../host/bots.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { isTemporary, passwordObjection } from '../host/temporary-accounts.ts';
import { Accounts, type StoredAccount } from '../services/accounts.ts';
import { Lockout } from '../services/lockout.ts';
import { MessageLog } from '../services/message-log.ts';
import { Passwords } from '../services/passwords.ts';
import { ResetCodes } from '../services/reset-codes.ts';
import { isRole } from '../services/roles.ts';
import { nameObjection } from '../usernames/name.ts';
import { tellOfAccounts } from './control.ts';
import { print } from './print.ts';
import { readSecret } from './secret.ts';
import { withServices } from './services.ts';

const PAGE = 500;

/** In place of roles: removes all. */
const NO_ROLE = 'none';

/** Registers a user with the password on standard input. */
export async function addUser(config: string | undefined, name: string): Promise<void> {
  const wrong = nameObjection(name);
  if (wrong !== undefined) throw new ConfigErrors([`'${name}' was not registered. ${nameProblem(wrong)}`]);
  await withStore(config, async (accounts, passwords) => {
    const why = await register(accounts, passwords, name, await readSecret(`Password for ${name}`));
    if (why !== undefined) throw new ConfigErrors([`'${name}' was not registered. ${why}`]);
    print(`${name} was registered.\n`);
  });
}

/** Registers a user by the rules for registration. @returns the reason if that fails */
export async function register(
  accounts: Accounts,
  passwords: Passwords,
  name: string,
  secret: string,
): Promise<string | undefined> {
  const wrong = nameObjection(name);
  if (wrong !== undefined) return nameProblem(wrong);
  const other = await accounts.lookalike(name);
  if (other !== undefined && nameKey(other.name) !== nameKey(name)) return lookalike(name, other.name);
  const hashed = await newHash(passwords, name, secret);
  if ('fault' in hashed) return hashed.fault;
  return (await accounts.create(name, hashed.hash, true)) === undefined ? nameProblem('taken') : undefined;
}

/** Sets a user's password to the one on standard input. */
export async function setPassword(config: string | undefined, name: string): Promise<void> {
  await withStore(config, async (accounts, passwords) => {
    const account = await known(accounts, name);
    const objection = passwordObjection(account);
    if (objection !== undefined) throw new ConfigErrors([objection]);
    const hashed = await newHash(passwords, account.name, await readSecret(`Password for ${account.name}`));
    if ('fault' in hashed) throw new ConfigErrors([`The password of ${account.name} was not changed. ${hashed.fault}`]);
    await accounts.setHash(account.id, hashed.hash);
    await tellOfAccounts(config);
    print(`The password of ${account.name} was changed.\n`);
  });
}

/** Prints a code with which a user can log in once, in place of the password, and then chooses a new one. */
export async function resetPassword(config: string | undefined, name: string): Promise<void> {
  const services = { accounts: Accounts, passwords: Passwords, resetCodes: ResetCodes };
  await withServices(config, services, async ({ accounts, resetCodes }) => {
    const account = await known(accounts, name);
    const objection = passwordObjection(account);
    if (objection !== undefined) throw new ConfigErrors([objection]);
    const issued = await resetCodes.issue(account);
    if (issued === undefined) throw new ConfigErrors(["This server has no passwords: the plugin 'password' is off."]);
    const { code, expires } = issued;
    print(
      `Until ${timeOf(expires)}, ${account.name} can log in once with this code in place of the password:\n${code}\n`,
    );
  });
}

/** Gives a user another name. */
export async function renameUser(config: string | undefined, name: string, to: string): Promise<void> {
  const wrong = nameObjection(to);
  if (wrong !== undefined) throw new ConfigErrors([`'${name}' was not renamed to '${to}'. ${nameProblem(wrong)}`]);
  await withStore(config, async (accounts) => {
    const account = await known(accounts, name);
    const unchanged = `'${account.name}' was not renamed to '${to}'.`;
    if (isBot(account)) throw new ConfigErrors([`${unchanged} It is a bot, and bots find their account by name.`]);
    if (account.name === to) throw new ConfigErrors([`${unchanged} That is its name already.`]);
    const other = await accounts.lookalike(to);
    const looksLike = other !== undefined && other.id !== account.id && nameKey(other.name) !== nameKey(to);
    if (looksLike) throw new ConfigErrors([`${unchanged} ${lookalike(to, other.name)}`]);
    if ((await accounts.rename(account.id, to, true)) === undefined) {
      throw new ConfigErrors([`${unchanged} ${nameProblem('taken')}`]);
    }
    await tellOfAccounts(config);
    print(`${account.name} is now ${to}.\n`);
  });
}

/** Lists the users: name, when created, when last online. */
export async function listUsers(config: string | undefined): Promise<void> {
  await withStore(config, async (accounts) => {
    for await (const page of pagesOf(accounts)) {
      for (const account of page) {
        const { name, created, seen, roles } = account;
        const last = seen === 0 ? 'never online' : `last online ${timeOf(seen)}`;
        const may = roles.length === 0 ? '' : `  ${roles.join(' ')}`;
        const kind = isBot(account) ? '  bot' : isTemporary(account) ? '  guest' : '';
        print(`${name}  created ${timeOf(created)}  ${last}${may}${kind}\n`);
      }
    }
  });
}

function timeOf(time: number): string {
  return new Date(writableTime(time)).toISOString();
}

/** Replaces a user's roles, or prints them if none are given. */
export async function setRoles(config: string | undefined, name: string, roles: readonly string[]): Promise<void> {
  const wrong = roles.filter((role) => !isRole(role));
  if (wrong.length > 0) {
    throw new ConfigErrors(
      wrong.map((role) => `'${role}' cannot be a role: roles have lower-case letters, digits and hyphens.`),
    );
  }
  await withStore(config, async (accounts) => {
    const account = await known(accounts, name);
    const now = roles.length === 0 ? account.roles : roles.filter((role) => role !== NO_ROLE);
    if (roles.length > 0) {
      await accounts.setRoles(account.id, now);
      await tellOfAccounts(config);
    }
    print(`${account.name} has ${now.length === 0 ? 'no roles' : `the roles ${now.join(', ')}`}.\n`);
  });
}

/**
 * Removes a user.
 * @param messages whether to remove its undelivered messages to others too, also of a user that was removed before
 */
export async function removeUser(config: string | undefined, name: string, messages: boolean): Promise<void> {
  await withServices(config, { accounts: Accounts, messageLog: MessageLog }, async ({ accounts, messageLog: log }) => {
    if (messages && log.removeFrom === undefined)
      throw new ConfigErrors(['This store cannot remove messages by sender.']);
    const account = messages ? await accounts.find(name) : await known(accounts, name);
    if (account !== undefined) {
      await accounts.remove(account.id);
      await tellOfAccounts(config);
    }
    const removed = messages ? await log.removeFrom?.(account?.id ?? name) : undefined;
    if (account === undefined && !removed) {
      throw new ConfigErrors([`There is no user '${name}', and no undelivered message from that name.`]);
    }
    if (account !== undefined) print(`${account.name} was removed.\n`);
    if (removed !== undefined) print(`Messages removed: ${removed}.\n`);
  });
}

/** Signs a user out everywhere: sessions are closed, and tokens expire. */
export async function signOut(config: string | undefined, name: string): Promise<void> {
  await withStore(config, async (accounts) => {
    const account = await known(accounts, name);
    await accounts.signOut(account.id);
    await tellOfAccounts(config);
    print(`${account.name} was signed out everywhere.\n`);
  });
}

/** Ends the blocks of a user's logins. */
export async function unblock(config: string | undefined, name: string): Promise<void> {
  await withServices(config, { accounts: Accounts, lockout: Lockout }, async ({ accounts, lockout }) => {
    const account = await known(accounts, name);
    const lifted = await lockout.lift(account);
    const places = lifted === 1 ? 'for one address' : `for ${lifted} addresses`;
    print(lifted === 0 ? `${account.name} is not blocked.\n` : `${account.name} was unblocked ${places}.\n`);
  });
}

/** Signs every user out everywhere, and replaces the key that tokens are signed with. */
export async function signEveryoneOut(config: string | undefined): Promise<void> {
  await withStore(config, async (accounts) => {
    await accounts.signingKey(true);
    for await (const page of pagesOf(accounts)) await Promise.all(page.map(({ id }) => accounts.signOut(id)));
    await tellOfAccounts(config);
    print('Everyone was signed out.\n');
  });
}

/** All accounts in pages. */
async function* pagesOf(accounts: Accounts): AsyncGenerator<StoredAccount[]> {
  for (
    let page = await accounts.list(0, PAGE);
    page.length > 0;
    page = await accounts.list(page.at(-1)?.id ?? 0, PAGE)
  ) {
    yield page;
  }
}

async function known(accounts: Accounts, name: string): Promise<StoredAccount> {
  const account = await accounts.find(name);
  if (account === undefined) throw new ConfigErrors([`There is no user '${name}'.`]);
  return account;
}

/** The hash of a new password, or why it was not accepted. */
async function newHash(
  passwords: Passwords,
  name: string,
  secret: string,
): Promise<{ readonly hash: string } | { readonly fault: string }> {
  const objection = await passwords.objection(name, secret);
  if (objection !== undefined) return { fault: passwordProblem(objection) };
  const hash = await passwords.hash(secret, 'command line');
  return hash === undefined ? { fault: 'The password could not be hashed in time: try again.' } : { hash };
}

function lookalike(name: string, other: string): string {
  return `The name '${name}' looks too much like '${other}'.`;
}

/** Works with the config's accounts and passwords. */
export function withStore(
  config: string | undefined,
  work: (accounts: Accounts, passwords: Passwords) => Promise<void>,
): Promise<void> {
  return withServices(config, { accounts: Accounts, passwords: Passwords }, (found) =>
    work(found.accounts, found.passwords),
  );
}
