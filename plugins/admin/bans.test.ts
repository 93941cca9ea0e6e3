import { Storage, z } from 'chatserv';
import { PASSWORD } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { AuditedServer } from '../../test/support/audited-server.ts';

/** How a client that connects from there is received. */
const received = async ({ server }: AuditedServer, address: string) => {
  const client = server.connect('a guest', address);
  const answer = await client.asks('not a name');
  await client.closes();
  return answer;
};

describe('the target of a ban', () => {
  test('is a user or an address, and the audit log and programs are told which', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    await server.registers('bob', 'root');
    await audited.give('root', 'admin');
    const root = server.connectJson();
    await root.logsIn('root', PASSWORD);
    for (const [line, text, facts] of [
      ['ban BOB 10m', 'done:0', { user: 'bob', connections: 0 }],
      ['ban 198.51.100.7', 'done:0', { address: '198.51.100.7', connections: 0 }],
      ['ban 198.51.100.8:51234 1h', 'done:0', { address: '198.51.100.8', connections: 0 }],
      ['ban [2001:db8::77]:443', 'done:0', { address: '2001:db8:0:0::/64', connections: 0 }],
      ['unban ::ffff:198.51.100.7', 'done:', { address: '198.51.100.7' }],
      ['unban bob', 'done:', { user: 'bob' }],
    ] as const) {
      const [command = '', ...args] = line.split(' ');
      root.says({ type: 'command', name: command, text: args.join(' ') });
      await root.sees({ type: 'answer', text, facts });
    }
    expect(audited.audited.slice(0, 4)).toEqual([
      { by: 'root', did: 'ban', what: 'BOB 10m', target: 'user:bob' },
      { by: 'root', did: 'ban', what: '198.51.100.7', target: 'address:198.51.100.7' },
      { by: 'root', did: 'ban', what: '198.51.100.8:51234 1h', target: 'address:198.51.100.8' },
      { by: 'root', did: 'ban', what: '[2001:db8::77]:443', target: 'address:2001:db8:0:0::/64' },
    ]);
  });

  test('must name its kind if a user has the name of an address, and only that one is banned', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    // Registered under the rules of an earlier version.
    const hash = (await audited.accounts.find('root'))?.hash ?? '';
    await audited.accounts.create('203.0.113.7', hash);
    const troll = await server.returns('203.0.113.7', '198.51.100.1');
    const neighbour = await server.joins('bob', '203.0.113.7');
    for (const command of ['ban', 'unban']) {
      expect(await root.asks(`${command} 203.0.113.7`)).toBe(`error:user-or-address:${command}`);
    }
    expect(await root.asks('ban user:203.0.113.7')).toBe('done:1');
    await troll.sees('closing:banned');
    await neighbour.seesNothing();
    expect(await root.asks('unban user:203.0.113.7')).toBe('done:');
    const back = await server.returns('203.0.113.7', '198.51.100.1');
    expect(await root.asks('ban address:203.0.113.7')).toBe('done:1');
    await neighbour.sees('closing:banned');
    await back.seesNothing();
    expect(await root.asks('ban user:nobody')).toBe('error:user:ban');
    expect(await root.asks('ban address:bob')).toBe('error:user:ban');
  });

  test.each(['192.0.2.7', '10.0.0.0/8'])('%s cannot be registered', async (name) => {
    await using audited = await AuditedServer.start();
    const client = audited.server.connectJson();
    client.says({ type: 'register', name, password: PASSWORD });
    await client.sees({ type: 'ask', question: 'username', because: 'username', reason: 'address' });
  });
});

describe('a ban of an address', () => {
  test('does not keep out exempt addresses, and cannot be set on one', async () => {
    await using audited = await AuditedServer.start({}, { exempt: ['127.0.0.0/8', '192.0.2.1'] });
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    await server.joins('bob', '127.0.0.1');
    for (const address of ['127.0.0.1', '127.0.0.0/8', '192.0.2.1']) {
      expect(await root.asks(`ban ${address}`)).toBe('error:exempt:ban');
    }
    // One that an earlier version took is no more.
    const storage = server.host.service(Storage.service) as Storage;
    await storage.open('bans', z.json()).set('network:127.0.0.1', { until: server.clock.now() + 1e9 });
    expect(await received(audited, '127.0.0.1')).toBe('username');
    expect(await root.asks('ban 0.0.0.0/1')).toBe('done:0');
    expect(await received(audited, '127.0.0.1')).toBe('username');
    expect(await received(audited, '126.0.0.1')).toBe('closing:banned');
  });

  test('is refused to a caller who connects from there, like a ban of themselves', async () => {
    await using audited = await AuditedServer.start();
    const root = await audited.joinsAs('admin', 'root', '198.51.100.1');
    for (const who of ['198.51.100.1', '198.51.0.0/16', 'root', 'ROOT']) {
      expect(await root.asks(`ban ${who}`)).toBe('error:self:ban');
    }
    expect(await root.asks('who')).toBe('root');
  });

  test('can cover a whole network, and survives a restart', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    const bob = await server.joins('bob', '198.51.100.200');
    expect(await root.asks('ban 198.51.100.129/25 1h')).toBe('done:1');
    await bob.sees('closing:banned');
    expect(await root.asks('ban 2001:db8::/32')).toBe('done:0');
    const all = async () => [
      await received(audited, '198.51.100.128'),
      await received(audited, '::ffff:198.51.100.255'),
      await received(audited, '198.51.100.127'),
      await received(audited, '2001:db8:ffff::1'),
      await received(audited, '2001:db9::1'),
    ];
    const [out, inside] = ['closing:banned', 'username'];
    expect(await all()).toEqual([out, out, inside, out, inside]);
    await server.reload({ admin: false });
    expect(await all()).toEqual([inside, inside, inside, inside, inside]);
    await server.reload({ admin: audited.options });
    expect(await all()).toEqual([out, out, inside, out, inside]);
    expect(await root.asks('unban 2001:db8::/32')).toBe('done:');
    server.clock.advance(3600);
    expect(await all()).toEqual([inside, inside, inside, inside, inside]);
  });
});

describe('a ban and a mute last for their time', () => {
  test.each([3600, -3600, 400 * 86_400])('even if the time of day is changed by %i s', async (seconds) => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    const [bob] = [await server.joins('bob'), await server.joins('carol')];
    await root.says('mute bob 10m', 'ban carol 10m', 'ban 198.51.100.7 10m');
    await root.seesInOrder('done:', 'done:1', 'done:0');
    server.clock.shift(seconds);
    server.clock.advance(599);
    expect(await bob.asks('message root hi')).toBe('error:muted:message');
    await bob.logsOut();
    const back = await server.returns('bob');
    expect(await back.asks('message root hi')).toBe('error:muted:message');
    expect(await server.connect().asks('carol')).toBe('blocked:1');
    expect(await received(audited, '198.51.100.7')).toBe('closing:banned');
    server.clock.advance(1);
    expect(await back.asks('message root hi')).toBe('sent:');
    await server.returns('carol');
    expect(await received(audited, '198.51.100.7')).toBe('username');
  });
});
