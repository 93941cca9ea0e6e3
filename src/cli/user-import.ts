import { textOf } from '../config/text-file.ts';
import type { Accounts } from '../contracts/accounts.ts';
import type { Passwords } from '../contracts/passwords.ts';
import { isName } from '../names/name.ts';
import { register, withStore } from './user.ts';

/** Registers the user of a line. @returns why it cannot be, if it cannot */
type Reader = (line: string, accounts: Accounts, passwords: Passwords) => Promise<string | undefined>;

/**
 * Imports users, one a line; bad lines are reported by their number, and the rest goes in.
 * @param passwords whether the lines are `name,password`, and else the ancestor's `name,sha1`
 */
export async function importUsers(config: string | undefined, file: string, passwords: boolean): Promise<void> {
  const text = await textOf(file);
  const read = passwords ? withPassword : withHash;
  await withStore(config, async (accounts, hashing) => {
    let imported = 0;
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const why = await read(line, accounts, hashing);
      if (why === undefined) imported++;
      else process.stderr.write(`${file}:${index + 1}: ${why}; left out\n`);
    }
    const later = passwords ? '' : '; each password is hashed anew at the first login';
    process.stdout.write(`${imported} users imported${later}.\n`);
  });
}

const withHash: Reader = async (line, accounts) => {
  const [, name = '', sha1 = ''] = /^\s*([^,]*?)\s*,\s*([0-9a-f]{40})\s*$/i.exec(line) ?? [];
  if (sha1 === '') return 'not a line of the form name,sha1';
  if (!isName(name)) return 'a name that may not be used';
  const made = await accounts.create(name, `$sha1$${sha1.toLowerCase()}`);
  return made === undefined ? 'the name is taken' : undefined;
};

const withPassword: Reader = async (line, accounts, passwords) => {
  const [, name, secret] = /^([^,]*),(.*)$/.exec(line) ?? [];
  if (name === undefined || secret === undefined) return 'not a line of the form name,password';
  return register(accounts, passwords, name.trim(), secret.trim());
};
