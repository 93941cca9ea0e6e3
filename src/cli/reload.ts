import type { Difference } from '../contracts/plugins.ts';
import { askServer } from './control.ts';
import { inWords } from './difference.ts';

/** Has the running server read config and plugins again. */
export async function reload(config: string | undefined): Promise<void> {
  const difference = (await askServer(config, 'reload')) as Difference;
  process.stdout.write(`chatserv reloaded: ${inWords(difference)}\n`);
}
