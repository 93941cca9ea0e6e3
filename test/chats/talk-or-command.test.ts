import { Accounts, definePlugin } from 'chatserv';
import { Conversation, overStream } from 'chatserv/client';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** A command `garden`, and one for gardeners only. */
const garden = definePlugin({
  name: 'garden',
  summary: 'Keeps a garden',
  setup: () => ({
    commands: [
      {
        name: 'garden',
        aliases: ['plot'],
        usage: 'garden <plant>',
        summary: 'Plants something',
        run: ({ rest }) => `planted: ${rest}`,
      },
      {
        name: 'weed',
        usage: 'weed <plant>',
        summary: 'Pulls something out',
        role: 'gardener',
        run: ({ rest }) => `pulled: ${rest}`,
      },
    ],
  }),
});

/** Grants roles on the server. */
let give: (name: string, ...roles: string[]) => Promise<void>;
const giver = definePlugin({
  name: 'giver',
  summary: 'Gives roles',
  needs: { accounts: Accounts },
  setup({ accounts }) {
    give = async (name, ...roles) => accounts.setRoles((await accounts.find(name))?.id ?? 0, roles);
  },
});

test('a line that may be a command is sent as a message only if the server has no such command', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  const says = (text: string, word: string) =>
    alice.says({ type: 'message', request: text, to: 'everyone', text, unlessCommand: word });
  says('garden one', 'garden');
  await alice.sees({ type: 'answer', request: 'garden one', text: 'sent:' });
  await bob.hears('alice', 'garden one');
  await server.reload({ garden });
  says('garden two', 'garden');
  await alice.sees({ type: 'error', request: 'garden two', reason: 'is-command', about: 'garden' });
  says('plot three', 'plot');
  await alice.sees({ type: 'error', request: 'plot three', reason: 'is-command', about: 'garden' });
  says('gardens are nice', 'gardens');
  await alice.sees({ type: 'answer', request: 'gardens are nice' });
  await server.reload({ garden: false });
  says('garden four', 'garden');
  await alice.sees({ type: 'answer', request: 'garden four' });
  await bob.hears('alice', 'gardens are nice');
  await bob.hears('alice', 'garden four');
  await bob.seesNothing();
});

test('a command that needs a role exists for its holders, from the moment they get it', async () => {
  await using server = await startServer({ garden, giver });
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  const says = (text: string) => alice.says({ type: 'message', to: ['bob'], text, unlessCommand: 'weed' });
  says('weed grows here');
  await alice.sees({ type: 'answer', text: 'sent:' });
  await bob.hears('alice', 'weed grows here');
  await give('alice', 'gardener');
  await alice.sees({ type: 'commands' });
  says('weed the nettles');
  await alice.sees({ type: 'error', reason: 'is-command', about: 'weed' });
  await give('alice');
  await alice.sees({ type: 'commands' });
  says('weed grows again');
  await alice.sees({ type: 'answer', text: 'sent:' });
  await bob.hears('alice', 'weed grows again');
  await bob.seesNothing();
});

test('a pipelined message is refused in its turn', async () => {
  await using server = await startServer({ garden });
  await server.registers('alice', 'bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  for (let request = 1; request <= 30; request++) {
    const unlessCommand = request % 10 === 0 ? 'garden' : 'no-command';
    alice.says({ type: 'message', request, to: ['bob'], text: 'hi', unlessCommand });
  }
  for (let request = 1; request <= 30; request++) {
    if (request % 10 === 0) await alice.sees({ type: 'error', request, reason: 'is-command' });
    else await alice.sees({ type: 'answer', request, text: 'sent:' });
  }
});

test('a client learns that a word is a command when a message is refused, and that it no longer is', async () => {
  await using server = await startServer();
  const { promise: online, resolve } = Promise.withResolvers<void>();
  const conversation = new Conversation({
    open: overStream(() => server.open()),
    login: { name: 'alice', password: PASSWORD, register: true },
    owner: { state: ({ state }) => state === 'online' && resolve() },
    clock: server.clock,
  });
  const names = () => conversation.commands.map(({ name }) => name);
  conversation.start();
  await online;
  await conversation.command('help');
  await server.reload({ garden });
  expect(names()).not.toContain('garden');
  const refused = { reason: 'is-command', about: 'garden' };
  await expect(conversation.message('everyone', 'garden tulips', { unlessCommand: 'garden' })).rejects.toMatchObject(
    refused,
  );
  await expect.poll(names).toContain('garden');
  expect(await conversation.command('garden', 'tulips')).toMatchObject({ text: 'planted: tulips' });
  await server.reload({ garden: false });
  await expect(conversation.command('garden', 'roses')).rejects.toMatchObject({ reason: 'command' });
  await expect.poll(names).not.toContain('garden');
  conversation.close();
});
