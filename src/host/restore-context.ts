/** What a store is given to restore a backup. */
export interface RestoreContext<Options> {
  /** The plugin's options, checked and with defaults. */
  readonly options: Options;
  /** The path of the backup, which `Backup.copyTo` wrote. */
  readonly backup: string;
  /** The path of a file of redactions besides the store's own, if one was given. */
  readonly redactions: string | undefined;
  /** Resolves a path from the config relative to the folder of the config file. */
  path(file: string): string;
  /** Prints a sentence about the progress. */
  report(sentence: string): void;
}
