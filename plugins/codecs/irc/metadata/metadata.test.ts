import type { Collection } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../../../test/support/altered-memory.ts';
import { startConnected } from '../../../../test/support/connected-servers.ts';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '', maxKeys: 2, maxSubscriptions: 2, maxValueBytes: 10 } };
const AWARE = ['batch', 'draft/metadata-3'];

/** Lines without the server's name and the references of batches. */
function plain(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(?:@batch=\d+ )?:irc\.example /, '').replace(/ ([+-])\d+/, ' $1'));
}

async function asks(client: IrcClient, ...lines: readonly string[]): Promise<string[]> {
  return plain(await client.asks(...lines));
}

test('what a user sets of itself is kept, and told to those who have subscribed to it', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  const bob = await IrcClient.joins(server, 'bob', AWARE);
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.reads(/ JOIN #lab$/);
  expect(await asks(bob, 'METADATA * SUB avatar', 'METADATA * SUBS')).toEqual([
    '770 bob avatar',
    '774 bob *ALL 0 :Synchronize metadata later',
    'BATCH + metadata-subs',
    '772 bob avatar',
    'BATCH -',
  ]);
  expect(await asks(alice, 'METADATA * SET avatar a.png', 'METADATA * SET color red')).toEqual([
    '761 alice alice avatar * a.png',
    '761 alice alice color * red',
  ]);
  expect(await asks(bob)).toEqual(['761 bob alice avatar * a.png']);
  alice.says('QUIT');
  await alice.ends();
  await bob.reads(/ QUIT /);
  const again = await IrcClient.logIn(server, { nick: 'alice', password: PASSWORD, capabilities: AWARE });
  expect(plain([await bob.reads(/ 761 /)])).toEqual(['761 bob alice avatar * a.png']);
  expect(await asks(again, 'METADATA alice CLEAR')).toContain('766 alice alice avatar :Key not set');
  expect(await asks(bob)).toEqual(['766 bob alice avatar :Key not set']);
  expect(await asks(bob, 'METADATA alice LIST')).toEqual(['BATCH + metadata alice', 'BATCH -']);
});

test('a moderator describes a channel, until the channel is gone', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  const bob = await IrcClient.joins(server, 'bob', AWARE);
  await bob.asks('METADATA * SUB url');
  await alice.asks('JOIN #lab', 'METADATA #lab SET url x.org');
  expect((await asks(bob, 'JOIN #lab')).slice(-3)).toEqual([
    'BATCH + metadata #lab',
    '761 bob #lab url * x.org',
    'BATCH -',
  ]);
  expect(await asks(bob, 'METADATA #lab SET url y.org', 'METADATA #lab CLEAR')).toEqual([
    'FAIL METADATA KEY_NO_PERMISSION #lab url :You cannot change this.',
    'FAIL METADATA KEY_NO_PERMISSION #lab * :You cannot change this.',
  ]);
  await bob.asks('PART #lab');
  await alice.asks('PART #lab', 'JOIN #lab');
  expect(await asks(bob, 'METADATA #lab GET url')).toContain('766 bob #lab url :Key not set');
});

test('the metadata of many is sent in parts, as a client asks for it', async () => {
  const irc = { ...IRC.irc, maxKeys: 20, maxSubscriptions: 20 };
  await using server = await startServer({ irc, guests: { rooms: 'join', mark: false, perNetwork: 100 } });
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  await alice.asks('JOIN #lab');
  const keys = Array.from({ length: 20 }, (_, count) => `key${count}`);
  const guests = Array.from({ length: 12 }, (_, count) => `guest${count}`);
  await Promise.all(
    guests.map(async (nick) => {
      const guest = await IrcClient.logIn(server, { nick, capabilities: AWARE });
      await guest.asks('JOIN #lab', ...keys.map((key) => `METADATA * SET ${key} ${nick}`));
    }),
  );
  await alice.asks(`METADATA * SUB ${keys.join(' ')}`);
  for (const target of ['#lab', '*ALL']) {
    const first = await asks(alice, `METADATA ${target} SYNC`);
    expect(first.at(-1)).toBe(`774 alice ${target} 0 :Synchronize metadata later`);
    const second = await asks(alice, `METADATA ${target} SYNC`);
    expect(second.at(-1)).toBe('BATCH -');
    const told = [...first, ...second].filter((line) => line.startsWith('761 '));
    expect(new Set(told).size).toBe(guests.length * keys.length);
    expect(first.length).toBeLessThan(230);
    expect(await asks(alice, `METADATA ${target} SYNC`)).toEqual(first);
  }
  expect((await asks(alice, 'PART #lab', 'JOIN #lab')).at(-1)).toMatch(/^774 alice #lab 0 /);
});

test('the values of those whom a client monitors are told as they come online', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  await alice.asks('METADATA * SET color red');
  alice.says('QUIT');
  await alice.ends();
  const bob = await IrcClient.joins(server, 'bob', AWARE);
  await bob.asks('MONITOR + alice', 'METADATA * SUB color');
  expect(await asks(bob, 'METADATA alice SYNC')).toEqual([
    'BATCH + metadata alice',
    '761 bob alice color * red',
    'BATCH -',
  ]);
  await IrcClient.logIn(server, { nick: 'alice', password: PASSWORD });
  await bob.reads(/ 730 /);
  expect(plain([await bob.reads(/ 761 /)])).toEqual(['761 bob alice color * red']);
  await bob.reads(/ BATCH -/);
  expect(await asks(bob, 'METADATA *ALL SYNC')).toEqual([
    'BATCH + metadata *ALL',
    '761 bob alice color * red',
    'BATCH -',
  ]);
});

