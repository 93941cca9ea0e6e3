import { basename } from 'node:path';
import { checkConfig } from '../config/check.ts';
import { findConfig } from '../config/find.ts';
import { Mistakes } from '../host/mistakes.ts';
import { modules } from '../host/self.ts';
import type { HostSetting } from '../host/setting.ts';
import { loadStandardSet } from '../host/standard.ts';
import { type Log, openLog } from '../logging/open.ts';
import { LEVELS, type Level } from '../logging/style.ts';
import { complain, print } from './print.ts';

/** What a config says, and where it is. */
export interface ReadConfig extends Pick<HostSetting, 'plugins' | 'limits' | 'place' | 'standard' | 'mistakes'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The keys of `plugins` that the config itself names; the others are the standard set's. */
  readonly named: ReadonlySet<string>;
  /** Its file, if there is one. */
  readonly file: string | undefined;
  /** What is logged. */
  readonly level: Level;
}

/** What a server is made of that a command line asks for. */
export interface Setting extends ReadConfig, HostSetting {
  readonly environment: ReadConfig['environment'];
  readonly log: Log;
}

/** What was warned of: a config is read more than once by one command, and at each reload. */
const warned = new Set<string>();

function warnOnce(sentence: string): void {
  if (warned.has(sentence)) return;
  warned.add(sentence);
  complain(`chatserv: ${sentence}\n`);
}

/** Which of several config files in a folder is read. */
function passedOverSentence(read: string, passedOver: readonly string[]): string {
  const others = passedOver.map((file) => basename(file)).join(' and ');
  return `${read} is read, and ${others} beside it ${passedOver.length === 1 ? 'is' : 'are'} not: remove what you do not need, or name the config with --config.`;
}

/** Reads a config. Its plugins are not loaded. @throws Mistakes when it cannot be read */
export async function readConfig(config: string | undefined): Promise<ReadConfig> {
  const { value, file, folder, name, passedOver } = await findConfig(config, process.cwd());
  if (passedOver.length > 0) warnOnce(passedOverSentence(name, passedOver));
  const { log, ...checked } = await checkConfig(value, await loadStandardSet(), name);
  const level = levelOf(process.env.LOG_LEVEL) ?? log.level;
  return { ...checked, level, file, place: { folder, name }, environment: process.env };
}

/**
 * What a server is made of, from its config.
 * @param opened the log, where it is open already
 * @throws Mistakes when something is wrong with it
 */
export async function settingOf(config: string | undefined, opened?: Log): Promise<Setting> {
  const read = await readConfig(config);
  const log = opened ?? openLog(read.level);
  return {
    ...read,
    log,
    logger: log.logger,
    live: () => log.setLevel(read.level),
    listens: (transport, where) => {
      // Where both go to one terminal, the log has said it.
      if (process.stdout.isTTY && log.tellsPeople()) return;
      print(`chatserv listens on ${transport} ${where}\n`);
    },
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
