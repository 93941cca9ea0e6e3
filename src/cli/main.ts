import yargs from 'yargs';
import { didYouMean, Mistakes } from '../plugin/mistakes.ts';
import { KINDS, type Kind, newPlugin } from './new.ts';
import { version } from './package.ts';

/**
 * The command line's door. Sets the process's exit code: 0, or 2 when something is wrong with what was asked.
 * A subcommand is loaded when it is called: a client at the terminal does not wait for the server's code.
 */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads the output may stop reading it: `chatserv plugins | head`.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || cause.code === 'EIO') process.exit();
    process.stderr.write(`chatserv: the output cannot be written: ${cause.message}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => {});
  // Timers of ours keep no process alive; without this a wait for anything else would end it.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    await yargs([...args])
      .scriptName('chatserv')
      // What the environment's language would translate is half of a sentence.
      .locale('en')
      .option('config', {
        type: 'string',
        requiresArg: true,
        describe: 'The config file; else chatserv.config.* in this folder',
      })
      .command(
        '$0',
        'Serve',
        {
          watch: {
            type: 'boolean',
            default: false,
            describe: 'Reload when a file of the config or a plugin is edited',
          },
        },
        async ({ config, watch }) => (await import('./serve.ts')).serve(config as string | undefined, watch),
      )
      .command(
        'connect [address]',
        'Chat: [user@]host[:port], on this terminal or with the lines of a pipe',
        {
          tls: { type: 'boolean', default: false, describe: 'Speak TLS, and check the certificate' },
          ca: { type: 'string', requiresArg: true, describe: 'A file of certificates (PEM) to trust' },
          insecure: { type: 'boolean', default: false, describe: 'Do not check the certificate' },
          'password-file': {
            type: 'string',
            requiresArg: true,
            describe: 'A file with the password; else CHATSERV_PASSWORD, else it is asked for',
          },
          register: { type: 'boolean', default: false, describe: 'Register the user if it is new, without asking' },
        },
        async ({ address, passwordFile, ...options }) =>
          (await import('./connect.ts')).connect({ address: String(address ?? 'localhost'), passwordFile, ...options }),
      )
      .command(
        'top',
        'Show what the running server does, live',
        {
          every: { type: 'number', default: 1, describe: 'Seconds between two looks' },
          times: {
            type: 'number',
            describe: 'How many looks; 0 is until it is interrupted, as on a terminal, and elsewhere it is one',
          },
        },
        async ({ config, every, times }) => (await import('./top.ts')).top(config as string | undefined, every, times),
      )
      .command('reload', 'Have the running server read config and plugins again', {}, async ({ config }) =>
        (await import('./reload.ts')).reload(config as string | undefined),
      )
      .command('health', 'Say whether the running server works', {}, async ({ config }) =>
        (await import('./health.ts')).health(config as string | undefined),
      )
      .command('plugins', 'List what would run', {}, async ({ config }) =>
        (await import('./plugins.ts')).plugins(config as string | undefined),
      )
      .command('check', 'Check a config, and say all that is wrong', {}, async ({ config }) =>
        (await import('./check.ts')).check(config as string | undefined),
      )
      .command('user', 'Look after accounts', (user) =>
        user
          .command('add <name>', 'Register a user; the password is read from standard input', {}, async (argv) =>
            (await import('./user.ts')).addUser(argv.config as string | undefined, String(argv.name)),
          )
          .command('passwd <name>', "Set a user's password, read from standard input", {}, async (argv) =>
            (await import('./user.ts')).setPassword(argv.config as string | undefined, String(argv.name)),
          )
          .command('list', 'List the users', {}, async (argv) =>
            (await import('./user.ts')).listUsers(argv.config as string | undefined),
          )
          .command(
            'role <name> [roles..]',
            "Give a user roles, as admin or moderator; 'none' takes them away, and without any they are said",
            {},
            async (argv) =>
              (await import('./user.ts')).setRoles(
                argv.config as string | undefined,
                String(argv.name),
                ((argv.roles as string[]) ?? []).map(String),
              ),
          )
          .command('remove <name>', 'Remove a user and what waits for it', {}, async (argv) =>
            (await import('./user.ts')).removeUser(argv.config as string | undefined, String(argv.name)),
          )
          .command(
            'import <file>',
            "Import many users: lines of name,password with --passwords, else the ancestor's user_pass.txt",
            { passwords: { type: 'boolean', default: false, describe: 'The lines are name,password' } },
            async (argv) =>
              (await import('./user-import.ts')).importUsers(
                argv.config as string | undefined,
                String(argv.file),
                argv.passwords,
              ),
          )
          .demandCommand(1, 'Say what to do: add, passwd, list, role, remove or import.'),
      )
      .command('new', 'Begin something of your own', (made) =>
        made
          .command(
            'plugin <name>',
            'Make a folder with a plugin that runs, and its test',
            {
              kind: {
                choices: KINDS,
                default: 'command' as Kind,
                describe: 'What it begins as',
              },
            },
            ({ name, kind }) => newPlugin(String(name), kind),
          )
          .demandCommand(1, 'Say what: plugin.'),
      )
      .command('backup <file>', 'Copy the store to a file, also while the server runs', {}, async (argv) =>
        (await import('./backup.ts')).backUp(argv.config as string | undefined, String(argv.file)),
      )
      .command(
        'export [file]',
        'Write accounts and log as JSON lines, to a file or to standard output',
        {},
        async (argv) =>
          (await import('./export.ts')).exportAll(argv.config as string | undefined, argv.file as string | undefined),
      )
      .command('import <file>', 'Put what export wrote into a new store', {}, async (argv) =>
        (await import('./import.ts')).importAll(argv.config as string | undefined, String(argv.file)),
      )
      .epilogue('Exit codes: 0 it is done, 1 it failed, or the server is not ready, 2 what was asked is wrong.')
      .strict()
      .help()
      .version(version())
      .exitProcess(false)
      .fail((message, error: Error | undefined, command) => {
        if (error !== undefined && error.name !== 'YError') throw error;
        throw new Mistakes([misunderstood(message, String(command.help()))]);
      })
      .parseAsync();
  } catch (thrown) {
    if (!(thrown instanceof Mistakes)) throw thrown;
    // What other programs say may have many lines; a mistake is one.
    for (const said of thrown.sentences) process.stderr.write(`chatserv: ${said.trim().replace(/\s*\n\s*/g, ' ')}\n`);
    process.exitCode = 2;
  } finally {
    clearInterval(alive);
  }
}

/** What is wrong with a command line. @param help what is shown of the command in question: its subcommands and options */
function misunderstood(message: string, help: string): string {
  const [, word] = /^Unknown arguments?: ([^,]+)/.exec(message) ?? [];
  const known = [...help.matchAll(/^ {2}(?:chatserv (?:[a-z]+ )*|--)([a-z-]+)/gm)].map(([, name = '']) => name);
  const meant = word === undefined ? '' : didYouMean(word, known);
  return `${message.replace(/\.?$/, '.')}${meant} See chatserv --help.`;
}
