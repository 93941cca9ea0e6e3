import type { Argv } from 'yargs';
import { ConfigErrors } from '../host/config-errors.ts';
import type { Commands } from './commands.ts';
import { CONFIG, durationFor, numberIn, OPTIONAL_WORD, WORD, word } from './options.ts';

/** Adds the commands that manage accounts. */
export function addUser(program: Argv, commands: Commands): void {
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

/** Adds the command that invites new users. */
export function addInvite(program: Argv, { invite }: Commands): void {
  const words = { type: 'string', array: true, requiresArg: true, default: [] as string[] } as const;
  program.command(
    'invite',
    'Make an invitation, with which new users register',
    {
      config: CONFIG,
      uses: {
        type: 'string',
        requiresArg: true,
        default: '1',
        describe: 'For how many users',
        coerce: (text: string) =>
          numberIn('uses', text, (value) => Number.isSafeInteger(value) && value > 0, 'a whole number above 0'),
      },
      for: {
        type: 'string',
        requiresArg: true,
        default: '7d',
        describe: 'How long it is valid, such as 12h or 7d',
        coerce: durationFor,
      },
      room: { ...words, describe: "A room that its users join, such as '#lab'; may be repeated" },
      role: { ...words, describe: 'A role that its users get; may be repeated' },
    },
    ({ config, uses, for: time, room, role }) =>
      invite(config, { uses, time, rooms: room.map(word), roles: role.map(word) }),
  );
}
