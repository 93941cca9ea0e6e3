import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from 'chatserv';
import { complaint, Unfit } from './complaint.ts';
import { makeFile } from './make-file.ts';

/**
 * Makes a database's file and folder where they are missing, for their owner only, and follows links: however a file is
 * reached, what SQLite and chatserv keep beside it has one name.
 * @returns the file's real path
 * @throws one sentence for a person when no database can be there
 */
export function realPlace(file: string): string {
  try {
    makeFolder(dirname(file));
    makeFile(file);
    const stats = statSync(file);
    if (!stats.isFile()) {
      throw new Unfit('is not a regular file: set the option file of the plugin sqlite to another path');
    }
    // SQLite names the write-ahead log after the path, so that each name of the file would have one of its own.
    if (stats.nlink > 1) {
      throw new Unfit('has a second name (a hard link), and using both would damage it: remove one of them');
    }
    return realpathSync(file);
  } catch (error) {
    throw complaint(file, error);
  }
}
