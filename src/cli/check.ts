import { Host } from '../host/host.ts';
import { plan } from '../host/plan.ts';
import { print } from './print.ts';
import { settingOf } from './setting.ts';

/**
 * Says whether a config is right: its plugins are set up, nothing is started, and nothing is made or changed.
 * @throws Mistakes when it is not
 */
export async function check(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const ordered = await plan(setting);
  try {
    const host = await Host.setUp({ ...setting, dryRun: true });
    await host.stop('shutdown');
  } finally {
    await setting.log.end();
  }
  const on = ordered.length === 1 ? '1 plugin is on' : `${ordered.length} plugins are on`;
  print(`${setting.place.name} is right: ${on}.\n`);
}
