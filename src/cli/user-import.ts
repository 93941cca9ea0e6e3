import { nameProblem } from '../client/reasons.ts';
import { textOf } from '../config/text-file.ts';
import type { Accounts } from '../services/accounts.ts';
import type { Passwords } from '../services/passwords.ts';
import { nameObjection } from '../usernames/name.ts';
import { complain, print } from './print.ts';
import { register, withStore } from './user.ts';
import { userRows } from './user-rows.ts';

/** Registers a user. @returns the reason if that fails */
type Registrar = (
  accounts: Accounts,
  passwords: Passwords,
  name: string,
  secret: string,
) => Promise<string | undefined>;

/**
 * Imports a list of users. Lines that cannot be imported are reported by number and skipped. Sets the exit code: 0, or 1
 * when a line was skipped or there are none.
 * @param passwords whether the secrets are passwords instead of the ancestor's SHA-1
 */
export async function importUsers(config: string | undefined, file: string, passwords: boolean): Promise<void> {
  const { rows, separatedBy } = userRows(await textOf(file));
  const registrar = passwords ? register : withHash;
  await withStore(config, async (accounts, hashing) => {
    let imported = 0;
    for (const row of rows) {
      const why = 'fault' in row ? row.fault : await registrar(accounts, hashing, row.name, row.secret);
      if (why === undefined) imported++;
      else complain(`${file}:${row.line}: skipped: ${why}\n`);
    }
    if (rows.length === 0) complain(`${file} is empty\n`);
    const columns = separatedBy === 'commas' ? '' : ` from columns separated by ${separatedBy}`;
    const later = passwords ? '' : '; each password is rehashed at the first login';
    print(`${imported} ${imported === 1 ? 'user' : 'users'} imported${columns}${later}.\n`);
    process.exitCode = imported === 0 || imported < rows.length ? 1 : 0;
  });
}

/** Registers a user of the ancestor. */
const withHash: Registrar = async (accounts, _passwords, name, sha1) => {
  if (!/^[0-9a-f]{40}$/i.test(sha1)) return 'Not a line of the form name,sha1.';
  const wrong = nameObjection(name);
  if (wrong !== undefined) return nameProblem(wrong);
  const made = await accounts.create(name, `$sha1$${sha1.toLowerCase()}`);
  return made === undefined ? nameProblem('taken') : undefined;
};
