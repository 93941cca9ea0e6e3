import type { ConnectOptions } from './connect.ts';
import type { InviteOptions } from './invite.ts';
import type { Kind } from './new.ts';

/**
 * The functions of the command line's commands. Their code is loaded when they are called, so that a client at the terminal
 * does not load the server's. `config` is the file that `--config` names.
 */
export const COMMANDS = {
  serve: async (config: string | undefined, watch: boolean) => (await import('./serve.ts')).serve(config, watch),
  supervise: async (config: string | undefined, count: number) =>
    (await import('./supervise.ts')).supervise(config, count),
  connect: async (options: ConnectOptions) => (await import('./connect.ts')).connect(options),
  top: async (config: string | undefined, every: number, times: number | undefined) =>
    (await import('./top.ts')).top(config, every, times),
  reload: async (config: string | undefined, everywhere: boolean) =>
    (await import('./reload.ts')).reload(config, everywhere),
  health: async (config: string | undefined) => (await import('./health.ts')).health(config),
  plugins: async (config: string | undefined) => (await import('./plugins.ts')).plugins(config),
  check: async (config: string | undefined) => (await import('./check.ts')).check(config),
  addUser: async (config: string | undefined, name: string) => (await import('./user.ts')).addUser(config, name),
  setPassword: async (config: string | undefined, name: string) =>
    (await import('./user.ts')).setPassword(config, name),
  resetPassword: async (config: string | undefined, name: string) =>
    (await import('./user.ts')).resetPassword(config, name),
  renameUser: async (config: string | undefined, name: string, to: string) =>
    (await import('./user.ts')).renameUser(config, name, to),
  listUsers: async (config: string | undefined) => (await import('./user.ts')).listUsers(config),
  setRoles: async (config: string | undefined, name: string, roles: readonly string[]) =>
    (await import('./user.ts')).setRoles(config, name, roles),
  removeUser: async (config: string | undefined, name: string, messages: boolean) =>
    (await import('./user.ts')).removeUser(config, name, messages),
  signOut: async (config: string | undefined, name: string) => (await import('./user.ts')).signOut(config, name),
  signEveryoneOut: async (config: string | undefined) => (await import('./user.ts')).signEveryoneOut(config),
  unblock: async (config: string | undefined, name: string) => (await import('./user.ts')).unblock(config, name),
  importUsers: async (config: string | undefined, file: string, passwords: boolean) =>
    (await import('./user-import.ts')).importUsers(config, file, passwords),
  invite: async (config: string | undefined, options: InviteOptions) =>
    (await import('./invite.ts')).invite(config, options),
  newPlugin: async (name: string, kind: Kind) => (await import('./new.ts')).newPlugin(name, kind),
  backUp: async (config: string | undefined, file: string) => (await import('./backup.ts')).backUp(config, file),
  restore: async (config: string | undefined, file: string, redactions: string | undefined) =>
    (await import('./restore.ts')).restore(config, file, redactions),
  exportAll: async (config: string | undefined, file: string | undefined) =>
    (await import('./export.ts')).exportAll(config, file),
  importAll: async (config: string | undefined, file: string) => (await import('./import.ts')).importAll(config, file),
  migrateStore: async (config: string | undefined, to: string) =>
    (await import('./migrate.ts')).migrateStore(config, to),
};

export type Commands = typeof COMMANDS;
