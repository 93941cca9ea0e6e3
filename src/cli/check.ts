import { Host } from '../host/host.ts';
import { plan } from '../host/plan.ts';
import { print } from './print.ts';
import { settingOf } from './setting.ts';

/**
 * Checks a config in a dry run: its plugins are set up, but nothing is started or changed.
 * @throws ConfigErrors when the config is invalid
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
  print(`${setting.place.name} is valid: ${on}.\n`);
}
