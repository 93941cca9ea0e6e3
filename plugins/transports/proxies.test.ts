import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LineClient, startServer, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { version2 } from '../../test/support/proxy-header.ts';

const FROM = 'PROXY TCP4 203.0.113.7 192.0.2.1 4711 4119\r\n';
const V2 = version2(0x21, 0x11, 'cb007107c000020112671017');

const serve = (proxies: string[], host = '127.0.0.1') =>
  startServer({ tcp: { host, port: 0, proxies }, connections: false, timeouts: false });

async function open(server: TestServer, localAddress = '127.0.0.1'): Promise<Socket> {
  const [, host = '', port] = server.listening.get('tcp')?.match(/^\[?(.*?)\]?:(\d+)$/) ?? [];
  const socket = connect({ host, port: Number(port), ...(host.includes('.') && { localAddress }) });
  await once(socket, 'connect');
  socket.setNoDelay(true);
  return socket;
}

const clientOf = (socket: Socket, server: TestServer) => new LineClient(socket, 'a client', () => server.clock.now());

/** Where the sessions there are come from. */
const addresses = (server: TestServer) => [...server.host.kernel.sessions()].map(({ address }) => address);

describe('from a listed proxy', () => {
  test.each<[string, string | Buffer, string]>([
    ['version 1', FROM, '203.0.113.7'],
    ['version 2', V2, '203.0.113.7'],
    ['IPv6', 'PROXY TCP6 2001:db8::7 ::1 4711 4119\r\n', '2001:db8::7'],
    ['IPv4 written as IPv6', 'PROXY TCP6 ::ffff:203.0.113.7 ::1 4711 4119\r\n', '203.0.113.7'],
    ['UNKNOWN', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
    ['LOCAL', version2(0x20, 0, ''), '127.0.0.1'],
  ])('%s: the session has the address that the header says', async (_what, header, address) => {
    await using server = await serve(['127.0.0.1']);
    const socket = await open(server);
    socket.write(header);
    const client = clientOf(socket, server);
    expect(await client.asks('alice')).toBe('register');
    expect(addresses(server)).toEqual([address]);
    await client.closes();
  });

  test('a header comes in any split, and what follows it is not lost', async () => {
    await using server = await serve(['127.0.0.0/8']);
    const bytes = (header: string | Buffer) =>
      Buffer.concat([Buffer.from(header as string), Buffer.from('alice\nn\n')]);
    const split = fc
      .constantFrom(bytes(FROM), bytes(V2), bytes('PROXY UNKNOWN\r\n'))
      .chain((all) => fc.tuple(fc.constant(all), fc.uniqueArray(fc.integer({ min: 1, max: all.length - 1 }))));
    await fc.assert(
      fc.asyncProperty(split, async ([all, cuts]) => {
        const client = clientOf(await open(server), server);
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), all.length]) {
          await client.writesRaw(all.subarray(from, to));
          from = to;
        }
        await client.seesInOrder('register', 'username');
        await client.closes();
      }),
      { numRuns: 50 },
    );
    expect(server.failures).toEqual([]);
  });

  test('a block is for the client behind it, and not for the others who come through it', async () => {
    await using server = await serve(['127.0.0.1']);
    await server.registers('alice');
    const through = async (address: string) => {
      const client = clientOf(await open(server), server);
      await client.writesRaw(`PROXY TCP4 ${address} 192.0.2.1 4711 4119\r\n`);
      await client.says('alice');
      return client;
    };
    const guesser = await through('203.0.113.7');
    await guesser.sees('password');
    await guesser.says('wrong 1', 'wrong 2', 'wrong 3');
    await guesser.seesInOrder('password', 'password', '60');
    await guesser.isClosed();
    await (await through('203.0.113.7')).sees('blocked:60');
    const other = await through('203.0.113.8');
    await other.sees('password');
    await other.closes();
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['without a header', 'alice\n', /it began with no PROXY header$/],
    ['with a malformed one', 'PROXY TCP4 one two 3 4\r\n', /its PROXY header was malformed$/],
    ['with an endless one', `PROXY UNKNOWN ${'x'.repeat(10_000)}`, /its PROXY header was too long$/],
    [
      'with one of version 2 that is too long',
      Buffer.concat([V2.subarray(0, 14), Buffer.alloc(9000, 255)]),
      /too long$/,
    ],
  ])('a connection %s is closed unheard, and the log names the proxy', async (_what, bytes, sentence) => {
    await using server = await serve(['127.0.0.1']);
    const client = clientOf(await open(server), server);
    await client.writesRaw(bytes);
    await client.isGone();
    expect(server.failures).toMatchObject([{ facts: { address: '127.0.0.1' }, text: expect.stringMatching(sentence) }]);
  });

  test('one that takes long over its header is closed, however it trickles', async () => {
    await using server = await serve(['127.0.0.1']);
    const client = clientOf(await open(server), server);
    await client.writesRaw('PROXY');
    // Until the server has the connection: another that came after it is answered.
    await clientOf(await open(server), server).writesRaw(FROM);
    while (addresses(server).length === 0) await new Promise(setImmediate);
    server.clock.advance(4);
    await client.writesRaw(' TCP4 ');
    server.clock.advance(1);
    await client.isGone();
    expect(server.failures).toMatchObject([{ text: 'a proxy was cut off: its PROXY header took too long' }]);
  });

  test('one that only looks whether the server lives leaves no trace', async () => {
    await using server = await serve(['127.0.0.1']);
    const socket = await open(server);
    socket.end();
    await once(socket.resume(), 'close');
    expect(server.logged.filter(({ facts }) => facts.event !== 'listen')).toEqual([]);
    expect(addresses(server)).toEqual([]);
  });

  test('nor does one that resets its connection before the server has it', async () => {
    await using server = await serve(['127.0.0.1']);
    const port = server.listening.get('tcp')?.split(':')[1];
    const reset = `net.connect(${port}, '127.0.0.1', function () { this.resetAndDestroy() })`;
    // Blocks this process, and so the server, until the client has ended.
    execFileSync(process.execPath, ['--eval', reset]);
    const client = clientOf(await open(server), server);
    await client.writesRaw(`${FROM}alice\n`);
    await client.sees('register');
    const from = server.logged.filter(({ facts }) => facts.event === 'connection').map(({ facts }) => facts.address);
    expect(from).toEqual(['203.0.113.7']);
    await client.closes();
  });

  test('the server stops while a header is still to come', async () => {
    const server = await serve(['127.0.0.1']);
    const socket = await open(server);
    const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    socket.write('PROXY ');
    await server[Symbol.asyncDispose]();
    socket.resume();
    await closed;
    expect(server.failures).toEqual([]);
  });
});