test.each([
  ['METADATA * SET c 3', 'FAIL METADATA LIMIT_REACHED SET alice 2 :Remove another key first'],
  ['METADATA * SET A 3', 'FAIL METADATA INVALID_KEY A :There is no such key'],
  ['METADATA * SET a :1234567890x', 'FAIL METADATA INVALID_VALUE a :A value has at most 10 bytes'],
  ['METADATA nobody LIST', 'FAIL METADATA INVALID_TARGET nobody :There is no such user or channel'],
  ['METADATA bob SUBS', 'FAIL METADATA INVALID_TARGET bob :There is no such user or channel'],
  ['METADATA * GET', 'FAIL METADATA INVALID_PARAMS GET :Not enough parameters'],
  ['METADATA * SNEEZE', 'FAIL METADATA INVALID_PARAMS SNEEZE :There is no such subcommand'],
  ['METADATA * UNSUB A', 'WARN METADATA INVALID_KEY A :There is no such key'],
])('%s is refused', async (line, answer) => {
  await using server = await startServer(IRC);
  await server.joins('bob');
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  await alice.asks('METADATA * SET a 1', 'METADATA * SET b 2');
  expect(await asks(alice, line)).toEqual([answer]);
});

test('a client subscribes up to the limit, and to nothing without the capability', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  expect((await asks(alice, 'METADATA * SUB a b c d')).slice(0, 2)).toEqual([
    '770 alice a b',
    'FAIL METADATA LIMIT_REACHED SUB c 2 :Unsubscribe from another key',
  ]);
  await alice.asks('CAP REQ -draft/metadata-3', 'CAP REQ draft/metadata-3');
  expect(await asks(alice, 'METADATA * SUBS')).toEqual(['BATCH + metadata-subs', 'BATCH -']);
});

test('a user changes metadata thirty times in a row', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  await alice.asks(...Array.from({ length: 30 }, (_, count) => `METADATA * SET a ${count}`));
  expect(await asks(alice, 'METADATA * SET a :x y', 'METADATA * GET a')).toEqual([
    '775 alice 2 * SET a :x y',
    'BATCH + metadata alice',
    '761 alice alice a * 29',
    'BATCH -',
  ]);
  server.clock.advance(2);
  expect(await asks(alice, 'METADATA * SET a 30')).toEqual(['761 alice alice a * 30']);
});

test('metadata that is set before the login becomes that of the account', async () => {
  await using server = await startServer({ ...IRC, guests: { rooms: 'create', mark: false } });
  const ann = IrcClient.connect(server);
  for (const line of ['CAP LS 302', 'CAP REQ :batch draft/metadata-3', 'METADATA * SET color red']) ann.says(line);
  expect(await ann.reads(/draft\/metadata-3/)).toContain(
    'draft/metadata-3=before-connect,max-subs=2,max-keys=2,max-key-bytes=64,max-value-bytes=10',
  );
  expect(plain([await ann.reads(/ 761 /)])).toEqual(['761 * * color * red']);
  ann.says('METADATA * SET');
  expect(plain([await ann.reads(/FAIL/)])).toEqual(['FAIL METADATA INVALID_PARAMS SET :Not enough parameters']);
  ann.says('METADATA bob LIST');
  expect(plain([await ann.reads(/FAIL/)])).toEqual(['FAIL METADATA INVALID_TARGET bob :Log in first']);
  for (const line of ['NICK ann', 'USER ann 0 * :Ann', 'CAP END']) ann.says(line);
  expect(plain([await ann.reads(/ 761 /)])).toEqual(['761 ann ann color * red']);
});

test('metadata goes with the account of a guest, and with the channel', async () => {
  const stored: Collection<unknown>[] = [];
  const store = alteredMemory(({ storage }) => ({
    storage: {
      open(name, schema) {
        const collection = storage.open(name, schema);
        if (name === 'irc-metadata') stored.push(collection as Collection<unknown>);
        return collection;
      },
    },
  }));
  const guests = { rooms: 'create', mark: false };
  await using server = await startServer({ ...IRC, memory: false, store, guests });
  const ann = await IrcClient.logIn(server, { nick: 'ann', capabilities: AWARE });
  await ann.asks('JOIN #lab', 'METADATA #lab SET url x.org', 'METADATA * SET color red');
  const keys = async () => (await stored[0]?.list())?.map(({ key }) => key.replace(/\d+/, 'x'));
  expect(await keys()).toEqual(['account x', 'room x']);
  ann.says('QUIT');
  await ann.ends();
  await expect.poll(keys).toEqual([]);
});

test('another server tells its clients of changes, also of those that it has missed', async () => {
  await using servers = await startConnected(IRC);
  const alice = await IrcClient.joins(servers.first, 'alice', AWARE);
  const login = { nick: 'alice', as: 'alice@phone', password: PASSWORD, capabilities: AWARE };
  const phone = await IrcClient.logIn(servers.second, login);
  await phone.asks('METADATA * SUB color');
  await alice.asks('METADATA * SET color red');
  expect(plain([await phone.reads(/ 761 /)])).toEqual(['761 alice alice color * red']);
  servers.cut(true);
  await alice.asks('METADATA * SET color blue');
  expect(await asks(phone)).toEqual([]);
  servers.cut(false);
  expect(plain([await phone.reads(/ 761 /)])).toEqual(['761 alice alice color * blue']);
});
