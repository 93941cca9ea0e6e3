import { resolve } from 'node:path';
import { ConfigErrors } from '../host/config-errors.ts';
import { loadPlugins } from '../host/load.ts';
import { messageOf } from '../host/thrown.ts';
import { Backup } from '../services/backup.ts';
import { Failure } from './failure.ts';
import { print } from './print.ts';
import { mayProvide } from './services.ts';
import { readConfig } from './setting.ts';

/**
 * Puts a backup in place of the store of a config. The store is not opened before: it may be damaged.
 * @param redactions a file of redactions besides the store's own
 * @throws ConfigErrors when no plugin of the config can; Failure when the store refuses, and nothing has changed
 */
export async function restore(config: string | undefined, file: string, redactions: string | undefined): Promise<void> {
  const { plugins, place, standard, environment } = await readConfig(config);
  const entries = Object.entries(plugins).filter(([key, entry]) => mayProvide(Backup.service, key, entry, standard));
  const { loaded, errors } = await loadPlugins(Object.fromEntries(entries), { ...place, standard }, environment);
  const store = loaded.find(({ plugin }) => plugin.restore !== undefined);
  if (store === undefined) {
    throw new ConfigErrors([
      `No plugin in ${place.name} can restore a backup: switch on a store that can, such as 'sqlite'.`,
      ...errors,
    ]);
  }
  if (errors.length > 0) throw new ConfigErrors(errors);
  const { plugin, options } = store;
  try {
    const done = await plugin.restore?.({
      options,
      path: (path) => resolve(place.folder, path),
      backup: resolve(file),
      redactions: redactions === undefined ? undefined : resolve(redactions),
      report: (sentence) => print(`${sentence}\n`),
    });
    for (const sentence of done ?? []) print(`${sentence}\n`);
  } catch (cause) {
    throw cause instanceof ConfigErrors ? cause : new Failure([messageOf(cause)], { cause });
  }
}
