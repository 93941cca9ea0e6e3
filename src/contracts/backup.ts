import { token } from './service.ts';

/** Copies of a store that is in use. A store that is a file provides it. */
export interface Backup {
  /**
   * Writes all that is kept at one moment to a file, which must not be there yet, for its owner only.
   * @throws when it could not be written
   */
  copyTo(file: string): Promise<void>;
}

export const Backup = token<Backup>('backup');
