import { token } from './service.ts';

/** Copies of a store that is in use. A store that is a file provides it. */
export interface Backup {
  /**
   * Writes all that is kept at one moment to a file, which must not be there yet, for its owner only.
   * @throws when it could not be written
   */
  copyTo(file: string): Promise<void>;
  /**
   * Why a regular file must not be replaced by a copy, as a clause that begins with a small letter; undefined for an
   * earlier copy that nothing uses. Without this method any file may be.
   */
  objection?(file: string): Promise<string | undefined>;
}

export const Backup = token<Backup>('backup');
