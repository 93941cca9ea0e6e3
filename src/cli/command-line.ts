import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { didYouMean, Mistakes } from '../plugin/mistakes.ts';
import { KINDS, type Kind, newPlugin } from './new.ts';
import { version } from './package.ts';

/** The longest pause between two looks of `top`, in seconds: a day. */
const PAUSE_MOST = 86_400;

/**
 * Every command with its arguments and options. An argument is text, as it was typed, and what follows `--` is no
 * option. A command's code is loaded when it is called: a client at the terminal does not wait for the server's.
 */
export function commandLine(): Command {
  const program = new Command('chatserv')
    .description('A chat server that you assemble. Without a command it serves.')
    // Errors are printed by who calls this.
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .option('--config <file>', 'The config file; else chatserv.config.* in this folder')
    .version(version(), '--version', 'Print the version')
    .helpOption('--help', 'Print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 it failed, in part or as a whole, or the server is not ready, 2 what was asked is wrong.',
    )
    .configureHelp({ showGlobalOptions: true })
    .helpCommand('help [command]', 'Print the help of a command')
    .hook('preSubcommand', (_program, command) => {
      const [word = '-'] = program.args;
      // What is no command goes to the one that is called without a word.
      if (command.name() === 'serve' && word !== 'serve' && !word.startsWith('-')) throw unknownCommand(program, word);
    });
  addServe(program);
  addConnect(program);
  addRunning(program);
  addUser(program);
  addNew(program);
  addStore(program);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    takeOptionsOnce(command);
  }
  return program;
}

function addServe(program: Command): void {
  program
    .command('serve', { isDefault: true })
    .description('Serve')
    .option('--watch', 'Reload when a file of the config or a plugin is edited', false)
    .action(async ({ watch }: { watch: boolean }, command: Command) =>
      (await import('./serve.ts')).serve(configOf(command), watch),
    );
}

function addConnect(program: Command): void {
  program
    .command('connect')
    .description('Chat, on this terminal or with the lines of a pipe')
    .argument('[address]', '[user@]host[:port], or [user@]unix:/path', 'localhost')
    .option('--tls', 'Speak TLS, and check the certificate', false)
    .addOption(fileOption('--ca <file>', 'A file of certificates (PEM) to trust'))
    .option('--insecure', 'Do not check the certificate', false)
    .addOption(
      fileOption('--password-file <file>', 'A file with the password; else CHATSERV_PASSWORD, else it is asked for'),
    )
    .option('--register', 'Register the user if it is new, without asking', false)
    .action(
      async (
        address: string,
        options: { tls: boolean; ca?: string; insecure: boolean; passwordFile?: string; register: boolean },
      ) => (await import('./connect.ts')).connect({ address, ca: undefined, passwordFile: undefined, ...options }),
    );
}

/** What asks a running server, or looks at what would run. */
function addRunning(program: Command): void {
  program
    .command('top')
    .description('Show what the running server does, live')
    .addOption(
      new Option('--every <seconds>', 'Seconds between two looks')
        .default(1)
        .argParser((text) =>
          numberIn(text, (value) => value > 0 && value <= PAUSE_MOST, `more than 0, at most ${PAUSE_MOST}`),
        ),
    )
    .addOption(
      new Option(
        '--times <count>',
        'How many looks; 0 is until it is interrupted, as on a terminal, and elsewhere it is one',
      ).argParser((text) => numberIn(text, (value) => Number.isSafeInteger(value) && value >= 0, 'a whole number')),
    )
    .action(async ({ every, times }: { every: number; times?: number }, command: Command) =>
      (await import('./top.ts')).top(configOf(command), every, times),
    );
  program
    .command('reload')
    .description('Have the running server read config and plugins again')
    .action(async (_options, command: Command) => (await import('./reload.ts')).reload(configOf(command)));
  program
    .command('health')
    .description('Say whether the running server works')
    .action(async (_options, command: Command) => (await import('./health.ts')).health(configOf(command)));
  program
    .command('plugins')
    .description('List what would run')
    .action(async (_options, command: Command) => (await import('./plugins.ts')).plugins(configOf(command)));
  program
    .command('check')
    .description('Check a config, and say all that is wrong')
    .action(async (_options, command: Command) => (await import('./check.ts')).check(configOf(command)));
}

