import type { Argv } from 'yargs';
import { ConfigErrors } from '../host/config-errors.ts';
import { asTyped, normalized } from './arguments.ts';
import { COMMANDS, type Commands } from './commands.ts';
import { misunderstood } from './misunderstood.ts';
import { KINDS } from './new.ts';
import { version } from './package.ts';
import { yargs } from './yargs.ts';

/** The longest time between two updates of `top`, in seconds: a day. */
const PAUSE_MOST = 86_400;

/** A word that must be given: a name or a file, as it was typed. */
const WORD = { type: 'string', demandOption: true, coerce: word } as const;

/** A name or a file that may be left out. */
const OPTIONAL_WORD = {
  type: 'string',
  coerce: (given: string | undefined) => (given === undefined ? given : word(given)),
} as const;

/** The option `--config`. */
const CONFIG = {
  type: 'string',
  requiresArg: true,
  describe: 'The config file; by default chatserv.config.* in this folder',
} as const;

/**
 * Runs a command line.
 * @param args the arguments after the program's name
 * @param commands the functions of the commands
 * @throws ConfigErrors when the arguments are invalid; also the errors of the command
 */
export async function runCommandLine(args: readonly string[], commands: Commands = COMMANDS): Promise<void> {
  const program = yargs()
    .scriptName('chatserv')
    .usage(
      'chatserv [command]\n\nA chat server that you assemble from plugins. Without a command it starts the server.',
    )
    .locale('en')
    // Values stay text: yargs would turn what looks like a number into one.
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'dot-notation': false,
      'camel-case-expansion': false,
    })
    .option('config', CONFIG);
  addServe(program, commands);
  addConnect(program, commands);
  addRunning(program, commands);
  addUser(program, commands);
  addNew(program, commands);
  addStore(program, commands);
  const words = normalized(args);
  await program
    .epilogue(
      'Exit codes: 0 success, 1 failure (even partial, or a server that is not ready), 2 invalid arguments or config.',
    )
    .strict()
    .help()
    .version(version())
    .exitProcess(false)
    .fail((message: string, error: Error | undefined, command: Argv) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new ConfigErrors([`${misunderstood(message, words, String(command.help()))} See chatserv --help.`]);
    })
    .parseAsync(words);
}

function addServe(program: Argv, { serve }: Commands): void {
  const watch = {
    type: 'boolean',
    default: false,
    describe: 'Reload when a file of the config or of a plugin changes',
  } as const;
  program.command(['$0', 'serve'], 'Start the server', { config: CONFIG, watch }, ({ config, watch }) =>
    serve(config, watch),
  );
}

function addConnect(program: Argv, { connect }: Commands): void {
  program.command(
    'connect [address]',
    'Chat in this terminal, or send lines from a pipe',
    (command) =>
      command
        .positional('address', { ...OPTIONAL_WORD, describe: '[user@]host[:port], or [user@]unix:/path' })
        .options({
          tls: { type: 'boolean', default: false, describe: 'Use TLS and check the certificate' },
          ca: { type: 'string', requiresArg: true, describe: 'A file of trusted certificates (PEM)' },
          insecure: { type: 'boolean', default: false, describe: 'Do not check the certificate' },
          'password-file': {
            type: 'string',
            requiresArg: true,
            describe: 'A file with the password; by default CHATSERV_PASSWORD, or a prompt',
          },
          register: { type: 'boolean', default: false, describe: 'Register the user if it is new, without asking' },
          device: {
            type: 'string',
            requiresArg: true,
            describe: "This device's name; by default terminal-HOST, and the default device for a pipe",
          },
        }),
    ({ address = 'localhost', tls, ca, insecure, 'password-file': passwordFile, register, device }) =>
      connect({ address, tls, ca, insecure, passwordFile, register, device }),
  );
}

/** Adds the commands that query a running server or inspect a config. */
function addRunning(program: Argv, { top, reload, health, plugins, check }: Commands): void {
  program
    .command(
      'top',
      'Show the activity of the running server',
      {
        config: CONFIG,
        every: {
          type: 'string',
          requiresArg: true,
          default: '1',
          describe: 'Seconds between updates',
          coerce: (text: string) =>
            numberIn('every', text, (value) => value > 0 && value <= PAUSE_MOST, `more than 0, at most ${PAUSE_MOST}`),
        },
        times: {
          type: 'string',
          requiresArg: true,
          describe: 'How many updates; 0 is unlimited (the default is 0 on a terminal, else 1)',
          coerce: (text: string) =>
            numberIn('times', text, (value) => Number.isSafeInteger(value) && value >= 0, 'a whole number'),
        },
      },
      ({ config, every, times }) => top(config, every, times),
    )
    .command('reload', 'Make the running server reload its config and plugins', { config: CONFIG }, ({ config }) =>
      reload(config),
    )
    .command('health', 'Check the health of the running server', { config: CONFIG }, ({ config }) => health(config))
    .command('plugins', 'List the plugins, and the order of their handlers', { config: CONFIG }, ({ config }) =>
      plugins(config),
    )
    .command('check', 'Check a config and report all errors', { config: CONFIG }, ({ config }) => check(config));
}

