import { type AccountChange, type Collection, definePlugin, otherReloadsInWords, Plugins, Storage, z } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { accountsOf, idOf } from '../support/accounts.ts';
import { startConnected } from '../support/connected-servers.ts';

/** Notes what a server's plugins are told about accounts. */
function notebook() {
  const noted: string[] = [];
  const plugin = definePlugin({
    name: 'notebook',
    summary: 'Notes what becomes of accounts',
    setup: () => ({
      hooks: {
        async onAccountChange({ name }, change: AccountChange, elsewhere) {
          noted.push(`${name} ${change}${elsewhere ? ' elsewhere' : ''}`);
        },
      },
    }),
  });
  return { plugin, noted };
}

describe('an account that one server changes', () => {
  test('is another one at once for sessions of the other server, too', async () => {
    await using both = await startConnected();
    await both.first.registers('alice', 'bob');
    const [alice, bob] = [await both.second.returns('alice'), await both.second.returns('bob')];
    const accounts = accountsOf(both.first);
    await accounts.signOut(await idOf(both.first, 'alice'));
    await alice.sees('closing:signed-out');
    await accounts.remove(await idOf(both.first, 'bob'));
    await bob.sees('closing:removed');
  });

  test('is told to the plugins of all servers, whoever is online', async () => {
    const { plugin, noted } = notebook();
    await using both = await startConnected({ notebook: plugin });
    await both.first.registers('alice');
    const [accounts, id] = [accountsOf(both.first), await idOf(both.first, 'alice')];
    await accounts.setRoles(id, ['admin']);
    await accounts.rename(id, 'alison');
    await accounts.signOut(id);
    await accounts.remove(id);
    const changes = ['roles', 'renamed', 'signed-out', 'removed'];
    const told = (more: string) => changes.map((one) => expect.stringMatching(new RegExp(`^ali.* ${one}${more}$`)));
    await expect.poll(() => noted).toHaveLength(9);
    expect(noted).toContain('alice registered');
    expect(noted.filter((one) => !one.endsWith('elsewhere')).slice(1)).toEqual(told(''));
    expect(noted.filter((one) => one.endsWith('elsewhere'))).toEqual(told(' elsewhere'));
  });

  test('is what the store says, whatever another server tells', async () => {
    const { plugin, noted } = notebook();
    await using both = await startConnected({ notebook: plugin });
    await both.first.registers('alice');
    const bob = await both.second.joins('bob');
    const others = both.first.host.service('other-servers') as { tell(name: string, data: unknown): void };
    noted.length = 0;
    for (const name of ['alice', 'bob']) {
      others.tell('server.account', { id: await idOf(both.first, name), name, change: 'removed' });
    }
    expect(() => others.tell('server.account', { id: 'x' })).toThrow();
    expect(await bob.asks('message alice hi')).toBe('sent:');
    expect(noted).toEqual([]);
  });
});

describe('a setting that one server changes', () => {
  test('is applied on the other at once: whom a user ignores, and who moderates', async () => {
    await using both = await startConnected();
    await both.first.registers('alice', 'bob');
    const [here, there] = [await both.first.returns('alice'), await both.second.returns('alice')];
    const bob = await both.first.returns('bob');
    expect(await here.asks('ignore bob')).toBe('ignored:bob');
    expect(await bob.asks('broadcast one')).toBe('sent:');
    await accountsOf(both.first).setRoles(await idOf(both.first, 'bob'), ['moderator']);
    expect(await bob.asks('broadcast two')).toBe('sent:');
    await there.hears('bob', 'two');
    await here.hears('bob', 'two');
    expect(await here.asks('unignore bob')).toBe('unignored:bob');
    expect(await bob.asks('message alice three')).toBe('sent:');
    await there.hears('bob', 'three');
  });

  test('is applied on the other at once: whose messages a user accepts', async () => {
    await using both = await startConnected();
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    expect(await bob.asks('message alice hi')).toBe('sent:');
    await alice.hears('bob', 'hi');
    expect(await alice.asks('contact-policy nobody')).toBe('contact-policy:nobody');
    const carol = await both.second.joins('carol');
    expect(await carol.asks('message alice hi')).toBe('error:contact:message');
    both.cut(true);
    expect(await alice.asks('contact-policy all')).toBe('contact-policy:all');
    expect(await carol.asks('message alice hi')).toBe('error:contact:message');
    both.cut(false);
    await expect.poll(() => carol.asks('message alice hi')).toBe('sent:');
  });
});

describe('a collection', () => {
  /** Opens a collection on each server, and notes what it is told. */
  function shelf() {
    const shelves: { notes: Collection<string>; keys: (string | undefined)[]; stop(): void; signal: AbortSignal }[] =
      [];
    const plugin = definePlugin({
      name: 'shelf',
      summary: 'Keeps notes',
      needs: { storage: Storage },
      setup({ storage, signal }) {
        const notes = storage.open('notes', z.string());
        const keys: (string | undefined)[] = [];
        const stop = notes.watch((key) => {
          keys.push(key);
          if (key === 'bad') throw new Error('it was bad');
        });
        shelves.push({ notes, keys, stop, signal });
        return {};
      },
    });
    return { plugin, shelves };
  }

  test('tells which values another server has written, until it is not watched any more', async () => {
    const { plugin, shelves } = shelf();
    await using both = await startConnected({ shelf: plugin });
    const [one, two] = shelves;
    await one?.notes.set('tea', 'green');
    await one?.notes.update('tea', () => 'black');
    await one?.notes.delete('tea');
    expect(two?.keys).toEqual(['tea', 'tea', 'tea']);
    expect(one?.keys).toEqual([]);
    both.cut(true);
    await two?.notes.set('milk', 'no');
    both.cut(false);
    expect(one?.keys).toEqual([undefined]);
    one?.stop();
    await two?.notes.set('milk', 'yes');
    expect(one?.keys).toEqual([undefined]);
  });

  test('ends with its plugin, whose errors are its own', async () => {
    const { plugin, shelves } = shelf();
    await using both = await startConnected({ shelf: plugin });
    const [one, two] = shelves;
    await one?.notes.set('bad', 'apple');
    await expect.poll(() => both.second.logged.some(({ facts }) => facts.plugin === 'shelf')).toBe(true);
    await both.second.reload({ shelf: plugin });
    await expect.poll(() => two?.signal.aborted).toBe(true);
    await one?.notes.set('tea', 'green');
    expect(two?.keys).toEqual(['bad']);
    expect(shelves[2]?.keys).toEqual(['tea']);
  });
});

describe('a reload', () => {
  const reloads = (server: TestServer) => (server.host.service(Plugins.service) as Plugins).reloadOthers();

  test('of the other servers tells what has changed there', async () => {
    await using both = await startConnected();
    expect(otherReloadsInWords(await reloads(both.first))).toEqual([
      expect.stringMatching(/^second reloaded: nothing has changed; \d+ plugins kept$/),
    ]);
    expect(both.second.logged.filter(({ facts }) => facts.event === 'reload')).toHaveLength(1);
    both.cut(true);
    expect(otherReloadsInWords(await reloads(both.first))).toEqual(['no other server answered']);
  });

  test('needs a plugin that connects servers', async () => {
    await using server = await startServer();
    await expect(reloads(server)).rejects.toThrow("switch on 'nats'");
  });
});
