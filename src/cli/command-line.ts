import type { Argv } from 'yargs';
import { ConfigErrors } from '../host/config-errors.ts';
import { normalized } from './arguments.ts';
import { COMMANDS, type Commands } from './commands.ts';
import { misunderstood } from './misunderstood.ts';
import { KINDS } from './new.ts';
import { CONFIG, numberIn, OPTIONAL_WORD, processesIn, WORD } from './options.ts';
import { version } from './package.ts';
import { addInvite, addUser } from './user-commands.ts';
import { yargs } from './yargs.ts';

/** The longest time between two updates of `top`, in seconds: a day. */
const PAUSE_MOST = 86_400;

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
  addInvite(program, commands);
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

function addServe(program: Argv, { serve, supervise }: Commands): void {
  const watch = {
    type: 'boolean',
    default: false,
    describe: 'Reload when a file of the config or of a plugin changes',
  } as const;
  const processes = {
    type: 'string',
    requiresArg: true,
    describe: 'Serve in so many processes, or auto: one for each core; with postgres and nats',
    coerce: processesIn,
  } as const;
  const options = { config: CONFIG, watch, processes };
  program.command(['$0', 'serve'], 'Start the server', options, ({ config, watch, processes }) => {
    if (processes === undefined) return serve(config, watch);
    if (watch)
      throw new ConfigErrors(['--watch works with one process only: leave out --processes. See chatserv --help.']);
    return supervise(config, processes);
  });
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
          invitation: { type: 'string', requiresArg: true, describe: 'The code of an invitation to register with' },
          guest: { type: 'boolean', default: false, describe: 'Come in as a guest, without an account' },
        }),
    ({ address = 'localhost', 'password-file': passwordFile, ...given }) => {
      const { tls, ca, insecure, register, device, invitation, guest } = given;
      return connect({ address, tls, ca, insecure, passwordFile, register, device, invitation, guest });
    },
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
    .command(
      'reload',
      'Make the running server reload its config and plugins',
      {
        config: CONFIG,
        everywhere: { type: 'boolean', default: false, describe: 'And the other servers of the chat theirs' },
      },
      ({ config, everywhere }) => reload(config, everywhere),
    )
    .command('health', 'Check the health of the running server', { config: CONFIG }, ({ config }) => health(config))
    .command('plugins', 'List the plugins, and the order of their handlers', { config: CONFIG }, ({ config }) =>
      plugins(config),
    )
    .command('check', 'Check a config and report all errors', { config: CONFIG }, ({ config }) => check(config));
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

function addStore(program: Argv, { backUp, restore, exportAll, importAll, migrateStore }: Commands): void {
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
    )
    .command(
      'migrate <to>',
      'Copy the store into the new store of another config, and compare them',
      (command) =>
        command.option('config', CONFIG).positional('to', { ...WORD, describe: 'The config file of the new store' }),
      ({ config, to }) => migrateStore(config, to),
    );
}
