import { plan } from '../plugin/host.ts';
import { readConfig } from './setting.ts';

/** Says whether a config is right. @throws Mistakes when it is not */
export async function check(config: string | undefined): Promise<void> {
  const read = await readConfig(config);
  const ordered = await plan(read);
  process.stdout.write(`${read.place.name} is right: ${ordered.length} plugins are on.\n`);
}
