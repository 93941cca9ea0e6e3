import { type Difference, differenceInWords } from '../services/plugins.ts';
import { askServer } from './control.ts';
import { print } from './print.ts';

/** Makes the running server reload its config and plugins. */
export async function reload(config: string | undefined): Promise<void> {
  const difference = (await askServer(config, 'reload')) as Difference;
  print(`chatserv reloaded: ${differenceInWords(difference)}\n`);
}
