import { basename } from 'node:path';
import { checkConfig } from '../config/check.ts';
import { findConfig } from '../config/find.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { modules } from '../host/self.ts';
import type { HostSetting } from '../host/setting.ts';
import { loadStandardSet } from '../host/standard.ts';
import { type Log, openLog } from '../logging/open.ts';
import { LEVELS, type Level } from '../logging/style.ts';
import { groupMember } from '../sdk/group-member.ts';
import type { Difference } from '../services/plugins.ts';
import { complain, print } from './print.ts';
import { sharingErrors } from './sharing.ts';

/** A config that was read. */
export interface ReadConfig
  extends Pick<HostSetting, 'plugins' | 'limits' | 'place' | 'standard' | 'errors' | 'deprecations'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The keys of `plugins` that the config itself sets; the others come from the standard set. */
  readonly named: ReadonlySet<string>;
  /** Its file, if there is one. */
  readonly file: string | undefined;
  /** The level of the log. */
  readonly level: Level;
}

/** What a command line starts a server with. */
export interface Setting extends ReadConfig, HostSetting {
  readonly listens: NonNullable<HostSetting['listens']>;
  readonly live: NonNullable<HostSetting['live']>;
  readonly environment: ReadConfig['environment'];
  readonly log: Log;
}

/** The warnings that were printed: one command reads a config more than once, and each reload reads it again. */
const warned = new Set<string>();

function warnOnce(sentence: string): void {
  if (warned.has(sentence)) return;
  warned.add(sentence);
  complain(`chatserv: ${sentence}\n`);
}

/** The warning about several config files in one folder. */
function passedOverSentence(read: string, passedOver: readonly string[]): string {
  const others = passedOver.map((file) => basename(file)).join(' and ');
  return `${read} is used, and ${others} beside it ${passedOver.length === 1 ? 'is' : 'are'} ignored: remove what you do not need, or name the config with --config.`;
}

/** Reads a config. Its plugins are not loaded. @throws ConfigErrors when it cannot be read */
export async function readConfig(config: string | undefined): Promise<ReadConfig> {
  const { value, file, folder, name, passedOver } = await findConfig(config, process.cwd());
  if (passedOver.length > 0) warnOnce(passedOverSentence(name, passedOver));
  const { log, ...checked } = await checkConfig(value, await loadStandardSet(), name);
  const level = levelOf(process.env.LOG_LEVEL) ?? log.level;
  return { ...checked, level, file, place: { folder, name }, environment: process.env };
}

/**
 * Reads the config to start a server with.
 * @param opened the log, if it is open already
 * @throws ConfigErrors when the config is invalid
 */
export async function settingOf(config: string | undefined, opened?: Log): Promise<Setting> {
  const read = await readConfig(config);
  const log = opened ?? openLog(read.level, groupMember?.number);
  const { level, limits, place } = read;
  return {
    ...read,
    objections: (plugins) => (groupMember === undefined ? [] : sharingErrors(plugins, place.name)),
    log,
    logger: log.logger,
    reloadAll: groupMember && reloadGroup,
    live: () => {
      log.setLevel(level);
      groupMember?.tell({ type: 'setting', level, shutdownTime: limits.shutdownTime });
    },
    listens: (transport, where) => {
      log.logger.info({ event: 'listen', transport, where }, 'listening');
      // The supervisor tells what all processes listen on.
      if (groupMember !== undefined) groupMember.tell({ type: 'listens', transport, where });
      // For scripts: a terminal shows the start screen, and the log.
      else if (!process.stdout.isTTY) print(`chatserv listens on ${transport} ${where}\n`);
    },
    again: async () => {
      await modules.refresh();
      return settingOf(config, log);
    },
  };
}

/** Reloads all processes of the group. @throws ConfigErrors when one of them cannot */
async function reloadGroup(): Promise<Difference> {
  const [answer] = (await groupMember?.ask('reload'))?.values() ?? [];
  if (answer === undefined || 'errors' in answer) throw new ConfigErrors(answer?.errors ?? []);
  return answer.result as Difference;
}

/** The level that the environment sets, if any. @throws ConfigErrors when there is no such level */
function levelOf(asked: string | undefined): Level | undefined {
  if (asked === undefined || asked === '') return undefined;
  const level = LEVELS.find((one) => one === asked);
  if (level === undefined) throw new ConfigErrors([`LOG_LEVEL must be one of ${LEVELS.join(', ')}, not '${asked}'.`]);
  return level;
}