describe('from anybody else', () => {
  test.each([FROM, V2])('a header is not looked for: it is a name that may not be used', async (header) => {
    await using server = await serve(['127.0.0.2', '10.0.0.0/8', '2001:db8::/32']);
    const client = clientOf(await open(server), server);
    await client.writesRaw(header);
    await client.sees('username');
    expect(addresses(server)).toEqual(['127.0.0.1']);
    await client.closes();
  });

  test('the list is for addresses, also where they are written as IPv6', async () => {
    await using server = await serve(['127.0.0.2'], '::');
    const [, port] = server.listening.get('tcp')?.match(/:(\d+)$/) ?? [];
    const from = async (localAddress: string) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
      await once(socket, 'connect');
      const client = clientOf(socket, server);
      await client.writesRaw(`${FROM}alice\n`);
      return client;
    };
    const [listed, other] = [await from('127.0.0.2'), await from('127.0.0.1')];
    await listed.sees('register');
    await other.seesInOrder('username', 'register');
    expect(addresses(server).sort()).toEqual(['127.0.0.1', '203.0.113.7']);
    for (const client of [listed, other]) await client.closes();
  });
});

test('what is no address is a sentence before anything listens', async () => {
  await expect(serve(['10.0.0.0/33', 'balancer'])).rejects.toThrow(/plugins\.tcp\.proxies.*10\.0\.0\.0\/8/);
});