function addUser(program: Command): void {
  const user = program.command('user').description('Look after accounts');
  user
    .command('add')
    .description('Register a user; the password is read from standard input')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) =>
      (await import('./user.ts')).addUser(configOf(command), name),
    );
  user
    .command('passwd')
    .description("Set a user's password, read from standard input")
    .argument('<name>')
    .action(async (name: string, _options, command: Command) =>
      (await import('./user.ts')).setPassword(configOf(command), name),
    );
  user
    .command('list')
    .description('List the users')
    .action(async (_options, command: Command) => (await import('./user.ts')).listUsers(configOf(command)));
  user
    .command('role')
    .description("Give a user roles, as admin or moderator; 'none' takes them away; without roles, print those it has")
    .argument('<name>')
    .argument('[roles...]')
    .action(async (name: string, roles: string[], _options, command: Command) =>
      (await import('./user.ts')).setRoles(configOf(command), name, roles),
    );
  user
    .command('remove')
    .description('Remove a user and what waits for it')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) =>
      (await import('./user.ts')).removeUser(configOf(command), name),
    );
  user
    .command('sign-out')
    .description('Sign a user out everywhere: sessions are closed, and tokens expire')
    .argument('[name]')
    .option('--all', 'Everyone, with another key for tokens', false)
    .action(async (name: string | undefined, { all }: { all: boolean }, command: Command) => {
      if (all === (name !== undefined)) throw new Mistakes(['Name the user to sign out, or --all for everyone.']);
      const { signEveryoneOut, signOut } = await import('./user.ts');
      if (name === undefined) await signEveryoneOut(configOf(command));
      else await signOut(configOf(command), name);
    });
  user
    .command('unblock')
    .description('Let a user log in who is blocked after wrong passwords')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) =>
      (await import('./user.ts')).unblock(configOf(command), name),
    );
  user
    .command('import')
    .description("Import many users: lines of name,password with --passwords, else the ancestor's user_pass.txt")
    .addArgument(fileArgument('<file>'))
    .option('--passwords', 'The lines are name,password', false)
    .action(async (file: string, { passwords }: { passwords: boolean }, command: Command) =>
      (await import('./user-import.ts')).importUsers(configOf(command), file, passwords),
    );
}

function addNew(program: Command): void {
  program
    .command('new')
    .description('Begin something of your own')
    .command('plugin')
    .description('Make a folder with a plugin that runs, and its test')
    .argument('<name>')
    .addOption(new Option('--kind <kind>', 'What it begins as').choices(KINDS).default('command'))
    .action((name: string, { kind }: { kind: Kind }) => newPlugin(name, kind));
}

function addStore(program: Command): void {
  program
    .command('backup')
    .description('Copy the store to a file, also while the server runs')
    .addArgument(fileArgument('<file>'))
    .action(async (file: string, _options, command: Command) =>
      (await import('./backup.ts')).backUp(configOf(command), file),
    );
  program
    .command('export')
    .description('Write accounts and log as JSON lines, to a file or to standard output')
    .addArgument(fileArgument('[file]'))
    .action(async (file: string | undefined, _options, command: Command) =>
      (await import('./export.ts')).exportAll(configOf(command), file),
    );
  program
    .command('import')
    .description('Put what export wrote into a new store')
    .addArgument(fileArgument('<file>'))
    .action(async (file: string, _options, command: Command) =>
      (await import('./import.ts')).importAll(configOf(command), file),
    );
}

function configOf(command: Command): string | undefined {
  return command.optsWithGlobals<{ config?: string }>().config;
}

function fileArgument(name: string): Argument {
  return new Argument(name).argParser(notEmpty);
}

function fileOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(notEmpty);
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

function numberIn(text: string, allowed: (value: number) => boolean, what: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!allowed(value)) throw new InvalidArgumentError(`It must be ${what}.`);
  return value;
}

/** Of an option that is given twice it would be guesswork which of them is meant. */
function takeOptionsOnce(command: Command): void {
  const given = new Set<string>();
  for (const option of command.options) {
    const name = option.name();
    command.on(`option:${name}`, () => {
      if (given.has(name)) throw new Mistakes([`--${name} is given twice. See chatserv --help.`]);
      given.add(name);
    });
  }
}

function unknownCommand(program: Command, word: string): Mistakes {
  const near = didYouMean(
    word,
    program.commands.map((command) => command.name()),
  );
  return new Mistakes([`Unknown command '${word}'.${near} See chatserv --help.`]);
}
