import { type Stats, statSync, unwatchFile, watchFile } from 'node:fs';

/** How often files are polled, in milliseconds. */
const INTERVAL = 200;

/** How long files must stay unchanged, in milliseconds: editors write in several steps. */
const QUIET = 100;

/**
 * Calls back whenever files are edited, replaced, removed or created. It polls: that notices every changed link on the
 * path, works for folders that do not exist yet, and uses none of the system's watches.
 * @param files the current paths, existing or not; called again after each call back
 * @param since when the files in use were read, in milliseconds since 1970: a later edit counts as a change
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

/** When a file was last edited, in milliseconds since 1970; 0 if it does not exist. */
function editedAt(file: string): number {
  const stats: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  return stats?.mtimeMs ?? 0;
}
