import { ConfigErrors } from '../host/config-errors.ts';
import { type Difference, differenceInWords, type OtherReload, otherReloadsInWords } from '../services/plugins.ts';
import { askServer } from './control.ts';
import { print } from './print.ts';

/**
 * Makes the running server reload its config and plugins.
 * @param everywhere whether the other servers of the chat reload theirs then
 * @throws ConfigErrors when one of them does not
 */
export async function reload(config: string | undefined, everywhere: boolean): Promise<void> {
  const difference = (await askServer(config, 'reload')) as Difference;
  print(`chatserv reloaded: ${differenceInWords(difference)}\n`);
  if (!everywhere) return;
  const others = (await askServer(config, 'reload-others')) as readonly OtherReload[];
  const [failed, reloaded] = [
    others.filter((other) => 'errors' in other),
    others.filter((other) => !('errors' in other)),
  ];
  if (reloaded.length > 0 || failed.length === 0) print(`${otherReloadsInWords(reloaded).join('\n')}\n`);
  if (failed.length > 0) throw new ConfigErrors(otherReloadsInWords(failed));
}
