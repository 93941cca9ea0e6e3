import { fileURLToPath } from 'node:url';
import { checkConfig } from '../config/check.ts';
import { findConfig } from '../config/find.ts';
import { type Log, openLog } from '../log/open.ts';
import { LEVELS, type Level } from '../log/style.ts';
import type { HostSetting } from '../plugin/host.ts';
import { Mistakes } from '../plugin/mistakes.ts';
import { importFile, moduleExtension, modules } from '../plugin/self.ts';

/** What a command line asks for. */
export interface Setting extends HostSetting {
  /** The keys of `plugins` that the config itself names; the others are the standard set's. */
  readonly named: ReadonlySet<string>;
  /** The config's file, if there is one. */
  readonly file: string | undefined;
  readonly log: Log;
}

/**
 * What a command line asks for, from its config.
 * @param opened the log, where it is open already
 * @throws Mistakes when something is wrong with it
 */
export async function settingOf(config: string | undefined, opened?: Log): Promise<Setting> {
  const standardFile = fileURLToPath(new URL(`../../chatserv.config${moduleExtension}`, import.meta.url));
  const found = await findConfig(config, process.cwd());
  const checked = await checkConfig(found.value, (await importFile(standardFile)).default, found.name);
  const level = levelOf(process.env.LOG_LEVEL) ?? checked.log.level;
  const log = opened ?? openLog(level);
  return {
    ...checked,
    log,
    file: found.file,
    place: { folder: found.folder, name: found.name },
    environment: process.env,
    logger: log.logger,
    live: () => log.setLevel(level),
    listens: (transport, where) => process.stdout.write(`chatserv listens on ${transport} ${where}\n`),
    again: () => {
      modules.refresh();
      return settingOf(config, log);
    },
  };
}

/** The level that the environment asks for, if it does. @throws Mistakes when there is no such level */
function levelOf(asked: string | undefined): Level | undefined {
  if (asked === undefined || asked === '') return undefined;
  const level = LEVELS.find((one) => one === asked);
  if (level === undefined) throw new Mistakes([`LOG_LEVEL is '${asked}'; allowed: ${LEVELS.join(', ')}.`]);
  return level;
}
