import { on } from 'node:events';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { IrcClient } from '../../../test/support/irc-client.ts';
import { openWebSocket } from '../../../test/support/web-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

/** Bob is in #lab, and Alice with a phone and a desk. */
async function town(server: TestServer): Promise<Record<'bob' | 'phone' | 'desk', IrcClient>> {
  const bob = await IrcClient.joins(server, 'bob');
  await bob.asks('JOIN #lab');
  await server.registers('alice');
  const phone = await IrcClient.logIn(server, { nick: 'alice', as: 'alice@phone', password: PASSWORD });
  // Some clients have one field for both.
  const desk = await IrcClient.logIn(server, { nick: 'alice@desk', password: PASSWORD });
  await phone.asks('JOIN #lab');
  for (const client of [bob, desk, phone]) await client.asks();
  return { bob, phone, desk };
}

describe('two devices of an account', () => {
  test('both read what is said to it and by it', async () => {
    await using server = await startServer(IRC);
    const { bob, phone, desk } = await town(server);
    await bob.asks('PRIVMSG #lab :to the room', 'PRIVMSG alice :to alice');
    const said = [':bob!bob@irc.example PRIVMSG #lab :to the room', ':bob!bob@irc.example PRIVMSG alice :to alice'];
    expect(await phone.asks()).toEqual(said);
    expect(await desk.asks()).toEqual(said);
    await phone.asks('PRIVMSG #lab :from the phone', 'PRIVMSG bob :psst');
    expect(await desk.asks()).toEqual([
      ':alice!alice@irc.example PRIVMSG #lab :from the phone',
      ':alice!alice@irc.example PRIVMSG bob :psst',
    ]);
    expect(await phone.asks()).toEqual([]);
  });

  test('both are in the channels that one of them joins, and leave them together', async () => {
    await using server = await startServer(IRC);
    const { bob, phone, desk } = await town(server);
    await desk.asks('JOIN #attic');
    expect(await phone.asks()).toEqual([
      ':alice!alice@irc.example JOIN #attic',
      ':irc.example 353 alice = #attic @alice',
      ':irc.example 366 alice #attic :End of /NAMES list',
    ]);
    // Or on a plain line.
    await bob.asks('JOIN #cellar', 'TOPIC #cellar :Wine');
    const line = await server.returns('alice');
    expect(await line.asks('join #cellar')).toBe('joined:#cellar');
    const entered = [
      ':alice!alice@irc.example JOIN #cellar',
      ':irc.example 332 alice #cellar Wine',
      ':irc.example 333 alice #cellar bob!bob@irc.example 1767225600',
      ':irc.example 353 alice = #cellar :@bob alice',
      ':irc.example 366 alice #cellar :End of /NAMES list',
    ];
    for (const client of [phone, desk]) expect(await client.asks()).toEqual(entered);
    await bob.asks();
    await phone.asks('PART #lab');
    expect(await desk.asks()).toEqual([':alice!alice@irc.example PART #lab']);
    expect(await bob.asks()).toEqual([':alice!alice@irc.example PART #lab']);
    await bob.asks('PRIVMSG #lab :is anyone here?');
    expect(await desk.asks()).toEqual([]);
  });

  test('others are told of the first to come and of the last to go', async () => {
    await using server = await startServer(IRC);
    const { bob, phone, desk } = await town(server);
    phone.says('QUIT :out of battery');
    await phone.ends();
    expect(await bob.asks()).toEqual([]);
    await IrcClient.logIn(server, { nick: 'alice', as: 'alice@phone', password: PASSWORD });
    expect(await bob.asks()).toEqual([]);
    const whois = await bob.asks('WHOIS alice');
    expect(whois.filter((line) => line.includes(' 311 '))).toHaveLength(1);
    await desk.asks();
  });

  test('a device that was away gets what it lacks, and no more', async () => {
    await using server = await startServer(IRC);
    const { bob, phone, desk } = await town(server);
    phone.says('QUIT');
    await phone.ends();
    await bob.asks('PRIVMSG #lab :one');
    expect(await desk.asks()).toEqual([':bob!bob@irc.example PRIVMSG #lab :one']);
    await desk.asks('PRIVMSG bob :two');
    const again = await IrcClient.logIn(server, { nick: 'alice', as: 'alice@phone', password: PASSWORD });
    expect((await again.asks()).filter((line) => line.includes('PRIVMSG'))).toEqual([
      ':bob!bob@irc.example PRIVMSG #lab :one',
      ':alice!alice@irc.example PRIVMSG bob :two',
    ]);
  });
});

