import { readFile } from 'node:fs/promises';
import { Accounts, type StoredAccount } from '../contracts/accounts.ts';
import { Passwords } from '../contracts/passwords.ts';
import { isRole } from '../contracts/roles.ts';
import { nameKey } from '../kernel/names.ts';
import { isName, type NameObjection, nameObjection } from '../names/name.ts';
import { Mistakes, messageOf } from '../plugin/mistakes.ts';
import { readSecret } from './secret.ts';
import { withServices } from './services.ts';

const PAGE = 500;

/** What a name must be, by what is wrong with it. */
const RULES: Readonly<Record<NameObjection, string>> = {
  empty: 'it has 1 to 32 characters',
  'too-long': 'it has 1 to 32 characters',
  characters: 'it has letters, digits and ASCII punctuation, no blanks and none of : , ( ) [ ] { } # *',
  reserved: 'it is called as a property of every JavaScript object',
  direction: 'left-to-right and right-to-left letters are mixed in it',
  'mixed-scripts': 'letters of several scripts are mixed in it',
};

/** Takes all roles away. */
const NO_ROLE = 'none';

/** Registers a user with the password on standard input. */
export async function addUser(config: string | undefined, name: string): Promise<void> {
  const wrong = nameObjection(name);
  if (wrong !== undefined) throw new Mistakes([`'${name}' cannot be a user name: ${RULES[wrong]}.`]);
  await withStore(config, async (accounts, passwords) => {
    const other = await accounts.lookalike(name);
    if (other !== undefined && nameKey(other.name) !== nameKey(name)) {
      throw new Mistakes([`'${name}' cannot be a user name: it looks like '${other.name}'.`]);
    }
    const hash = await newHash(passwords, name);
    if ((await accounts.create(name, hash, true)) === undefined) throw new Mistakes([`The name '${name}' is taken.`]);
    process.stdout.write(`${name} is registered.\n`);
  });
}

/** Sets a user's password to the one on standard input. */
export async function setPassword(config: string | undefined, name: string): Promise<void> {
  await withStore(config, async (accounts, passwords) => {
    const account = await known(accounts, name);
    await accounts.setHash(account.id, await newHash(passwords, account.name));
    process.stdout.write(`The password of ${account.name} is set.\n`);
  });
}

/** Lists the users: name, when made, when last online. */
export async function listUsers(config: string | undefined): Promise<void> {
  await withStore(config, async (accounts) => {
    for (
      let page = await accounts.list(0, PAGE);
      page.length > 0;
      page = await accounts.list(page.at(-1)?.id ?? 0, PAGE)
    ) {
      for (const { name, created, seen, roles } of page) {
        const last = seen === 0 ? 'never online' : `last online ${new Date(seen).toISOString()}`;
        const may = roles.length === 0 ? '' : `  ${roles.join(' ')}`;
        process.stdout.write(`${name}  made ${new Date(created).toISOString()}  ${last}${may}\n`);
      }
    }
  });
}

/** Gives a user these roles in the place of those it has; without any, says which it has. */
export async function setRoles(config: string | undefined, name: string, roles: readonly string[]): Promise<void> {
  const wrong = roles.filter((role) => !isRole(role));
  if (wrong.length > 0) {
    throw new Mistakes(wrong.map((role) => `'${role}' cannot be a role: lower-case letters, digits and hyphens.`));
  }
  await withStore(config, async (accounts) => {
    const account = await known(accounts, name);
    const now = roles.length === 0 ? account.roles : roles.filter((role) => role !== NO_ROLE);
    if (roles.length > 0) await accounts.setRoles(account.id, now);
    process.stdout.write(`${account.name} has ${now.length === 0 ? 'no roles' : `the roles ${now.join(', ')}`}.\n`);
  });
}

/** Removes a user. */
export async function removeUser(config: string | undefined, name: string): Promise<void> {
  await withStore(config, async (accounts) => {
    const account = await known(accounts, name);
    await accounts.remove(account.id);
    process.stdout.write(`${account.name} is removed.\n`);
  });
}

/** Imports `name,sha1` lines; bad ones are reported by number and the rest goes in. */
export async function importUsers(config: string | undefined, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Mistakes([`${file} cannot be read: ${messageOf(cause)}`], { cause });
  });
  await withStore(config, async (accounts) => {
    let imported = 0;
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === '') continue;
      const [, name = '', sha1 = ''] = /^\s*([^,]*?)\s*,\s*([0-9a-f]{40})\s*$/i.exec(line) ?? [];
      const bad = (why: string) => process.stderr.write(`${file}:${index + 1}: ${why}\n`);
      if (sha1 === '') bad('not a line of the form name,sha1; left out');
      else if (!isName(name)) bad('a name that may not be used; left out');
      else if ((await accounts.create(name, `$sha1$${sha1.toLowerCase()}`)) === undefined)
        bad('the name is taken; left out');
      else imported++;
    }
    process.stdout.write(`${imported} users imported; each password is hashed anew at the first login.\n`);
  });
}

async function known(accounts: Accounts, name: string): Promise<StoredAccount> {
  const account = await accounts.find(name);
  if (account === undefined) throw new Mistakes([`There is no user '${name}'.`]);
  return account;
}

async function newHash(passwords: Passwords, name: string): Promise<string> {
  const secret = await readSecret(`Password of ${name}`);
  const objection = await passwords.objection(name, secret);
  if (objection !== undefined) throw new Mistakes([`That password may not be used: ${objection}.`]);
  const hash = await passwords.hash(secret, 'command line');
  if (hash === undefined) throw new Mistakes(['The password could not be hashed in time: try again.']);
  return hash;
}

/** Works with the config's accounts and passwords. */
function withStore(
  config: string | undefined,
  work: (accounts: Accounts, passwords: Passwords) => Promise<void>,
): Promise<void> {
  return withServices(config, { accounts: Accounts, passwords: Passwords }, (found) =>
    work(found.accounts, found.passwords),
  );
}
