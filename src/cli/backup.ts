import { Backup } from '../contracts/backup.ts';
import { writeNewFile } from './new-file.ts';
import { withServices } from './services.ts';

/** Copies the store to a file, also while the server runs. */
export async function backUp(config: string | undefined, file: string): Promise<void> {
  await withServices(config, { backup: Backup }, async ({ backup }) => {
    await writeNewFile(file, (path) => backup.copyTo(path));
    process.stdout.write(`The store is copied to ${file}.\n`);
  });
}
