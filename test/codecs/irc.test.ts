import type { LineClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { codeIn } from '../support/code-in.ts';
import { PASSWORD, type Program, startProgram } from '../support/program.ts';

/** The plugin that docs/plugins/codecs.md shows, in a file of its own. */
const IRC = codeIn('docs/plugins/codecs.md', 'irc.ts');

function startWithIrc(): Promise<Program> {
  return startProgram({ plugins: { './irc.ts': true } }, { files: { 'irc.ts': IRC } });
}

/** Connects an IRC client that has sent these lines. */
async function connectIrc(program: Program, ...lines: string[]): Promise<LineClient> {
  const client = await program.connect({ name: 'an IRC client' });
  await send(client, ...lines);
  return client;
}

const send = (client: LineClient, ...lines: string[]) => client.writesRaw(lines.map((line) => `${line}\r\n`).join(''));

test('people on IRC and on plain lines talk on one port', async () => {
  await using program = await startWithIrc();
  await program.registers('bob');
  const alice = await program.joins('alice');
  const bob = await connectIrc(program, 'NICK bob', 'USER bob 0 * :Bob', `PASS ${PASSWORD}`);
  await bob.sees(':chatserv 001 bob :Welcome to chatserv\r');
  await send(bob, 'PRIVMSG alice :hello: there');
  await alice.hears('bob', 'hello: there');
  expect(await alice.asks('message bob hi  yourself')).toBe('sent:');
  await bob.sees(':alice!alice@chatserv PRIVMSG bob :hi  yourself\r');
});

test('each IRC client reads its own name in one message', async () => {
  await using program = await startWithIrc();
  await program.registers('bob', 'carol');
  const alice = await program.joins('alice');
  const bob = await connectIrc(program, `PASS ${PASSWORD}`, 'USER b 0 * :B', 'NICK bob');
  const carol = await connectIrc(program, 'USER c 0 * :C', `PASS ${PASSWORD}`, 'NICK carol');
  await bob.sees(/ 001 bob /);
  await carol.sees(/ 001 carol /);
  await alice.says('message (bob carol) both of you');
  await bob.sees(':alice!alice@chatserv PRIVMSG bob :both of you\r');
  await carol.sees(':alice!alice@chatserv PRIVMSG carol :both of you\r');
});

test('a PONG comes after the answers to everything before it', async () => {
  await using program = await startWithIrc();
  await program.registers('bob');
  const bob = await connectIrc(program, 'NICK bob', 'PING early', 'USER b 0 * :B', `PASS ${PASSWORD}`);
  await bob.seesInOrder('PONG early\r', / 001 bob /);
  await send(bob, 'PRIVMSG :bob', 'PRIVMSG bob :to myself', 'PRIVMSG :bob', 'PING :late');
  // The message itself may come anywhere between.
  const lines = [await bob.next(), await bob.next(), await bob.next(), await bob.next()];
  expect(lines.filter((line) => !line.includes('PRIVMSG'))).toEqual([
    ':chatserv NOTICE bob :args\r',
    ':chatserv NOTICE bob :args\r',
    'PONG :late\r',
  ]);
});

test('a wrong password is answered 464, and the right one lets the client in', async () => {
  await using program = await startWithIrc();
  await program.registers('bob');
  const bob = await connectIrc(program, 'NICK bob', 'USER b 0 * :B', 'PASS wrong-password');
  await bob.sees(':chatserv 464 bob :Password incorrect\r');
  await send(bob, `PASS ${PASSWORD}`);
  await bob.sees(/ 001 bob /);
});

test('an edit of the codec is for the clients that come after the reload', async () => {
  await using program = await startWithIrc();
  await program.registers('bob', 'carol');
  const alice = await program.joins('alice');
  const bob = await connectIrc(program, 'NICK bob', 'USER b 0 * :B', `PASS ${PASSWORD}`);
  await bob.sees(/ 001 bob /);
  await program.writes('irc.ts', IRC.replace('Welcome to chatserv', 'Welcome back').replace(' PRIVMSG `', ' NOTICE `'));
  expect(await program.reloads()).toMatchObject({ result: { changed: [{ name: 'irc', because: 'its code' }] } });
  const carol = await connectIrc(program, 'NICK carol', 'USER c 0 * :C', `PASS ${PASSWORD}`);
  await carol.sees(':chatserv 001 carol :Welcome back\r');
  await alice.says('message (bob carol) hi');
  await bob.sees(':alice!alice@chatserv PRIVMSG bob :hi\r');
  await carol.sees(':alice!alice@chatserv NOTICE carol :hi\r');
});

test('a listener of its own refuses what another codec would claim', async () => {
  await using program = await startProgram(
    { plugins: { './irc.ts': true, tcp: { host: '127.0.0.1', port: 0, codec: 'irc' } } },
    { files: { 'irc.ts': IRC } },
  );
  const client = await connectIrc(program, '{"type":"login","name":"alice","password":"x"}', 'PING here');
  await client.sees('PONG here\r');
});
