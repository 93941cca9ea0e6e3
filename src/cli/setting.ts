import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { checkConfig } from '../config/check.ts';
import { findConfig } from '../config/find.ts';
import type { HostSetting } from '../plugin/host.ts';
import { importFile, moduleExtension, modules } from '../plugin/self.ts';

/** What a command line asks for. */
export interface Setting extends HostSetting {
  /** The keys of `plugins` that the config itself names; the others are the standard set's. */
  readonly named: ReadonlySet<string>;
  /** The config's file, if there is one. */
  readonly file: string | undefined;
}

/** What a command line asks for, from its config. @throws Mistakes when something is wrong with it */
export async function settingOf(config: string | undefined): Promise<Setting> {
  const standardFile = fileURLToPath(new URL(`../../chatserv.config${moduleExtension}`, import.meta.url));
  const found = await findConfig(config, process.cwd());
  const checked = await checkConfig(found.value, (await importFile(standardFile)).default, found.name);
  const level = process.env.LOG_LEVEL ?? 'warn';
  return {
    ...checked,
    file: found.file,
    place: { folder: found.folder, name: found.name },
    environment: process.env,
    logger: pino({ level }, pino.destination({ dest: 2, sync: true })),
    listens: (transport, where) => process.stdout.write(`chatserv listens on ${transport} ${where}\n`),
    again: () => {
      modules.refresh();
      return settingOf(config);
    },
  };
}
