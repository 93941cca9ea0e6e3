import { plan } from '../plugin/host.ts';
import { settingOf } from './setting.ts';

/** Says whether a config is right. @throws Mistakes when it is not */
export async function check(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const ordered = await plan(setting);
  process.stdout.write(`${setting.place.name} is right: ${ordered.length} plugins are on.\n`);
}