function addUser(program: Argv, commands: Commands): void {
  const {
    addUser,
    setPassword,
    resetPassword,
    renameUser,
    listUsers,
    setRoles,
    removeUser,
    signOut,
    signEveryoneOut,
    unblock,
  } = commands;
  const name = (command: Argv) => command.option('config', CONFIG).positional('name', WORD);
  program.command('user', 'Manage accounts', (user) =>
    user
      .command('add <name>', 'Register a user; the password is read from standard input', name, ({ config, name }) =>
        addUser(config, name),
      )
      .command('passwd <name>', "Set a user's password, read from standard input", name, ({ config, name }) =>
        setPassword(config, name),
      )
      .command('reset <name>', 'Print a one-time code for a user who forgot the password', name, ({ config, name }) =>
        resetPassword(config, name),
      )
      .command(
        'rename <name> <to>',
        'Rename a user; closes its sessions and revokes its tokens',
        (command) => name(command).positional('to', WORD),
        ({ config, name, to }) => renameUser(config, name, to),
      )
      .command('list', 'List the users', { config: CONFIG }, ({ config }) => listUsers(config))
      .command(
        'role <name> [roles..]',
        "Set a user's roles, such as admin or moderator; 'none' removes all; without roles, print them",
        (command) =>
          name(command).positional('roles', {
            type: 'string',
            array: true,
            coerce: (given: string[] | undefined) => given?.map(word),
          }),
        ({ config, name, roles }) => setRoles(config, name, roles ?? []),
      )
      .command(
        'remove <name>',
        'Remove a user and the messages queued for it',
        (command) =>
          name(command).option('messages', {
            type: 'boolean',
            default: false,
            describe: 'Also remove messages from it that are not delivered yet, even if the user was removed before',
          }),
        ({ config, name, messages }) => removeUser(config, name, messages),
      )
      .command(
        'sign-out [name]',
        'Sign a user out everywhere; closes its sessions and revokes its tokens',
        (command) =>
          command.option('config', CONFIG).positional('name', OPTIONAL_WORD).option('all', {
            type: 'boolean',
            default: false,
            describe: 'Sign out everyone, and replace the key for tokens',
          }),
        ({ config, name, all }) => {
          if (all === (name !== undefined))
            throw new ConfigErrors(['Name the user to sign out, or --all for everyone.']);
          return name === undefined ? signEveryoneOut(config) : signOut(config, name);
        },
      )
      .command('unblock <name>', 'Unblock a user who was blocked after wrong passwords', name, ({ config, name }) =>
        unblock(config, name),
      )
      .command(
        'import <file>',
        'Import users: name,SHA-1 as in user_pass.txt of an earlier server, or name,password with --passwords',
        (command) =>
          command
            .option('config', CONFIG)
            .positional('file', WORD)
            .option('passwords', { type: 'boolean', default: false, describe: 'Each line is name,password' }),
        ({ config, file, passwords }) => commands.importUsers(config, file, passwords),
      )
      .demandCommand(1, 'Name a command: add, passwd, reset, rename, list, role, remove, sign-out, unblock or import.'),
  );
}

function addNew(program: Argv, { newPlugin }: Commands): void {
  program.command('new', 'Create a plugin', (made) =>
    made
      .command(
        'plugin <name>',
        'Create a folder with a working plugin and its test',
        (command) =>
          command
            .positional('name', WORD)
            .option('kind', { choices: KINDS, default: KINDS[0], requiresArg: true, describe: 'What to start from' }),
        ({ name, kind }) => newPlugin(name, kind),
      )
      .demandCommand(1, 'Name a command: plugin.'),
  );
}

function addStore(program: Argv, { backUp, restore, exportAll, importAll }: Commands): void {
  const file = (command: Argv) => command.option('config', CONFIG).positional('file', WORD);
  program
    .command('backup <file>', 'Copy the store to a file, also while the server runs', file, ({ config, file }) =>
      backUp(config, file),
    )
    .command(
      'restore <file>',
      'Put a backup in place of the store, while no server runs',
      (command) =>
        file(command).option('redactions', {
          type: 'string',
          requiresArg: true,
          describe: "A file of redactions besides the store's own, such as that of another machine",
        }),
      ({ config, file, redactions }) => restore(config, file, redactions),
    )
    .command(
      'export [file]',
      'Write accounts and log as JSON lines, to a file or to standard output',
      (command) => command.option('config', CONFIG).positional('file', OPTIONAL_WORD),
      ({ config, file }) => exportAll(config, file),
    )
    .command('import <file>', 'Import an exported file into a new store', file, ({ config, file }) =>
      importAll(config, file),
    );
}

/** A name or file as it was typed. @throws ConfigErrors when it is empty */
function word(given: string): string {
  if (given === '') throw new ConfigErrors(['A name or file name is empty.']);
  return asTyped(given);
}

function numberIn(option: string, text: string, allowed: (value: number) => boolean, what: string): number {
  const value = text?.trim() === '' ? Number.NaN : Number(text);
  if (text !== undefined && !allowed(value)) {
    throw new ConfigErrors([`--${option} must be ${what}, not '${text}'.`]);
  }
  return value;
}
