import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { PASSWORD, type Program, startProgram } from '../support/program.ts';

describe('lines', () => {
  test('may be split at every byte, end with CRLF, and come many in a segment', async () => {
    await using program = await startProgram();
    const alice = await program.connect({ name: 'alice' });
    for (const byte of Buffer.from('zoë\r\ny\r\n')) await alice.writesRaw(Uint8Array.of(byte));
    await alice.seesInOrder('register', 'password');
    await alice.writesRaw(`${PASSWORD}\n${PASSWORD}\r\nzoë\n${PASSWORD}\nwho\nmessage zoë a\r\nwhoelse\n`);
    await alice.seesInOrder('registered', 'password', 'welcome', 'zoë');
    await alice.hears('zoë', 'a');
    await alice.seesInOrder('sent:', '');
    for (const byte of Buffer.from('message zoë ünïcödé 😀\r\n')) await alice.writesRaw(Uint8Array.of(byte));
    await alice.hears('zoë', 'ünïcödé 😀');
    await alice.sees('sent:');
  });

  test('that are too long, or not UTF-8, are wrong answers before login and errors after it', async () => {
    await using program = await startProgram({ limits: { bytesPerSecond: 0 } });
    await program.registers('alice');
    const alice = await program.connect({ name: 'alice' });
    const long = 'x'.repeat(100_000);
    await alice.says(long);
    await alice.sees('username');
    await alice.writesRaw(Uint8Array.of(0xff, 0xfe, 0x0a));
    await alice.sees('username');
    await alice.says('alice', long);
    await alice.seesInOrder('password', 'password');
    await alice.says(PASSWORD, long);
    await alice.seesInOrder('welcome', 'error:line:too-long');
    await alice.writesRaw(Buffer.concat([Buffer.from('message alice '), Uint8Array.of(0xc3, 0x28), Buffer.from('\n')]));
    await alice.sees('error:line:encoding');
    const longest = `message alice ${'y'.repeat(4096 - 'message alice \n'.length)}`;
    await alice.says(longest, `${longest}y`);
    await alice.hears('alice', longest.slice('message alice '.length));
    await alice.seesInOrder('sent:', 'error:line:too-long');
  });

  test('without an end are dropped when the client goes', async () => {
    await using program = await startProgram();
    const alice = await program.joins('alice');
    const bob = await program.joins('bob');
    await alice.writesRaw('message bob whole\nmessage bob hal');
    await alice.halfCloses();
    await alice.sees('sent:');
    await alice.isClosed();
    await bob.hears('alice', 'whole');
    await bob.asksUntil('whoelse', '');
    await bob.seesNothing();
  });

  test('sent ahead are answered after the client has ended its side', async () => {
    await using program = await startProgram();
    const alice = await program.connect({ name: 'alice' });
    await alice.says('alice', 'y', PASSWORD, PASSWORD, 'alice', PASSWORD, 'who', 'message alice hi', 'logout');
    await alice.halfCloses();
    await alice.seesInOrder('register', 'password', 'registered', 'password', 'welcome', 'alice');
    await alice.hears('alice', 'hi');
    await alice.seesInOrder('sent:', 'goodbye');
    await alice.isClosed();
  });
});

describe('a connection that ends suddenly', () => {
  const steps = ['', 'al', 'alice\n', 'alice\ny\n', `alice\ny\n${PASSWORD}\n`, 'bob\n', `bob\n${PASSWORD}`];
  const after = ['', 'wh', 'who\n', 'message bob hi', 'broadcast hi\nfetch\n', 'wrong\n', 'message (bob'];

  test('at any step of the dialogue or of a command leaves the server as it was', async () => {
    await using program = await startProgram();
    await program.registers('bob');
    const witness = await program.joins('witness');
    for (const end of ['closes', 'reset', 'halfCloses'] as const) {
      for (const step of steps) {
        const client = await program.connect();
        if (step !== '') await client.writesRaw(step);
        await client[end]();
        if (end === 'halfCloses') await client.closes();
      }
      for (const step of after) {
        const bob = await returnsAgain(program);
        if (step !== '') await bob.writesRaw(step);
        await bob[end]();
        if (end === 'halfCloses') await bob.closes();
      }
    }
    // What bob's cut connections broadcast can reach the witness between its question and the answer.
    const bob = await returnsAgain(program);
    await witness.says('message bob still well');
    for (let line = await witness.asks(); line !== 'sent:'; line = await witness.asks()) {
      expect(line).toMatch(/^\[.*\] bob: hi$/);
    }
    let heard = await bob.asks();
    while (heard.endsWith('bob: hi')) heard = await bob.asks();
    expect(heard).toMatch(/witness: still well$/);
    expect(program.stderr).toBe('');
  });
});

/** Logs bob in as soon as the server has noticed that his last connection is gone. */
async function returnsAgain(program: Program): Promise<LineClient> {
  const bob = await program.connect({ name: 'bob' });
  await bob.asksUntil('bob', 'password');
  await bob.says(PASSWORD);
  await bob.sees('welcome');
  return bob;
}
