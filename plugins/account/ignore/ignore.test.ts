import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageLog, Storage, z } from 'chatserv';
import { type JsonClient, type LineClient, PASSWORD, startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountsOf, idOf } from '../../../test/support/accounts.ts';
import { marks } from '../../../test/support/marks.ts';

/** Everything that a client was sent so far, answered or not. */
async function linesOf(client: LineClient): Promise<string[]> {
  const lines: string[] = [];
  await client.says('barrier');
  for (let line = await client.next(); line !== 'error:command:barrier'; line = await client.next()) lines.push(line);
  return lines;
}

/** The lines of an answer. */
async function answer(client: LineClient, line: string): Promise<string[]> {
  await client.says(line);
  const lines: string[] = [];
  for (let next = await client.next(); !next.startsWith('end:'); next = await client.next()) lines.push(next);
  return lines;
}

describe('a list', () => {
  test('survives a restart, and a rename of either user', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-ignore-'));
    const plugins = { memory: false, sqlite: { file: join(folder, 'chat.db') } };
    try {
      {
        await using server = await startServer(plugins);
        await server.registers('bob');
        expect(await (await server.joins('alice')).asks('ignore bob')).toBe('ignored:bob');
      }
      await using server = await startServer(plugins);
      const bob = await server.returns('bob');
      expect(await bob.asks('message alice one')).toBe('sent:');
      await accountsOf(server).rename(await idOf(server, 'bob'), 'rob');
      await accountsOf(server).rename(await idOf(server, 'alice'), 'alison');
      const rob = await server.returns('rob');
      const alison = await server.returns('alison');
      expect(await rob.asks('message alison two')).toBe('sent:');
      expect(await linesOf(alison)).toEqual([]);
      expect(await alison.asks('ignored')).toBe('rob');
      expect(await alison.asks('unignore rob')).toBe('unignored:rob');
      expect(await answer(alison, 'history rob')).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('keeps a removed user, and not the next one of that name; it ends with its account', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('ignore bob')).toBe('ignored:bob');
    expect(await bob.asks('broadcast one')).toBe('sent:');
    await accountsOf(server).remove(await idOf(server, 'bob'));
    expect(await alice.asks('ignored')).toBe('bob');
    expect(await answer(alice, 'history everyone')).toEqual([]);
    const newcomer = await server.joins('bob');
    expect(await newcomer.asks('message alice two')).toBe('sent:');
    await alice.hears('bob', 'two');
    expect(await alice.asks('unignore bob')).toBe('error:user:unignore');
    await accountsOf(server).remove(await idOf(server, 'bob'));
    expect(await alice.asks('unignore bob')).toBe('unignored:bob');
    expect(await answer(alice, 'history everyone')).toHaveLength(1);
    expect(await alice.asks('ignore bob')).toBe('error:user:ignore');
    await server.registers('carol');
    expect(await alice.asks('ignore carol')).toBe('ignored:carol');
    await accountsOf(server).remove(await idOf(server, 'alice'));
    const stored = (server.host.service(Storage.service) as Storage).open('ignored-users', z.unknown());
    expect(await stored.list()).toEqual([]);
  });

  test('has a greatest length', async () => {
    await using server = await startServer({ ignore: { max: 1 } });
    await server.registers('bob', 'carol');
    const alice = await server.joins('alice');
    expect(await alice.asks('ignore bob')).toBe('ignored:bob');
    expect(await alice.asks('ignore carol')).toBe('error:too-many:ignore');
    expect(await alice.asks('ignore bob')).toBe('ignored:bob');
    expect(server.limitHits).toEqual({ 'ignored-users': 1 });
  });

  test('holds after a reload of its plugin, and no longer once that is off', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('ignore bob')).toBe('ignored:bob');
    await server.reload({ ignore: { max: 7 } });
    expect(await bob.asks('message alice one')).toBe('sent:');
    expect(await linesOf(alice)).toEqual([]);
    await server.reload({ ignore: false });
    // The plugin leaves once nothing of it runs any more.
    await expect
      .poll(async () => {
        expect(await bob.asks('message alice two')).toBe('sent:');
        return linesOf(alice);
      })
      .not.toEqual([]);
    await server.reload({ ignore: true });
    expect(await bob.asks('message alice three')).toBe('sent:');
    expect(await linesOf(alice)).toEqual([]);
  });

  test('that two sessions change at once has both changes', async () => {
    await using server = await startServer({ 'single-session': false });
    await server.registers('alice', 'bob', 'carol', 'dora');
    const sessions = [await server.returns('alice'), await server.returns('alice'), await server.returns('alice')];
    const names = ['bob', 'carol', 'dora'];
    await Promise.all(sessions.map((session, index) => session.asks(`ignore ${names[index]}`)));
    for (const name of names) {
      const client = await server.returns(name);
      await client.says('broadcast hi');
      expect(await linesOf(client)).toContain('sent:');
    }
    for (const session of sessions) expect(await linesOf(session)).toEqual([]);
    expect(await sessions[0]?.asks('ignored')).toBe('bob carol dora');
  });
});

