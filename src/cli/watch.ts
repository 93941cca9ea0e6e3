import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { modules } from '../plugin/self.ts';

/** How long files must have been left alone, in milliseconds: editors write in several steps. */
const QUIET = 100;

/**
 * Calls back when a file of the config or of a plugin was edited, and again when more of them were.
 * @param config the config's file; where there is none yet, what one may be called
 */
export function watchFiles(config: string, changed: () => Promise<void>): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const given = resolve(config);

  const note = (folder: string, name: string | null): void => {
    const file = resolve(folder, name ?? '');
    if (!modules.files().includes(file) && !file.startsWith(given)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed().then(look), QUIET);
  };
  /** Watches the folders of all files there are by now: editors replace files, which a watch on one would not survive. */
  function look(): void {
    for (const folder of new Set([given, ...modules.files()].map((file) => dirname(file)))) {
      if (!watchers.has(folder))
        watchers.set(
          folder,
          watch(folder, (_event, name) => note(folder, name)),
        );
    }
  }
  look();
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
