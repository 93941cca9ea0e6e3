import { token } from './service.ts';

/** Copies a store while it is in use. Stores that are files provide it. */
export interface Backup {
  /**
   * Writes a consistent snapshot to a new file that only its owner can read.
   * @throws when the file exists or cannot be written
   */
  copyTo(file: string): Promise<void>;
  /**
   * Why a copy must not replace a regular file, as a clause in lower case; undefined for an earlier copy that is not in
   * use. Without this method any file may be replaced.
   */
  objection?(file: string): Promise<string | undefined>;
}

export const Backup = token<Backup>('backup');