test('of those who moderate the server, only direct messages are hidden', async () => {
  await using server = await startServer();
  const [alice, mo] = [await server.joins('alice'), await server.joins('mo')];
  const accounts = accountsOf(server);
  expect(await alice.asks('ignore mo')).toBe('ignored:mo');
  expect(await mo.asks('broadcast as a user')).toBe('sent:');
  await accounts.setRoles(await idOf(server, 'mo'), ['moderator']);
  expect(await mo.asks('broadcast as a moderator')).toBe('sent:');
  await alice.hears('mo', 'as a moderator');
  expect(await mo.asks('message alice a word with you')).toBe('sent:');
  expect(await linesOf(alice)).toEqual([]);
  expect(await answer(alice, 'history everyone')).toHaveLength(2);
  expect(await answer(alice, 'history mo')).toEqual([]);
  await accounts.setRoles(await idOf(server, 'mo'), []);
  expect(await mo.asks('broadcast as a user again')).toBe('sent:');
  expect(await linesOf(alice)).toEqual([]);
});

test('messages that no store keeps, and what others add to messages, are hidden too', async () => {
  await using server = await startServer({ marks, broadcast: { to: 'online' } });
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  expect(await alice.asks('ignore bob')).toBe('ignored:bob');
  expect(await bob.asks('broadcast not kept')).toBe('sent:');
  await carol.hears('bob', 'not kept');
  expect(await alice.asks('create #lab')).toBe('created:#lab');
  for (const client of [bob, carol]) await client.asks('join #lab');
  await linesOf(alice);
  expect(await alice.asks('message #lab hi')).toBe('sent:');
  expect(await linesOf(bob)).toHaveLength(2);
  const id = await (server.host.service(MessageLog.service) as MessageLog).head();
  expect(await bob.asks(`mark ${id} boring`)).toBe('marked');
  expect(await carol.asks(`mark ${id} fine`)).toMatch(/marked|\[/);
  const seen = (await linesOf(alice)).join('\n');
  expect(seen).toContain('fine');
  expect(seen).not.toContain('boring');
  const history = (await answer(alice, 'history #lab')).join('\n');
  expect(history).toContain('fine');
  expect(history).not.toContain('boring');
});

test('a search does not find what is hidden, and fills its page with other messages', async () => {
  await using server = await startServer();
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  await carol.says('broadcast tea for all');
  await carol.sees('sent:');
  for (let i = 0; i < 5; i++) {
    await bob.says(`broadcast tea ${i}`);
    for (let line = await bob.next(); line !== 'sent:'; line = await bob.next());
  }
  await linesOf(alice);
  expect(await answer(alice, 'search tea limit:1')).toEqual([
    expect.stringMatching(/bob: tea 4$/),
    expect.stringMatching(/^\.\.\. before:/),
  ]);
  expect(await alice.asks('ignore bob')).toBe('ignored:bob');
  expect(await answer(alice, 'search tea limit:1')).toEqual([expect.stringMatching(/carol: tea for all$/)]);
  expect(await answer(alice, 'search tea from:bob')).toEqual([]);
});

describe('for any messages and lists', () => {
  const NAMES = ['bob', 'carol', 'dora'];
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ by: fc.constantFrom(...NAMES), to: fc.constantFrom('#lab', 'everyone') }) },
    { weight: 1, arbitrary: fc.record({ ignores: fc.constantFrom(...NAMES) }) },
    { weight: 1, arbitrary: fc.record({ unignores: fc.constantFrom(...NAMES) }) },
  );

  /** Calls a command. @returns the messages that came before the answer, and its facts */
  async function calls(client: JsonClient, name: string, text = '') {
    client.says({ type: 'command', name, text });
    const texts: string[] = [];
    let event = await client.next();
    for (; event.type !== 'answer' && event.type !== 'error'; event = await client.next()) {
      if (event.type === 'message') texts.push(event.text);
    }
    return { texts, facts: (event.type === 'answer' ? event.facts : undefined) as Record<string, unknown> | undefined };
  }

  test('deliveries, pages of the history and unread counts leave out the same', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await using server = await startServer({ timeouts: false });
        await server.registers('alice');
        const alice = server.connectJson();
        await alice.logsIn('alice', PASSWORD, 'phone');
        await calls(alice, 'create', '#lab');
        const others = new Map<string, LineClient>();
        for (const name of NAMES) {
          others.set(name, await server.joins(name));
          await others.get(name)?.asks('join #lab');
        }
        const said: { by: string; to: string; text: string }[] = [];
        const ignored = new Set<string>();
        for (const [number, one] of steps.entries()) {
          if ('ignores' in one) {
            ignored.add(one.ignores);
            await calls(alice, 'ignore', one.ignores);
          } else if ('unignores' in one) {
            ignored.delete(one.unignores);
            await calls(alice, 'unignore', one.unignores);
          } else {
            const text = `message ${number}`;
            said.push({ ...one, text });
            const sender = others.get(one.by) as LineClient;
            await sender.says(one.to === 'everyone' ? `broadcast ${text}` : `message #lab ${text}`);
            for (let line = await sender.next(); line !== 'sent:'; line = await sender.next());
            expect((await calls(alice, 'ignored')).texts).toEqual(ignored.has(one.by) ? [] : [text]);
          }
        }
        const seenIn = (place: string) => said.filter(({ by, to }) => to === place && !ignored.has(by));
        for (const place of ['#lab', 'everyone']) {
          const { facts } = await calls(alice, 'history', `${place} 5`);
          const page = ((facts?.entries ?? []) as { text: string }[]).map(({ text }) => text);
          expect(page).toEqual(
            seenIn(place)
              .slice(-5)
              .map(({ text }) => text),
          );
          expect(facts?.more).toEqual({ before: seenIn(place).length > 5, after: false });
        }
        const { facts } = await calls(alice, 'unread');
        const unread = seenIn('#lab').length + seenIn('everyone').length;
        expect(facts?.totals).toMatchObject({ unread });
      }),
      { numRuns: 15 },
    );
  });
});
