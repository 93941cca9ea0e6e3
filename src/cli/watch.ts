import { type Stats, statSync, unwatchFile, watchFile } from 'node:fs';

/** How often files are looked at, in milliseconds. */
const INTERVAL = 200;

/** How long files must have been left alone, in milliseconds: editors write in several steps. */
const QUIET = 100;

/**
 * Calls back when a file was edited, replaced, removed or made, and again when more of them were. The files are looked
 * at, not subscribed to: a look follows links, whichever on the way is turned, needs no folder to be there, and takes
 * none of the system's watches.
 * @param files which they are by now, also those that are not there; asked again after each call back
 * @param since when what is in use of them was read, in milliseconds since 1970: whatever was edited after is new
 */
export function watchFiles(
  files: () => Iterable<string>,
  since: number,
  changed: () => Promise<void>,
): { close(): void } {
  const watched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const note = (): void => {
    clearTimeout(timer);
    timer = setTimeout(reload, QUIET);
  };
  async function reload(): Promise<void> {
    const began = Date.now();
    await changed();
    look(began);
  }
  function look(since: number): void {
    if (isClosed) return;
    for (const file of files()) {
      if (watched.has(file)) continue;
      watched.add(file);
      watchFile(file, { interval: INTERVAL, persistent: false }, note);
      if (editedAt(file) > since) note();
    }
  }
  look(since);
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const file of watched) unwatchFile(file, note);
    },
  };
}

/** When a file was edited last, in milliseconds since 1970; 0 where there is none. */
function editedAt(file: string): number {
  const stats: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  return stats?.mtimeMs ?? 0;
}
