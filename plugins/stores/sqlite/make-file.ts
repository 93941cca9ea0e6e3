import { closeSync, existsSync, openSync } from 'node:fs';

/** Makes a file for its owner only. SQLite would make it readable for all, and gives its companions the file's mode. */
export function makeFile(file: string): void {
  // An existing file is not opened here: closing it would end the locks that this process holds on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}
