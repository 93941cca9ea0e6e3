import { command, defineCommand, definePlugin, EVERYONE, MessageLog, param, z } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Reactions, and a command that removes a message's text. */
function reactions(kept = true) {
  return definePlugin({
    name: 'reactions',
    summary: 'Reacts to messages',
    setup: ({ server }) => ({
      kinds: [
        {
          name: 'reaction',
          version: 2,
          schema: z.strictObject({ emoji: z.string().max(4) }),
          counts: false,
          line: ({ from, body }) => `${from} reacts with ${JSON.parse(body).emoji}`,
        },
      ],
      commands: [
        command({
          name: 'react',
          summary: 'Reacts',
          params: { of: param.integer(), emoji: param.word() },
          async run({ account, values: { of, emoji } }) {
            const to = { room: EVERYONE };
            const { id } = await server.append({ kind: 'reaction', from: account, to, of, data: { emoji }, kept });
            return `reacted ${id}`;
          },
        }),
        command({
          name: 'redact',
          summary: 'Removes the text of a message',
          params: { id: param.integer() },
          run: async ({ account, values: { id } }) => String(await server.redact(id, account)),
        }),
      ],
    }),
  });
}

describe('a plugin’s kind of entry', () => {
  test('is a line for people, and data for programs, live and from the log', async () => {
    await using server = await startServer({ reactions: reactions() });
    await server.registers('bob', 'dora', 'zed');
    const alice = await server.joins('alice');
    const bob = await server.returns('bob');
    const dora = server.connectJson();
    await dora.logsIn('dora', PASSWORD);
    expect(await alice.asks('broadcast hello')).toBe('sent:');
    expect(await alice.asks('react 1 +1')).toBe('reacted 2');
    const seen = { type: 'entry', id: 2, room: EVERYONE, kind: 'reaction', version: 2, from: 'alice', of: 1 };
    await bob.hears('alice', 'hello');
    await bob.sees(/^\[[^\]]+\] alice reacts with \+1$/);
    await dora.sees({ type: 'message', text: 'hello' });
    await dora.sees({ ...seen, data: { emoji: '+1' }, line: 'alice reacts with +1', repeat: false });
    await dora.closes();
    const again = server.connectJson();
    await again.logsIn('dora', PASSWORD);
    await again.sees({ type: 'message', repeat: true });
    await again.sees({ ...seen, repeat: true });
    again.says({ type: 'acknowledge', id: 2 });
    await again.seesNothing();
    const zed = server.connectClassic();
    await zed.logsIn('zed', PASSWORD);
    await zed.sees(/ alice: hello$/);
    await zed.sees(/^\[[^\]]+\] alice reacts with \+1$/);
    await zed.sees('DONE');
    await alice.seesNothing();
  });

  test('without its plugin: hidden on lines, raw for programs, and passed by cursors', async () => {
    await using server = await startServer({ reactions: reactions() });
    await server.registers('bob', 'dora');
    const alice = await server.joins('alice');
    expect(await alice.asks('react 1 +1')).toBe('reacted 1');
    await server.reload({ reactions: false });
    expect(await alice.asks('broadcast later')).toBe('sent:');
    const bob = await server.returns('bob');
    await bob.hears('alice', 'later');
    await bob.seesNothing();
    const dora = server.connectJson();
    await dora.logsIn('dora', PASSWORD);
    await dora.sees({ type: 'entry', kind: 'reaction', data: { emoji: '+1' } });
    await dora.sees({ type: 'message', text: 'later' });
  });

  test('is not kept where its plugin says so', async () => {
    await using server = await startServer({ reactions: reactions(false) });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const carol = await server.joins('carol');
    expect(await alice.asks('react 1 +1')).toBe('reacted 0');
    await carol.sees(/ alice reacts with \+1$/);
    const bob = await server.returns('bob');
    await bob.seesNothing();
  });

  test('must match its schema', async () => {
    await using server = await startServer({ reactions: reactions() });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('react 1 applause')).toBe('error:internal:react');
    await bob.seesNothing();
    expect(server.failures[0]?.facts).toMatchObject({
      err: { message: expect.stringContaining("the kind 'reaction'") },
    });
  });

  test('whose line throws is hidden, and the log names the plugin', async () => {
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws',
      setup: ({ server }) => ({
        kinds: [
          {
            name: 'poll',
            version: 1,
            schema: z.null(),
            counts: true,
            line() {
              throw new Error('no line');
            },
          },
        ],
        commands: [
          {
            name: 'poll',
            summary: 'Polls',
            params: {},
            async run({ account }) {
              await server.append({ kind: 'poll', from: account, to: { room: EVERYONE }, data: null });
              return 'polled';
            },
          },
        ],
      }),
    });
    await using server = await startServer({ broken });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('poll')).toBe('polled');
    await bob.seesNothing();
    expect(server.failures.map(({ facts }) => facts)).toMatchObject([{ event: 'plugin-error', plugin: 'broken' }]);
  });

  test('is defined by one plugin, under a name that the server does not use', async () => {
    const other = { ...reactions(), name: 'others' };
    const own = definePlugin({
      name: 'own',
      summary: 'Defines what is there',
      setup: () => ({ kinds: [{ name: 'message', version: 1, schema: z.null(), counts: false }] }),
    });
    const commands = defineCommand({ name: 'x', summary: 'x', params: {}, run: () => '' });
    await expect(startServer({ reactions: reactions(), other, commands })).rejects.toThrow(
      "The plugins 'reactions' and 'others' both define the kind 'reaction'.",
    );
    await expect(startServer({ own })).rejects.toThrow(
      "The plugin 'own' defines the kind 'message', which is the server's own.",
    );
  });
});

describe('a redaction', () => {
  test('removes the text for those who have not received it, and notifies programs', async () => {
    await using server = await startServer({ reactions: reactions() });
    await server.registers('bob', 'dora');
    const alice = await server.joins('alice');
    const dora = server.connectJson();
    await dora.logsIn('dora', PASSWORD);
    expect(await alice.asks('broadcast secret')).toBe('sent:');
    expect(await alice.asks('broadcast open')).toBe('sent:');
    expect(await alice.asks('redact 1')).toBe('true');
    expect(await alice.asks('redact 99')).toBe('false');
    for (const text of ['secret', 'open']) await dora.sees({ type: 'message', text });
    await dora.sees({ type: 'entry', kind: 'redaction', of: 1, data: { from: 'alice' } });
    const bob = await server.returns('bob');
    await bob.hears('alice', 'open');
    await bob.sees(/^\[[^\]]+\] alice deleted a message from 00:00$/);
    await bob.seesNothing();
    const log = server.host.service(MessageLog.service) as MessageLog;
    expect(await log.get(1)).toMatchObject({ body: '', redacted: true });
  });
});
