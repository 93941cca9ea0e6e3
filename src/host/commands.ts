import type { Account } from '../kernel/account.ts';
import type { Command } from '../kernel/commands.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Roles } from '../services/roles.ts';
import type { CommandSpec } from './define.ts';
import type { Guard } from './guard.ts';
import { Mistakes } from './mistakes.ts';

/** The commands that a plugin brings. */
export interface Brought {
  readonly plugin: string;
  readonly specs: readonly CommandSpec[];
}

/**
 * Adds what plugins bring to the commands, under their names and aliases.
 * @throws Mistakes when two plugins bring one word
 */
export function addCommands(
  commands: Map<string, Command>,
  brought: readonly Brought[],
  guard: Guard,
  roles: Roles | undefined,
  logger: Logger,
): void {
  const mistakes: string[] = [];
  for (const { plugin, specs } of brought) {
    for (const spec of specs) {
      const run = guard.command(plugin, spec.name, spec.run);
      const { role, aliases = [] } = spec;
      const allows = role === undefined ? {} : { allows: holders(role, roles, guard, logger) };
      const command: Command = { ...spec, aliases, plugin, run, ...allows };
      for (const word of [command.name, ...command.aliases]) {
        const other = commands.get(word);
        if (other === undefined) commands.set(word, command);
        else
          mistakes.push(
            `Two plugins bring the command '${word}', '${other.plugin}' and '${plugin}': switch one of them off under plugins.`,
          );
      }
    }
  }
  if (mistakes.length > 0) throw new Mistakes(mistakes);
}

/** Whether an account has a role. Where nobody knows about roles, and where that fails, nobody has one. */
function holders(
  role: string,
  roles: Roles | undefined,
  guard: Guard,
  logger: Logger,
): (account: Account) => Promise<boolean> {
  return async (account) => {
    try {
      return roles !== undefined && (await guard.during(() => roles.has(account, role)));
    } catch (err) {
      logger.error(
        { event: 'store-error', err },
        `whether ${account.name} has the role '${role}' could not be found out`,
      );
      return false;
    }
  };
}
