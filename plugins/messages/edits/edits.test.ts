import { definePlugin, MessageLog, refuse } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';
import { marks } from '../../../test/support/marks.ts';

/** Refuses some texts, rewrites others, and can hold messages up. */
function filter(held: () => Promise<void> | undefined = () => undefined) {
  const edited: (number | undefined)[] = [];
  const plugin = definePlugin({
    name: 'filter',
    summary: 'Filters messages',
    setup: () => ({
      hooks: {
        onMessage: {
          guard: async ({ text }) => {
            await held();
            return text.includes('forbidden') ? refuse('word') : undefined;
          },
          transform(message) {
            edited.push(message.of);
            message.text = message.text.replace('darn', '****');
          },
        },
      },
    }),
  });
  return { plugin, edited };
}

describe('an edit', () => {
  test('passes guards and transforms like a message, in every kind of place', async () => {
    const { plugin, edited } = filter();
    await using server = await startServer({ filter: plugin });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('create #lab')).toBe('created:#lab');
    expect(await bob.asks('join #lab')).toBe('joined:#lab');
    await alice.sees(/bob joined$/);
    for (const [post, place] of [
      ['message #lab one', '#lab '],
      ['message bob two', ''],
      ['broadcast three', ''],
    ] as const) {
      expect(await alice.asks(post)).toBe('sent:');
      await bob.next();
      expect(await alice.asks('edit last forbidden')).toBe('error:word:edit');
      expect(await alice.asks('edit last darn it')).toMatch(/^edited:/);
      expect(await bob.next()).toMatch(new RegExp(`^\\[[^\\]]+\\] ${place}alice edited "[a-z]+": \\*\\*\\*\\* it$`));
    }
    await alice.says('message alice note');
    await alice.hears('alice', 'note');
    await alice.sees('sent:');
    expect(await alice.asks('edit last darn note')).toMatch(/^edited:/);
    expect(edited.map((of) => of !== undefined)).toEqual([false, true, false, true, false, true, false, true]);
  });

  test('notifies nobody again, and reaches those who were away after its message', async () => {
    await using server = await startServer({ marks });
    await server.registers('bob');
    const alice = await server.joins('alice');
    expect(await alice.asks('broadcast hello')).toBe('sent:');
    expect(await alice.asks('edit last hello @bob')).toBe('edited:1');
    const bob = await Program.logsIn(server.connectJson(), 'bob', 'phone');
    expect(await bob.asks('unread')).toMatchObject({ totals: { unread: 1, mentions: 0 } });
    expect(bob.takes('message')).toMatchObject([{ id: 1, text: 'hello' }]);
    expect(bob.takes('entry')).toMatchObject([{ kind: 'edit', of: 1, data: { text: 'hello @bob' } }]);
  });

  test('that was on its way while its message was deleted is refused, and leaves no text', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { promise: waits, resolve: isWaiting } = Promise.withResolvers<void>();
    let holds = false;
    const { plugin } = filter(() => {
      if (!holds) return undefined;
      isWaiting();
      return promise;
    });
    await using server = await startServer({ filter: plugin });
    await server.registers('alice', 'bob');
    const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    const laptop = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
    const { id = 0 } = await phone.asks('message', { to: ['bob'], text: 'secret' });
    holds = true;
    const edit = phone.asks('edit', { message: id, text: 'a secret' });
    await waits;
    await laptop.asks('delete', { message: id });
    resolve();
    await expect(edit).rejects.toThrow('"reason":"deleted"');
    const log = server.host.service(MessageLog.service) as MessageLog;
    expect(await log.changes([id], 10)).toMatchObject([{ kind: 'redaction' }]);
    expect(server.failures).toEqual([]);
  });

  test('and a reaction find no message in a private room, as where there is none', async () => {
    await using server = await startServer();
    await server.registers('bob');
    const alice = await server.joins('alice');
    expect(await alice.asks('create #attic private')).toBe('created:#attic');
    expect(await alice.asks('message #attic hidden')).toBe('sent:');
    const log = server.host.service(MessageLog.service) as MessageLog;
    const hidden = await log.head();
    expect(await log.get(hidden)).toMatchObject({ body: 'hidden' });
    const bob = await Program.logsIn(server.connectJson(), 'bob');
    const values = { text: 'found', reaction: '👍' };
    for (const name of ['edit', 'delete', 'react', 'unreact', 'reactions']) {
      const { text, reaction } = values;
      const more = { ...(name === 'edit' && { text }), ...(name.endsWith('react') && { reaction }) };
      const answers = [];
      for (const message of [hidden, hidden + 100]) {
        answers.push(await bob.asks(name, { message, ...more }).catch((cause: Error) => cause.message));
      }
      const [one = '', none = ''] = answers.map((answer) => String(answer).replace(/"request":\d+/, ''));
      expect(one).toBe(none);
      expect(one).toContain('"reason":"no-message"');
    }
  });

  test('works after a restart of the plugin, which still knows the last message', async () => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    expect(await alice.asks('broadcast hello')).toBe('sent:');
    await server.reload({ edits: { maxEdits: 1 } });
    expect(await alice.asks('edit last hello all')).toBe('edited:1');
    expect(await alice.asks('edit last hello everyone')).toBe('error:too-many:edit');
    expect(server.limitHits).toEqual({ edits: 1 });
  });
});
