import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host, plan } from '../plugin/host.ts';
import { settingOf } from './setting.ts';

/** How long what a plugin has left behind may keep the process, in milliseconds. */
const PATIENCE = 1000;

/**
 * Says whether a config is right: its plugins are set up, and nothing is started. The store `sqlite` is set up with a
 * database of its own, for opening the server's may change it.
 * @throws Mistakes when it is not
 */
export async function check(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const ordered = await plan(setting);
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-check-'));
  const opens = ordered.some(({ key, from }) => key === 'sqlite' && from === 'standard');
  const sqlite = opens ? { file: join(folder, 'check.db') } : setting.plugins.sqlite;
  try {
    const host = await Host.setUp({ ...setting, plugins: { ...setting.plugins, sqlite: sqlite ?? false } });
    await host.stop('shutdown');
  } finally {
    await rm(folder, { recursive: true });
    await setting.log.end();
    setTimeout(() => process.exit(), PATIENCE).unref();
  }
  const on = ordered.length === 1 ? '1 plugin is on' : `${ordered.length} plugins are on`;
  process.stdout.write(`${setting.place.name} is right: ${on}.\n`);
}
