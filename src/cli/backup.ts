import { Accounts } from '../services/accounts.ts';
import { Backup } from '../services/backup.ts';
import { writeOutputFile } from './output-file.ts';
import { print } from './print.ts';
import { mustBeUsed, withServices } from './services.ts';

/** Copies the store to a file, also while the server runs. */
export async function backUp(config: string | undefined, file: string): Promise<void> {
  await withServices(config, { accounts: Accounts, backup: Backup }, async ({ accounts, backup }, name) => {
    await mustBeUsed(accounts, name);
    const objection = async (place: string) => backup.objection?.(place);
    await writeOutputFile(file, objection, (path) => backup.copyTo(path));
    print(`Copied the store to ${file}.\n`);
  });
}
