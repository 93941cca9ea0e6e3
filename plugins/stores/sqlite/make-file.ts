import { chownSync, closeSync, existsSync, openSync, statSync } from 'node:fs';

/** Makes a file for its owner only. SQLite would make it readable for all, and gives its companions the file's mode. */
export function makeFile(file: string): void {
  // An existing file is not opened here: closing it would end the locks that this process holds on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/**
 * Gives a file the owner of another one, as SQLite does with its own: a command that root runs must not keep the server's
 * user out.
 */
export function chownLike(example: string, file: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(example);
  chownSync(file, uid, gid);
}
