import type { Account } from '../api/account.ts';
import type { Logger } from '../api/logger.ts';
import type { KernelCommand } from '../kernel/commands.ts';
import { type ParamShapes, usageOf } from '../params/arguments.ts';
import type { Params } from '../params/param.ts';
import type { Roles } from '../services/roles.ts';
import { countedWords, declaredArguments } from './arguments.ts';
import { ConfigErrors } from './config-errors.ts';
import type { CommandSpec, Contributed } from './define.ts';
import type { PluginCalls } from './plugin-calls.ts';
import type { Command } from './server.ts';

/** A loaded command with what the kernel needs to run it. */
export interface LoadedCommand extends Command, KernelCommand {}

/**
 * Adds the commands of plugins under their names and aliases.
 * @throws ConfigErrors when two plugins contribute one word
 */
export function addCommands(
  commands: Map<string, LoadedCommand>,
  contributed: readonly Contributed<CommandSpec>[],
  calls: PluginCalls,
  roles: Roles | undefined,
  logger: Logger,
): void {
  const errors: string[] = [];
  for (const { plugin, specs } of contributed) {
    for (const spec of specs) {
      const command = loaded(plugin, spec, calls, spec.role && holders(spec.role, roles, calls, logger));
      for (const word of [command.name, ...command.aliases]) {
        const other = commands.get(word);
        if (other === undefined) commands.set(word, command);
        else
          errors.push(
            `The plugins '${other.plugin}' and '${plugin}' both define the command '${word}': switch one of them off under plugins.`,
          );
      }
    }
  }
  if (errors.length > 0) throw new ConfigErrors(errors);
}

/** Whether a command declares its arguments. One for the last release has a usage, and counts words at most. */
export function declaresArguments({ params, args, usage }: CommandSpec): boolean {
  return params !== undefined || (args === undefined && usage === undefined);
}

function loaded(
  plugin: string,
  spec: CommandSpec,
  calls: PluginCalls,
  allows: Command['allows'] | '' = '',
): LoadedCommand {
  const { params: declared, args, ...described } = spec;
  const { name, aliases = [] } = spec;
  const params = declaresArguments(spec) ? shapesOf(declared ?? {}) : undefined;
  const usage = spec.usage ?? usageOf(name, params ?? {});
  const run = calls.command(plugin, name, spec.run);
  const reader = params === undefined ? countedWords(args) : declaredArguments(params);
  return { ...described, aliases, usage, params, plugin, arguments: reader, run, ...(allows && { allows }) };
}

function shapesOf(params: Params): ParamShapes {
  return Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, shape]));
}

/** Whether an account has a role. Without the service, and when it fails, no account has one. */
function holders(
  role: string,
  roles: Roles | undefined,
  calls: PluginCalls,
  logger: Logger,
): (account: Account) => Promise<boolean> {
  return async (account) => {
    try {
      return roles !== undefined && (await calls.during(() => roles.has(account, role)));
    } catch (err) {
      logger.error({ event: 'store-error', err }, `cannot check whether ${account.name} has the role '${role}'`);
      return false;
    }
  };
}