describe('clients that name no device', () => {
  const logIn = (server: TestServer) => IrcClient.logIn(server, { nick: 'alice', password: PASSWORD });

  /** Logs another one in, while one that is on answers. */
  async function logInBeside(server: TestServer, ...others: readonly IrcClient[]): Promise<IrcClient> {
    const login = logIn(server);
    for (const other of others) {
      await other.reads(/^PING /);
      other.says('PONG x');
    }
    return login;
  }

  test('are on at the same time, and read what the account says elsewhere', async () => {
    await using server = await startServer(IRC);
    const bob = await IrcClient.joins(server, 'bob');
    const first = await IrcClient.joins(server, 'alice');
    const second = await logInBeside(server, first);
    const third = await logInBeside(server, first, second);
    await bob.asks('PRIVMSG alice :hello');
    const line = await server.returns('alice');
    await line.asks('message bob from a plain line');
    const said = [
      ':bob!bob@irc.example PRIVMSG alice :hello',
      ':alice!alice@irc.example PRIVMSG bob :from a plain line',
    ];
    for (const client of [first, second, third]) expect(await client.asks()).toEqual(said);
  });

  test('that come at the same time do not replace each other', async () => {
    await using server = await startServer(IRC);
    await server.registers('alice');
    const clients = await Promise.all([logIn(server), logIn(server)]);
    for (const client of clients) expect(await client.asks()).toEqual([]);
  });

  test('take over from one that does not answer', async () => {
    await using server = await startServer(IRC);
    const first = await IrcClient.joins(server, 'alice');
    const second = await logInBeside(server, first);
    const again = logIn(server);
    await first.reads(/^PING /);
    server.clock.advance(2);
    expect((await first.ends()).at(-1)).toBe('ERROR :Closing link: alice (replaced)');
    for (const client of [await again, second]) expect(await client.asks()).toEqual([]);
  });
});

test('a web page speaks IRC by its subprotocol, a line in each message', async () => {
  await using server = await startServer({ ...IRC, http: { port: 0 }, websocket: true });
  const bob = await IrcClient.joins(server, 'bob');
  await server.registers('alice');
  const socket = await openWebSocket(server.listening.get('http') ?? '', {}, '/ws', ['binary.ircv3.net']);
  const messages = on(socket, 'message');
  for (const line of [`PASS ${PASSWORD}`, 'NICK alice', 'USER alice 0 * :Alice']) socket.send(Buffer.from(line));
  const read = async (end: string) => {
    const lines: string[] = [];
    while (!lines.at(-1)?.includes(end)) {
      const [data, isBinary] = (await messages.next()).value ?? [];
      expect(isBinary).toBe(true);
      lines.push(String(data));
    }
    return lines;
  };
  expect((await read(' 422 '))[0]).toBe(':irc.example 001 alice :Welcome to the chatserv network, alice');
  await bob.asks('PRIVMSG alice :hi');
  expect(await read('PRIVMSG')).toEqual([':bob!bob@irc.example PRIVMSG alice :hi']);
  socket.send(Buffer.from([0xff, 0xfe]));
  expect(await read('FAIL')).toEqual([':irc.example FAIL * INVALID_UTF8 :Message rejected, it is not valid UTF-8']);
  socket.terminate();
});

test('a web page that names no subprotocol speaks IRC from its first line on', async () => {
  await using server = await startServer({ ...IRC, http: { port: 0 }, websocket: true });
  await server.registers('alice');
  const socket = await openWebSocket(server.listening.get('http') ?? '');
  const messages = on(socket, 'message');
  for (const line of ['CAP LS', `PASS ${PASSWORD}`, 'NICK alice', 'USER alice 0 * :Alice', 'CAP END'])
    socket.send(line);
  const lines: string[] = [];
  while (!lines.at(-1)?.includes(' 422 ')) lines.push(String((await messages.next()).value?.[0]));
  // Until then it is taken for a program, and asked for its name.
  const [list, welcome] = lines.filter((line) => !line.startsWith('{'));
  expect(list).toMatch(/^:irc\.example CAP \* LS :/);
  expect(welcome).toBe(':irc.example 001 alice :Welcome to the chatserv network, alice');
  socket.terminate();
});
