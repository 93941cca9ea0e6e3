import { type Difference, differenceInWords } from '../contracts/plugins.ts';
import { askServer } from './control.ts';

/** Has the running server read config and plugins again. */
export async function reload(config: string | undefined): Promise<void> {
  const difference = (await askServer(config, 'reload')) as Difference;
  process.stdout.write(`chatserv reloaded: ${differenceInWords(difference)}\n`);
}
